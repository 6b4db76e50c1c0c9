import { and, eq } from 'drizzle-orm';
import { caseInput, citizenCaseInput, type CaseInput } from '#lib/cases/schema.ts';
import { DESK_CHANNELS, OLDEST_REPORT_MS, type Channel } from '#lib/cases/vocabulary.ts';
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
import { referenceData } from '#lib/server/reference/reference.ts';
import { submissionOf } from '#lib/server/submission.ts';
import { consentsIn, recordGiven } from './consents.ts';
import type { CaseRow, UnitRow } from './find.ts';
import { isUnattended } from './handling/unattended.ts';
import { AlreadyInserted, insertCase, type InsertedCase } from './insert-case.ts';
import { findNamedOfficers, officerOfUnit, withdrawProposals } from './officers/find-names.ts';
import { deskReceiptOf, receiptHash, receiptOf } from './receipt.ts';
import { storeMailPreference } from './mail-preference.ts';
import { reporterColumns } from './reporter.ts';

/** How a case was submitted, apart from its content. */
export interface OpeningContext {
	/** Used if the input has no channel or one that the sender may not claim. */
	channel: Channel;
	/** The staff member who records it, or the actor of an API token. null for a citizen's form. */
	actor: Actor | null;
	/** The signed-in person who fills in the citizens' form. An office in trial accepts the form only from them. */
	visitor?: Actor | null;
	files?: readonly SentFile[];
	/**
	 * Recorded by staff. A repeated submission gets the receipt again only from the same account and for `PRINT_SECONDS`,
	 * because staff know the submission id. Files are internal.
	 */
	atDesk?: boolean;
	/**
	 * Staff recorded the report while its reporter was absent. The reporter gets the receipt by a link that staff make
	 * later.
	 */
	withoutCode?: boolean;
	/** Over the rate limit, or looks automated. The case is stored with a flag for the handler. */
	flagged?: boolean;
	/** Language of the form and of e-mails to the reporter. Default: Indonesian. */
	language?: Locale;
	/** Stores further rows in the same commit, after the first timeline entry. If it throws, nothing is stored. */
	alongside?: (tx: Tx, row: CaseRow) => Promise<void>;
}

/** Response to the sender of a case. */
interface Opened {
	reference: string;
	/** null only if the desk repeats a submission after `PRINT_SECONDS`, from another account or after a renewal. */
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
export async function openCase(raw: unknown, context: OpeningContext): Promise<Opened> {
	const input = checked(context.actor ? caseInput : citizenCaseInput, raw);
	const { files = [], atDesk = false, withoutCode = false } = context;
	const { submission_id, ...content } = input;
	const unit = await findUnit(input.unit);
	if (!unit) throw new NotFound();
	const receipt = atDesk
		? deskReceiptOf(submission_id, context.actor?.accountId ?? null, !withoutCode)
		: receiptOf(submission_id);
	const hashes = {
		// The code of the unit also stands for its slug, and an absent channel for that of the API.
		...submissionOf(submission_id, {
			...content,
			unit: unit.code,
			channel: input.channel === 'api' ? undefined : input.channel,
			files: fingerprintsOf(files)
		}),
		receiptHash: receiptHash(receipt)
	};
	const before = await repeatedSubmission(hashes, receipt, atDesk);
	if (before) return before;
	// An office in trial refuses a report from LAPOR from every person, because such a report is real.
	await requireOpen(unit, context.channel === 'lapor' ? null : (context.visitor ?? context.actor));
	try {
		const row = await withKeptFiles(files, 'citizen', (kept) =>
			transaction((tx) => insertSubmission(tx, unit, input, context, kept, hashes))
		);
		return { reference: row.reference, receipt, dueAt: row.firstReplyAt, repeated: false };
	} catch (cause) {
		const stored = cause instanceof AlreadyInserted && (await repeatedSubmission(hashes, receipt, atDesk));
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
async function repeatedSubmission(hashes: Hashes, receipt: string, atDesk: boolean): Promise<Opened | undefined> {
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
	const shown = !atDesk || (printable && stored.receiptHash === hashes.receiptHash);
	return { reference: stored.reference, receipt: shown ? receipt : null, dueAt: stored.dueAt, repeated: true };
}

async function insertSubmission(
	tx: Tx,
	unit: UnitRow,
	input: CaseInput,
	context: OpeningContext,
	kept: readonly KeptFile[],
	hashes: Hashes
): Promise<InsertedCase> {
	const { actor, atDesk = false, withoutCode = false, flagged = false, language = 'id', alongside } = context;
	const { kind, body, identity, secret, category, service } = input;
	const content = { kind, body, identity, secret, category, service };
	const place = input.place ? await placeOf(unit, input.place) : null;
	const officer = input.officer ? await officerOfUnit(unit.id, input.officer) : null;
	if (input.officer && !officer) throw invalid('officer', 'officer_invalid');
	const { receivedAt, openedAt } = receiptTimes(input, context);
	if (input.incident_on && input.incident_on > localDate(openedAt, unit.timeZone)) {
		throw invalid('incident_on', 'date_ahead');
	}
	// A citizen who scanned a desk's code and chose no officer may mean the one on duty there.
	const onDuty = place && !officer && !actor ? await officersJustNow(place.id) : [];
	return insertCase(tx, {
		unit,
		named: [
			...(await findNamedOfficers(unit, {
				officerId: officer?.id ?? null,
				placeOfficerId: place?.officerId ?? null,
				text: [input.title, body, input.requested_solution].join('\n')
			})),
			...onDuty.map((officerId) => ({ officerId, source: 'place' as const, state: 'proposed' as const }))
		],
		files: kept.map((file) => ({ ...file, public: !atDesk })),
		author: actor ?? 'reporter',
		...(withoutCode && { data: { without_code: true } }),
		verificationFrom: receivedAt,
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
			channel: channelOf(input, context),
			flagged,
			receivedAt,
			openedAt,
			openedBy: actor?.accountId
		},
		storeMore: async (row) => {
			// If the officers on duty are the only staff who could open the report, they are not proposed.
			if (onDuty.length > 0 && (await isUnattended(tx, row)))
				await withdrawProposals(tx, row.id, eq(caseOfficers.source, 'place'));
			const askedBy = atDesk ? 'staff' : actor ? 'api' : 'form';
			const recordedBy = actor?.accountId ?? null;
			await Promise.all([
				storeMailPreference(tx, row.id, input, language),
				recordGiven(tx, row.id, consentsIn(input), { askedBy, language, recordedBy })
			]);
			await alongside?.(tx, row);
		}
	});
}

/**
 * Finds a place by its id or printed code. Withdrawn places are accepted, because they still show where the report came
 * from.
 */
async function placeOf(unit: UnitRow, name: string) {
	const { placeById, placeByCode } = await referenceData();
	const place = isUuid(name) ? placeById.get(name.toLowerCase()) : placeByCode.get(name.toUpperCase());
	if (place?.unitId !== unit.id) throw invalid('place', 'place_invalid');
	return place;
}

/** Only staff and other systems may give an earlier time of receipt. */
function receiptTimes(input: CaseInput, context: OpeningContext): { receivedAt: Date; openedAt: Date } {
	const openedAt = now();
	if (!context.actor || !input.received_at) return { receivedAt: openedAt, openedAt };
	const sentAt = new Date(input.received_at);
	if (isTooFarAhead(sentAt)) throw invalid('received_at', 'received_at_ahead');
	const receivedAt = clampToNow(sentAt);
	// The Ombudsman accepts reports up to two years old; an older date is a typing error.
	if (openedAt.getTime() - receivedAt.getTime() > OLDEST_REPORT_MS) throw invalid('received_at', 'received_at_old');
	return { receivedAt, openedAt };
}

function channelOf(input: CaseInput, context: OpeningContext): Channel {
	if (!input.channel || !context.actor) return context.channel;
	const claimable: readonly Channel[] = [...DESK_CHANNELS, 'web', 'qr', 'kiosk', 'api'];
	return claimable.includes(input.channel) ? input.channel : context.channel;
}
