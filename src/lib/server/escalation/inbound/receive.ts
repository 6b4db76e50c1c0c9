import { randomUUID } from 'node:crypto';
import { withKeptFiles } from '#lib/server/cases/files.ts';
import { deskUnits } from '#lib/server/cases/inbox/desk-units.ts';
import { lockCaseForActor, type CaseRow } from '#lib/server/cases/find.ts';
import { openCase } from '#lib/server/cases/open-case.ts';
import { recordEvent } from '#lib/server/cases/timeline.ts';
import { attachFiles, type SentFile } from '#lib/server/attachments/keep.ts';
import { now } from '#lib/server/clock.ts';
import { db, transaction, type Tx } from '#lib/server/db/index.ts';
import { inboundReports } from '#lib/server/db/schema/lapor.ts';
import { Conflict, Invalid } from '#lib/server/errors.ts';
import { toSent } from '../delivery/after-attempt.ts';
import { asInbound, caseOfInbound, readInbound, type InboundInput, type InboundOffice } from './input.ts';
import { placeOf, UNPROVEN_STATES, type Place } from './place.ts';
import { lockEscalation } from '../rows.ts';
import type { Actor } from '#lib/server/people/actor.ts';

/** What became of a report: newly stored, or known before. `elsewhere`: of a case the actor may not see. */
export type Received = { kind: 'opened' | 'attached' | 'known'; id: string; reference: string } | { kind: 'elsewhere' };

/** Finds an office by code or slug if the actor works there. @throws Invalid */
export async function inboundOffice(actor: Actor, name: unknown): Promise<InboundOffice> {
	const office = (await deskUnits(actor)).find((unit) => unit.code === name || unit.slug === name);
	if (!office) throw new Invalid([{ path: 'unit', code: 'unit_missing' }]);
	return office;
}

/**
 * Stores a report that LAPOR forwarded to the office. A report with a known number (LAPOR's or ours) is attached to that case.
 * Any other opens a case of channel `lapor`, whose deadlines count from the day of arrival and which is never forwarded. Each
 * number is stored once, however often it is entered.
 *
 * @throws Invalid with one issue per field
 */
export async function receiveInbound(actor: Actor, raw: unknown, files: readonly SentFile[] = []): Promise<Received> {
	const office = await inboundOffice(actor, (raw as { unit?: unknown }).unit);
	return storeInbound({ actor, office, input: readInbound(raw, office), files });
}

interface Entered {
	actor: Actor;
	office: InboundOffice;
	input: InboundInput;
	files: readonly SentFile[];
}

/** Thrown if another request stored a change first; the transaction is rolled back and starts again. */
class Moved extends Conflict {}

const TRIES = 3;

export async function storeInbound(entered: Entered): Promise<Received> {
	for (let tries = 1; ; tries++) {
		const place = await placeOf(db(), entered.actor, entered.input);
		if (place.kind === 'known' || place.kind === 'elsewhere') return place;
		if (place.kind === 'unclear') throw unclear(place);
		try {
			return place.kind === 'opens' ? await open(entered) : await attach(entered, place);
		} catch (cause) {
			if (!(cause instanceof Moved) || tries === TRIES) throw cause;
		}
	}
}

export function unclear({ code, found }: Extract<Place, { kind: 'unclear' }>): Invalid {
	return new Invalid([{ path: 'reference', code, params: { found: found.join(', ') } }]);
}

async function open(entered: Entered): Promise<Received> {
	const { actor, office, input, files } = entered;
	let id = '';
	const alongside = async (tx: Tx, row: CaseRow) => {
		if ((await placeOf(tx, actor, input)).kind !== 'opens') throw new Moved('stale');
		id = await keep(tx, entered, row, null);
	};
	try {
		const said = caseOfInbound(input, office, randomUUID());
		const { reference } = await openCase(said, { channel: 'lapor', actor, atDesk: true, files, alongside });
		return { kind: 'opened', id, reference };
	} catch (cause) {
		throw cause instanceof Invalid ? asInbound(cause) : cause;
	}
}

async function attach(entered: Entered, place: Extract<Place, { kind: 'attaches' }>): Promise<Received> {
	const { actor, input, files } = entered;
	return withKeptFiles(files, 'citizen', (kept) =>
		transaction(async (tx) => {
			const { row } = await lockCaseForActor(tx, actor, place.reference);
			const id = await keep(tx, entered, row, place.by);
			await attachFiles(tx, kept, { caseId: row.id, public: false });
			if (place.accepts) await accept(tx, actor, place.accepts, input.lapor_id);
			return { kind: 'attached' as const, id, reference: row.reference };
		})
	);
}

/** Writes the row and its timeline entry. The reporter sees the number, but not the text. */
async function keep(
	tx: Tx,
	{ actor, office, input }: Entered,
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
	if (!stored) throw new Moved('stale');
	const how = matchedBy ? { matched_by: matchedBy } : { opened: true };
	const data = { lapor_id: input.lapor_id, received_on: input.received_on, ...how };
	await recordEvent(tx, row, { type: 'escalation_inbound', author: actor, public: true, data });
	return stored.id;
}

/** Accepts a forward whose reference is in a report at LAPOR, under that report's number. */
async function accept(tx: Tx, actor: Actor, id: string, laporId: string): Promise<void> {
	const locked = await lockEscalation(tx, id);
	const { state } = locked.escalation;
	if (!UNPROVEN_STATES.some((one) => one === state)) throw new Moved('stale');
	await toSent(tx, locked, laporId, actor, { how: { by: 'inbound' } });
}
