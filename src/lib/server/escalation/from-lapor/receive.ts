import { deskUnits } from '#lib/server/cases/inbox/desk-units.ts';
import { lockCaseForActor, type CaseRow } from '#lib/server/cases/find.ts';
import { proposeOfficers } from '#lib/server/cases/officers/find-names.ts';
import { openCase } from '#lib/server/cases/open-case.ts';
import { recordEvent } from '#lib/server/cases/timeline.ts';
import { attachFiles, withKeptFiles, type SentFile } from '#lib/server/attachments/stored-files.ts';
import { now } from '#lib/server/clock.ts';
import { db, transaction, type Tx } from '#lib/server/db/index.ts';
import { inboundReports } from '#lib/server/db/schema/lapor.ts';
import { Conflict, Invalid, NotFound, invalid } from '#lib/server/errors.ts';
import { toSent } from '../delivery/after-attempt.ts';
import { asInbound, caseOfInbound, readInbound, type InboundInput, type InboundOffice } from './input.ts';
import { placeOf, UNPROVEN_STATES, type Place } from './place.ts';
import { lockEscalation } from '../rows.ts';
import type { Actor } from '#lib/server/people/actor.ts';

/** What was done with a report: newly stored, or known before. `elsewhere`: it belongs to a case that the actor may not see. */
export type Received = { kind: 'opened' | 'attached' | 'known'; id: string; reference: string } | { kind: 'elsewhere' };

/** Finds an office by code or slug if the actor works there. @throws Invalid */
export async function inboundOffice(actor: Actor, name: unknown): Promise<InboundOffice> {
	const office = (await deskUnits(actor)).find((unit) => unit.code === name || unit.slug === name);
	if (!office) throw invalid('unit', 'unit_missing');
	return office;
}

/**
 * Stores a report that LAPOR forwarded to the office. A report with a known LAPOR number or a reference of ours is attached
 * to that case. Any other opens a case of channel `lapor`, whose deadlines count from the day of arrival and which is never
 * forwarded. Each LAPOR number is stored once. If the actor may not see the case, nothing is stored (`elsewhere`).
 *
 * @throws Invalid with one issue per field, also if several cases match or the typed reference fits none
 */
export async function receiveInbound(actor: Actor, raw: unknown, files: readonly SentFile[] = []): Promise<Received> {
	const office = await inboundOffice(actor, (raw as { unit?: unknown }).unit);
	return storeInbound({ actor, office, input: readInbound(raw, office), files });
}

interface InboundEntry {
	actor: Actor;
	office: InboundOffice;
	input: InboundInput;
	files: readonly SentFile[];
}

/** Another request stored a change first. The transaction is rolled back and `storeInbound` tries again. */
class ChangedMeanwhile extends Conflict {}

const TRIES = 3;

/**
 * Stores a report where it belongs. Finds the place again, at most twice, if something changed meanwhile: another
 * request stored the report, the forward was sent, or the case was destroyed or now names the actor.
 */
export async function storeInbound(entry: InboundEntry): Promise<Received> {
	for (let tries = 1; ; tries++) {
		const place = await placeOf(db(), entry.actor, entry.input);
		if (place.kind === 'known' || place.kind === 'elsewhere') return place;
		if (place.kind === 'unclear') throw unclear(place);
		try {
			return place.kind === 'opens' ? await openInboundCase(entry) : await attachInbound(entry, place);
		} catch (cause) {
			if (!(cause instanceof Conflict || cause instanceof NotFound) || tries === TRIES) throw cause;
		}
	}
}

export function unclear({ code, found }: Extract<Place, { kind: 'unclear' }>): Invalid {
	return invalid('reference', code, { found: found.join(', ') });
}

async function openInboundCase(entry: InboundEntry): Promise<Received> {
	const { actor, office, input, files } = entry;
	let id = '';
	const storeMore = async (tx: Tx, row: CaseRow) => {
		if ((await placeOf(tx, actor, input)).kind !== 'opens') throw new ChangedMeanwhile('stale');
		id = await storeReport(tx, entry, row, null);
	};
	try {
		const newCase = caseOfInbound(input, office, crypto.randomUUID());
		const { reference } = await openCase(newCase, { by: 'staff', channel: 'lapor', actor, files, storeMore });
		return { kind: 'opened', id, reference };
	} catch (cause) {
		throw cause instanceof Invalid ? asInbound(cause) : cause;
	}
}

async function attachInbound(entry: InboundEntry, place: Extract<Place, { kind: 'attaches' }>): Promise<Received> {
	const { actor, input, files } = entry;
	return withKeptFiles(files, 'citizen', (kept) =>
		transaction(async (tx) => {
			const { row, unit } = await lockCaseForActor(tx, actor, place.reference);
			const id = await storeReport(tx, entry, row, place.by);
			await proposeOfficers(tx, row, unit, [input.title, input.content].join('\n'));
			await attachFiles(tx, kept, { caseId: row.id, public: false });
			if (place.accepts) await markForwardSent(tx, actor, place.accepts, input.lapor_id);
			return { kind: 'attached' as const, id, reference: row.reference };
		})
	);
}

/** Writes the row and its timeline entry. The reporter sees LAPOR's number, but not the text. */
async function storeReport(
	tx: Tx,
	{ actor, office, input }: InboundEntry,
	row: CaseRow,
	matchedBy: 'lapor_id' | 'reference' | null
): Promise<string> {
	const [stored] = await tx
		.insert(inboundReports)
		.values({
			laporId: input.lapor_id,
			unitId: office.id,
			caseId: row.id,
			matchedBy,
			title: input.title || null,
			content: input.content,
			receivedOn: input.received_on,
			enteredBy: actor.accountId,
			enteredAt: now()
		})
		.onConflictDoNothing({ target: inboundReports.laporId })
		.returning({ id: inboundReports.id });
	if (!stored) throw new ChangedMeanwhile('stale');
	const how = matchedBy ? { matched_by: matchedBy } : { opened: true };
	const data = { lapor_id: input.lapor_id, received_on: input.received_on, ...how };
	await recordEvent(tx, row, { type: 'escalation_inbound', author: actor, public: true, data });
	return stored.id;
}

/** Marks the forward whose reference an inbound report contains as sent, with the report's LAPOR number. */
async function markForwardSent(tx: Tx, actor: Actor, id: string, laporId: string): Promise<void> {
	const locked = await lockEscalation(tx, id);
	const { state } = locked.escalation;
	if (!UNPROVEN_STATES.some((one) => one === state)) throw new ChangedMeanwhile('stale');
	await toSent(tx, locked, laporId, actor, { how: { by: 'inbound' } });
}
