import { and, eq } from 'drizzle-orm';
import { caseInput, type CaseInput } from '#lib/cases/schema.ts';
import { OLDEST_REPORT_MS, type Channel } from '#lib/cases/vocabulary.ts';
import { localDate } from '#lib/calendar/days.ts';
import type { Locale } from '#lib/paraglide/runtime.js';
import { isUuid } from '#lib/text/uuid.ts';
import { fingerprintsOf, withKeptFiles, type KeptFile, type SentFile } from '#lib/server/attachments/stored-files.ts';
import { checked } from '#lib/server/checked.ts';
import { ago, clampToNow, isTooFarAhead, now } from '#lib/server/clock.ts';
import { db, transaction, type Tx } from '#lib/server/db/index.ts';
import { caseOfficers, cases } from '#lib/server/db/schema/cases.ts';
import { clocks } from '#lib/server/db/schema/clocks.ts';
import { Conflict, NotFound, invalid } from '#lib/server/errors.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { findUnit, requireOpen } from '#lib/server/people/units/find-unit.ts';
import { officersJustNow } from '#lib/server/places/duty.ts';
import { placeWithNewCode } from '#lib/server/places/places.ts';
import { referenceData } from '#lib/server/reference/reference.ts';
import { submissionOf } from '#lib/server/submission-hashes.ts';
import { consentsIn, recordGiven } from './consents.ts';
import { textOfReport, type CaseRow, type UnitRow } from './find.ts';
import { isUnattended } from './handling/unattended.ts';
import { AlreadyInserted, insertCase, type InsertedCase } from './insert-case.ts';
import { findNamedOfficers, officerOfUnit, withdrawProposals } from './officers/find-names.ts';
import { deskReceiptOf, receiptHash, receiptOf } from './receipt.ts';
import { storeMailPreference } from './mail-preference.ts';
import { reporterColumns } from './reporter.ts';

/** Who submits a case: a citizen by the form, staff who record it, or another system. */
type Sender =
	/** `visitor`: the signed-in person who fills in the form. An office in trial accepts the form only from them. */
	| { by: 'form'; channel: Channel; visitor?: Actor | null; actor?: undefined }
	/** `withoutCode`: the reporter was absent, and gets the receipt by a link that staff make later. */
	| { by: 'staff'; channel?: 'lapor'; actor: Actor; withoutCode?: boolean }
	| { by: 'api'; actor: Actor };

/** How a case is submitted, apart from its content. */
export type Opening = Sender & {
	/** Files that staff record are internal. */
	files?: readonly SentFile[];
	/** Over the rate limit, or looks automated. The case is stored with a flag for the handler. */
	flagged?: boolean;
	/** Language of the form and of e-mails to the reporter. Default: Indonesian. */
	language?: Locale;
	/** Stores further rows in the same commit, after the first timeline entry. If it throws, nothing is stored. */
	storeMore?: (tx: Tx, row: CaseRow) => Promise<void>;
};

/** Response to the sender of a case. */
interface Opened {
	reference: string;
	/**
	 * null only at the desk: if staff repeat the submission after `PRINT_SECONDS` or from another account, or if the
	 * receipt was renewed.
	 */
	receipt: string | null;
	/** Due time of the first reply. null only if no rule gives one. */
	dueAt: Date | null;
	/** True if the submission was stored before. */
	repeated: boolean;
}

/** Seconds in which the desk can print a receipt: long enough for a printer jam, too short for the next visitor. */
export const PRINT_SECONDS = 300;

/**
 * Opens a case. Checks and stores the files first, then inserts the case in one transaction. A repeated submission gets
 * the same response and stores nothing.
 *
 * @throws Invalid with one issue per field; NotFound for an unknown unit; OfficeClosed; Conflict `submission-reused`
 */
export async function openCase(raw: unknown, opening: Opening): Promise<Opened> {
	const { by, files = [] } = opening;
	const input = checked(caseInput, raw);
	const { submission_id, ...content } = input;
	const unit = await findUnit(input.unit);
	if (!unit) throw new NotFound();
	const receipt =
		opening.by === 'staff'
			? deskReceiptOf(submission_id, opening.actor.accountId, !opening.withoutCode)
			: receiptOf(submission_id);
	const hashes = {
		// A retry may send the office's slug instead of its code, or leave out the channel `api`. Both give the same hash.
		...submissionOf(submission_id, {
			...content,
			unit: unit.code,
			channel: input.channel === 'api' ? undefined : input.channel,
			files: fingerprintsOf(files)
		}),
		receiptHash: receiptHash(receipt)
	};
	const before = await repeatedSubmission(hashes, receipt, by);
	if (before) return before;
	const person = opening.by === 'form' ? opening.visitor : opening.actor;
	// A report from LAPOR is real, so an office in trial refuses it even from its own staff.
	await requireOpen(unit, channelOf(input, opening) === 'lapor' ? null : person);
	try {
		const row = await withKeptFiles(files, 'citizen', (kept) =>
			transaction((tx) => insertSubmission(tx, unit, input, opening, kept, hashes))
		);
		return { reference: row.reference, receipt, dueAt: row.firstReplyAt, repeated: false };
	} catch (cause) {
		const stored = cause instanceof AlreadyInserted && (await repeatedSubmission(hashes, receipt, by));
		if (!stored) throw cause;
		return stored;
	}
}

type Hashes = Pick<CaseRow, 'submissionHash' | 'receiptHash' | 'contentHash'>;

/**
 * The response to a submission that is already stored. Undefined if it is new.
 *
 * @throws Conflict `submission-reused` if the content differs. The error shows nothing of the stored case
 */
async function repeatedSubmission(hashes: Hashes, receipt: string, by: Opening['by']): Promise<Opened | undefined> {
	const { reference, contentHash, receiptHash, openedAt } = cases;
	const firstReply = and(eq(clocks.caseId, cases.id), eq(clocks.name, 'first_reply'), eq(clocks.run, 1));
	const [stored] = await db()
		.select({ reference, contentHash, receiptHash, openedAt, dueAt: clocks.dueAt })
		.from(cases)
		.leftJoin(clocks, firstReply)
		.where(eq(cases.submissionHash, hashes.submissionHash));
	if (!stored) return undefined;
	if (stored.contentHash !== hashes.contentHash) throw new Conflict('submission-reused');
	const printable = stored.openedAt > ago(PRINT_SECONDS * 1000);
	const shown = by !== 'staff' || (printable && stored.receiptHash === hashes.receiptHash);
	return { reference: stored.reference, receipt: shown ? receipt : null, dueAt: stored.dueAt, repeated: true };
}

async function insertSubmission(
	tx: Tx,
	unit: UnitRow,
	input: CaseInput,
	opening: Opening,
	kept: readonly KeptFile[],
	hashes: Hashes
): Promise<InsertedCase> {
	const { by, actor, flagged = false, language = 'id', storeMore } = opening;
	const { kind, body, identity, secret, category, service } = input;
	const content = { kind, body, identity, secret, category, service };
	const place = input.place ? await placeOf(unit, input.place) : null;
	const officer = input.officer ? await officerOfUnit(unit.id, input.officer) : null;
	if (input.officer && !officer) throw invalid('officer', 'officer_invalid');
	const { receivedAt, openedAt } = arrivalTimes(input, opening);
	if (input.incident_on && input.incident_on > localDate(openedAt, unit.timeZone)) {
		throw invalid('incident_on', 'date_ahead');
	}
	// A citizen who scanned a desk's code and chose no officer may mean the one on duty there.
	const onDuty = place && !officer && by === 'form' ? await officersJustNow(place.id) : [];
	return insertCase(tx, {
		unit,
		named: [
			...(await findNamedOfficers(unit, {
				officerId: officer?.id ?? null,
				placeOfficerId: place?.officerId ?? null,
				text: textOfReport({ title: input.title, body, requestedSolution: input.requested_solution })
			})),
			...onDuty.map((officerId) => ({ officerId, source: 'place' as const, state: 'proposed' as const }))
		],
		files: kept.map((file) => ({ ...file, public: by !== 'staff' })),
		author: actor ?? 'reporter',
		...(opening.by === 'staff' && opening.withoutCode && { data: { without_code: true } }),
		values: {
			...content,
			...hashes,
			...(await reporterColumns(input)),
			title: input.title || null,
			requestedSolution: input.requested_solution || null,
			officerId: officer?.id,
			placeId: place?.id,
			incidentOn: input.incident_on,
			consentLapor: input.consent_lapor,
			channel: channelOf(input, opening),
			flagged,
			receivedAt,
			openedAt,
			openedBy: actor?.accountId
		},
		storeMore: async (row) => {
			// If the officers on duty are the only staff who could open the report, they are not proposed.
			if (onDuty.length > 0 && (await isUnattended(tx, row)))
				await withdrawProposals(tx, row.id, eq(caseOfficers.source, 'place'));
			const recordedBy = actor?.accountId ?? null;
			await Promise.all([
				storeMailPreference(tx, row.id, input, language),
				recordGiven(tx, row.id, consentsIn(input), { askedBy: by, language, recordedBy })
			]);
			await storeMore?.(tx, row);
		}
	});
}

/**
 * Finds a place by its id or printed code. Withdrawn codes are accepted, because they still show where the report came
 * from. One that was replaced stands for the place with the new code.
 */
async function placeOf(unit: UnitRow, name: string) {
	const { placeById, placeByCode } = await referenceData();
	const place = isUuid(name) ? placeById.get(name.toLowerCase()) : placeByCode.get(name.toUpperCase());
	if (place?.unitId !== unit.id) throw invalid('place', 'place_invalid');
	return placeWithNewCode(place);
}

/** Only staff and other systems may give an earlier time of arrival. */
function arrivalTimes(input: CaseInput, { by }: Opening): { receivedAt: Date; openedAt: Date } {
	const openedAt = now();
	if (by === 'form' || !input.received_at) return { receivedAt: openedAt, openedAt };
	const sentAt = new Date(input.received_at);
	if (isTooFarAhead(sentAt)) throw invalid('received_at', 'received_at_ahead');
	const receivedAt = clampToNow(sentAt);
	// The Ombudsman accepts reports up to two years old; an older date is a typing error.
	if (openedAt.getTime() - receivedAt.getTime() > OLDEST_REPORT_MS) throw invalid('received_at', 'received_at_old');
	return { receivedAt, openedAt };
}

/** Citizens can't claim another channel than that of their form. */
function channelOf({ channel }: CaseInput, opening: Opening): Channel {
	if (opening.by === 'form') return opening.channel;
	if (opening.by === 'api') return channel ?? 'api';
	const given = opening.channel ?? channel;
	if (!given) throw invalid('channel', 'channel_invalid');
	return given;
}
