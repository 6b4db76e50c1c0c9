import { randomBytes } from 'node:crypto';
import { and, eq, sql } from 'drizzle-orm';
import { caseInput, type CaseInput } from '#lib/cases/schema.ts';
import { DESK_CHANNELS, type Channel } from '#lib/cases/vocabulary.ts';
import { localDate } from '#lib/calendar/days.ts';
import type { DateLocale } from '#lib/calendar/format.ts';
import { isUuid } from '#lib/text/uuid.ts';
import { receiptFromBytes } from '#lib/text/receipt.ts';
import {
	attachFiles,
	discardFiles,
	discardRefused,
	fingerprintsOf,
	keepFiles,
	originalsOf,
	type KeptFile,
	type SentFile
} from '#lib/server/attachments/keep.ts';
import { checked } from '#lib/server/checked.ts';
import { now } from '#lib/server/clock.ts';
import { contentHash } from '#lib/server/content-hash.ts';
import { db, transaction, type Tx } from '#lib/server/db/index.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { places } from '#lib/server/db/schema/units.ts';
import { Invalid, NotFound } from '#lib/server/errors.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { findUnit } from '#lib/server/people/units/find-unit.ts';
import { promisedRules, recomputeClocks, startClocks } from './clocks/deadlines.ts';
import type { CaseRow, UnitRow } from './find.ts';
import { handlingOf, namedOfficers, nameOfficers, officerOfUnit } from './officers/handling.ts';
import { nextReference } from './number.ts';
import { keepMailWish } from './reporter-mail.ts';
import { reporterColumns } from './reporter.ts';
import { routeCase } from './triage/route.ts';
import { receiptHash, receiptOf, repeatedSubmission, submissionHash, type Opened } from './submission.ts';
import { recordEvent } from './timeline.ts';

/** How a case arrived, apart from its content. */
export interface OpeningContext {
	/** Used if the input names no channel, or one that the sender may not claim. */
	channel: Channel;
	/** The staff member who records it, or the token's account; null for a citizen's form. */
	actor: Actor | null;
	files?: readonly SentFile[];
	/**
	 * Recorded by staff: the receipt is random, so that staff who know the submission id can't compute it, and the photo
	 * of the paper stays internal.
	 */
	atDesk?: boolean;
	/** Over a budget or machine-made in appearance: stored, and marked for the handler. */
	flagged?: boolean;
	/** Language of the form and of e-mails to the reporter. Default: Indonesian. */
	language?: DateLocale;
	/** Stores more in the commit that opens the case, after its first timeline entry; if it throws, nothing is stored. */
	alongside?: (tx: Tx, row: CaseRow) => Promise<void>;
}

const OLDEST = 2 * 366 * 24 * 60 * 60 * 1000;

/** Thrown inside the transaction if another request stored the same submission first. Rolls the number back. */
class Repeated extends Error {}

/**
 * Opens a case. Checks and stores the files first, then writes number, row, timeline entry, deadlines and job in one
 * transaction. The same submission sent again gets the same answer and stores nothing.
 *
 * @throws Invalid with one issue per field; NotFound for a unit that is not there; Conflict `submission-reused`
 */
export async function openCase(raw: unknown, context: OpeningContext): Promise<Opened> {
	const input = checked(caseInput, raw);
	const files = context.files ?? [];
	const { submission_id, ...said } = input;
	const unit = await findUnit(db(), input.unit);
	if (!unit) throw new NotFound();
	const receipt = context.atDesk ? receiptFromBytes(randomBytes(10)) : receiptOf(submission_id);
	const shownAgain = context.atDesk ? null : receipt;
	const idHash = submissionHash(submission_id);
	// The unit's code, so that code and slug in the input give the same hash.
	const content = contentHash({ ...said, unit: unit.code, files: fingerprintsOf(files) });

	const before = await repeatedSubmission(idHash, content, shownAgain);
	if (before) return before;
	const kept = await keepFiles(files, 'citizen');
	try {
		return await transaction((tx) => store(tx, unit, input, context, { receipt, idHash, content, kept }));
	} catch (cause) {
		if (!(cause instanceof Repeated)) {
			await discardRefused(cause, kept);
			throw cause;
		}
		await discardFiles(kept);
		const stored = await repeatedSubmission(idHash, content, shownAgain);
		if (!stored) throw cause;
		return stored;
	}
}

interface Prepared {
	receipt: string;
	idHash: string;
	content: string;
	kept: KeptFile[];
}

async function store(
	tx: Tx,
	unit: UnitRow,
	input: CaseInput,
	context: OpeningContext,
	prepared: Prepared
): Promise<Opened> {
	const place = input.place ? await placeOf(tx, unit, input.place) : null;
	const officer = input.officer ? await officerOfUnit(tx, unit.id, input.officer) : null;
	if (input.officer && !officer) throw new Invalid([{ path: 'officer', code: 'officer_invalid' }]);
	const { receivedAt, openedAt } = times(input, context);
	if (input.incident_on && input.incident_on > localDate(openedAt, unit.timeZone)) {
		throw new Invalid([{ path: 'incident_on', code: 'date_invalid' }]);
	}
	const named = await namedOfficers(tx, unit, {
		officerId: officer?.id ?? null,
		placeOfficerId: place?.officerId ?? null,
		text: [input.title, input.body, input.requested_solution].join('\n')
	});
	const handling = await handlingOf(
		tx,
		unit,
		input.category ?? null,
		named.filter((one) => one.state === 'named').map((one) => one.officerId)
	);
	const [inserted] = await tx
		.insert(cases)
		.values({
			reference: await nextReference(tx, unit, openedAt),
			unitId: unit.id,
			handlingUnitId: handling.unitId,
			restricted: handling.restricted,
			kind: input.kind,
			title: input.title || null,
			body: input.body,
			requestedSolution: input.requested_solution || null,
			category: input.category ?? null,
			class: input.kind === 'information_request' ? 'information' : 'plain',
			service: input.service ?? null,
			officerId: officer?.id ?? null,
			placeId: place?.id ?? null,
			incidentOn: input.incident_on ?? null,
			identity: input.identity,
			...(await reporterColumns(input)),
			secret: input.secret,
			consentLapor: input.consent_lapor,
			channel: channelOf(input, context),
			receivedAt,
			openedAt,
			openedBy: context.actor?.accountId ?? null,
			flagged: context.flagged ?? false,
			submissionHash: prepared.idHash,
			receiptHash: receiptHash(prepared.receipt),
			contentHash: prepared.content
		})
		.onConflictDoNothing({ target: cases.submissionHash })
		.returning();
	if (!inserted) throw new Repeated();
	const opened = { row: inserted, unit };
	await nameOfficers(tx, inserted.id, named);
	await attachFiles(tx, prepared.kept, { caseId: inserted.id, public: !context.atDesk });
	await keepMailWish(tx, inserted.id, input, context.language ?? 'id');
	const rules = await promisedRules(tx, inserted);
	await startClocks(tx, opened, rules.receipt, receivedAt);
	const dueAt = await writePromise(tx, opened);
	await recordEvent(tx, inserted, {
		type: 'opened',
		author: context.actor ?? 'reporter',
		public: true,
		data: { channel: inserted.channel, attachments: prepared.kept.length, ...originalsOf(prepared.kept) }
	});
	await context.alongside?.(tx, inserted);
	await routeCase(tx, inserted);
	return { reference: inserted.reference, receipt: prepared.receipt, dueAt, repeated: false };
}

/** Writes the earliest deadline and the promised first reply to the case. */
export async function writePromise(tx: Tx, opened: { row: CaseRow; unit: UnitRow }): Promise<Date | null> {
	await recomputeClocks(tx, opened);
	const [row] = await tx
		.update(cases)
		.set({ promisedAt: sql`(select due_at from clocks where case_id = ${opened.row.id} and name = 'first_reply')` })
		.where(eq(cases.id, opened.row.id))
		.returning({ promisedAt: cases.promisedAt });
	return row?.promisedAt ?? null;
}

/** Finds a place by its id or printed code. Withdrawn places count, because they still tell where the report came from. */
async function placeOf(tx: Tx, unit: UnitRow, name: string) {
	const [place] = await tx
		.select({ id: places.id, officerId: places.officerId })
		.from(places)
		.where(and(eq(places.unitId, unit.id), isUuid(name) ? eq(places.id, name) : eq(places.code, name.toUpperCase())));
	if (!place) throw new Invalid([{ path: 'place', code: 'place_invalid' }]);
	return place;
}

/** Only staff and other systems may give an earlier time of receipt. */
function times(input: CaseInput, context: OpeningContext): { receivedAt: Date; openedAt: Date } {
	const openedAt = now();
	if (!context.actor || !input.received_at) return { receivedAt: openedAt, openedAt };
	const receivedAt = new Date(input.received_at);
	if (receivedAt > openedAt) throw new Invalid([{ path: 'received_at', code: 'received_at_ahead' }]);
	// The Ombudsman accepts reports up to two years old; an older date is a typing error.
	if (openedAt.getTime() - receivedAt.getTime() > OLDEST)
		throw new Invalid([{ path: 'received_at', code: 'received_at_invalid' }]);
	return { receivedAt, openedAt };
}

function channelOf(input: CaseInput, context: OpeningContext): Channel {
	if (!input.channel || !context.actor) return context.channel;
	const claimable: readonly Channel[] = [...DESK_CHANNELS, 'web', 'qr', 'kiosk', 'api'];
	return claimable.includes(input.channel) ? input.channel : context.channel;
}
