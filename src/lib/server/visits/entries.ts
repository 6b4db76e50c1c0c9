import { randomUUID } from 'node:crypto';
import { and, eq, inArray, isNotNull, isNull, or } from 'drizzle-orm';
import { localDate } from '#lib/calendar/days.ts';
import { DAY_MS } from '#lib/calendar/durations.ts';
import { visitNote, visitBeginning, visitCorrection } from '#lib/visits/schema.ts';
import { visitInput } from '#lib/ratings/schema.ts';
import { visitState, type VisitState } from '#lib/visits/vocabulary.ts';
import { db, transaction, type Database, type Tx } from '#lib/server/db/index.ts';
import { officers, places } from '#lib/server/db/schema/units.ts';
import { Invalid, Conflict } from '#lib/server/errors.ts';
import { sha256Hex } from '#lib/server/keys.ts';
import { checked } from '#lib/server/checked.ts';
import { now } from '#lib/server/clock.ts';
import { contentHash } from '#lib/server/content-hash.ts';
import { visits } from '#lib/server/db/schema/visits.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { isDesk } from '#lib/server/places/duty.ts';
import { requireUnitWithin } from '#lib/server/people/units/find-unit.ts';
import { recordDifference } from '#lib/server/people/audit.ts';
import { visitToken } from './link.ts';
import { bookUnits, lockVisit, requireMayReassign, visitNumber, type VisitRow } from './visits.ts';

/** How long a visit's link is good for. */
export const LIFE_DAYS = 14;

/** What every visit's row holds: its day in the unit's zone, and the hash of its token. */
export function visitEntry(id: string, unit: { id: string; timeZone: string }, createdAt: Date) {
	return {
		id,
		unitId: unit.id,
		tokenHash: sha256Hex(visitToken(id)),
		day: localDate(createdAt, unit.timeZone),
		createdAt,
		expiresAt: new Date(createdAt.getTime() + LIFE_DAYS * DAY_MS)
	};
}

/** @throws Invalid if the officer neither belongs to the unit nor has a desk there */
async function requireOfficerOf(on: Database | Tx, unitId: string, officerId: string | undefined) {
	if (officerId === undefined) return undefined;
	const desks = on
		.select({ id: places.officerId })
		.from(places)
		.where(and(eq(places.unitId, unitId), isNotNull(places.officerId), isNull(places.withdrawnAt)));
	const [found] = await on
		.select({ id: officers.id, name: officers.name })
		.from(officers)
		.where(
			and(
				eq(officers.id, officerId),
				eq(officers.active, true),
				or(eq(officers.unitId, unitId), inArray(officers.id, desks))
			)
		);
	if (!found) throw new Invalid([{ path: 'officer', code: 'rating_officer' }]);
	return found;
}

/** @throws Invalid if the desk is not one of the unit's that are in use */
async function requireDeskOf(on: Database | Tx, unitId: string, placeId: string | undefined) {
	if (placeId === undefined) return undefined;
	const [found] = await on
		.select({ id: places.id, name: places.name })
		.from(places)
		.where(and(eq(places.id, placeId), eq(places.unitId, unitId), isDesk));
	if (!found) throw new Invalid([{ path: 'place', code: 'rating_place' }]);
	return found;
}

/**
 * Writes somebody into the guest book of a unit: every entry is a visit with a link of its own, so nobody chooses whom to
 * invite. The same form sent twice is one visit. With `step` begin or close the officer is frozen at once.
 * @param device of the browser that notes it, as `deviceKey` hashes it
 * @throws NotFound on a unit that isn't the actor's
 * @throws Conflict `submission-reused` if the id was used by another form, or by somebody else
 * @throws Invalid on an officer or desk of elsewhere, and where a service begins with nobody who gives it
 */
export async function noteVisit(actor: Actor, raw: unknown, device: string | null): Promise<{ id: string }> {
	const input = checked(visitNote, raw);
	const unit = await requireUnitWithin(input.unit, bookUnits(actor));
	if (input.step !== 'wait' && !input.officer) throw new Invalid([{ path: 'officer', code: 'visit_officer' }]);
	const at = now();
	const content = contentHash({ ...input, unit: unit.code, by: actor.accountId }, 'visit');
	return transaction(async (tx) => {
		const officer = await requireOfficerOf(tx, unit.id, input.officer);
		const desk = await requireDeskOf(tx, unit.id, input.place);
		const [stored] = await tx
			.insert(visits)
			.values({
				...visitEntry(input.submission_id, unit, at),
				service: input.service,
				officerId: officer?.id,
				placeId: desk?.id,
				channel: input.channel,
				purpose: input.purpose,
				begunAt: input.step === 'wait' ? null : at,
				closedAt: input.step === 'close' ? at : null,
				createdBy: actor.accountId,
				madeByDevice: device,
				contentHash: content
			})
			.onConflictDoNothing({ target: visits.id })
			.returning({ id: visits.id });
		if (stored) return stored;
		const [former] = await tx
			.select({ id: visits.id, contentHash: visits.contentHash })
			.from(visits)
			.where(eq(visits.id, input.submission_id));
		// Another visitor, typed into the page of the one before: taken for the same, this one would be lost.
		if (former?.contentHash !== content) throw new Conflict('submission-reused');
		return { id: former.id };
	});
}

/**
 * Begins to serve somebody who waits. From here on the officer is frozen into the visit; that another one begins than was noted
 * stands in the log.
 * @throws NotFound · Conflict if it has begun already · Invalid if nobody is named who serves
 */
export async function beginVisit(actor: Actor, id: string, raw: unknown): Promise<void> {
	const input = checked(visitBeginning, raw);
	await transaction(async (tx) => {
		const visit = await lockVisit(tx, actor, id);
		requireState(visit, 'waiting');
		const officerId = (await requireOfficerOf(tx, visit.unitId, input.officer))?.id ?? visit.officerId;
		if (officerId === null) throw new Invalid([{ path: 'officer', code: 'visit_officer' }]);
		const placeId = (await requireDeskOf(tx, visit.unitId, input.place))?.id ?? visit.placeId;
		const after = { ...visit, officerId, placeId, begunAt: now() };
		await tx.update(visits).set({ officerId, placeId, begunAt: after.begunAt }).where(eq(visits.id, id));
		if (visit.officerId !== null) await recordVisitChange(tx, actor, 'visit.officer_changed', visit, after);
	});
}

/** Ends a service: from here on the visit's link is shown. @throws NotFound · Conflict if it hasn't begun or has ended */
export async function closeVisit(actor: Actor, id: string): Promise<void> {
	await transaction(async (tx) => {
		const visit = await lockVisit(tx, actor, id);
		requireState(visit, 'begun');
		await tx.update(visits).set({ closedAt: now() }).where(eq(visits.id, id));
	});
}

function requireState(visit: VisitRow, wanted: VisitState): void {
	const state = visitState(visit);
	if (state !== wanted) throw new Conflict('invalid-move', { status: state, reason: `visit_${state}` });
}

/**
 * Puts right what was written down wrongly, with a reason, in the log. Nothing is ever taken out of the guest book.
 * @throws NotFound · NotAllowed if the officer is fixed (`officerFixed`)
 * @throws Invalid on an officer or desk of elsewhere, without a reason, and `visit_unchanged` where nothing differs
 */
export async function correctVisit(actor: Actor, id: string, raw: unknown): Promise<void> {
	const { reason, ...input } = checked(visitCorrection, raw);
	await transaction(async (tx) => {
		const visit = await lockVisit(tx, actor, id);
		const officer = await requireOfficerOf(tx, visit.unitId, sameOr(visit.officerId, input.officer));
		const desk = await requireDeskOf(tx, visit.unitId, sameOr(visit.placeId, input.place));
		const right = {
			service: input.service ?? null,
			officerId: officer?.id ?? input.officer ?? null,
			placeId: desk?.id ?? input.place ?? null,
			channel: input.channel,
			purpose: input.purpose ?? null
		};
		const differs = Object.entries(right).some(([name, value]) => visit[name as keyof typeof right] !== value);
		if (!differs) throw new Invalid([{ path: '', code: 'visit_unchanged' }]);
		if (right.officerId !== visit.officerId) requireMayReassign(actor, visit, right.officerId);
		await tx.update(visits).set(right).where(eq(visits.id, visit.id));
		await recordVisitChange(tx, actor, 'visit.corrected', visit, { ...visit, ...right }, reason);
	});
}

/** Who left or moved since stays named: only what is new has to be of this office today. */
const sameOr = (stands: string | null, given: string | undefined) => (given === stands ? undefined : given);

/**
 * Writes what differs to the log, officers and desks by name. Of the purpose it says only that it was rewritten: what is
 * corrected there may be a visitor's name, and the log forgets nothing.
 */
async function recordVisitChange(
	tx: Tx,
	actor: Actor,
	action: 'visit.officer_changed' | 'visit.corrected',
	before: VisitRow,
	after: VisitRow,
	reason?: string
): Promise<void> {
	const nameOf = await names(tx, [before.officerId, after.officerId, before.placeId, after.placeId]);
	const values = (visit: VisitRow) => ({
		service: visit.service,
		officer: nameOf(visit.officerId),
		desk: nameOf(visit.placeId),
		channel: visit.channel
	});
	const rewritten = before.purpose === after.purpose ? {} : { purpose: '…' };
	const about = { unitId: before.unitId, action, subject: visitNumber(before.id), ...(reason ? { reason } : {}) };
	await recordDifference(tx, actor, about, values(before), { ...values(after), ...rewritten });
}

async function names(tx: Tx, ids: (string | null)[]) {
	const wanted = ids.filter((id) => id !== null);
	const known = new Map<string, string>();
	for (const table of [officers, places]) {
		const rows = await tx.select({ id: table.id, name: table.name }).from(table).where(inArray(table.id, wanted));
		for (const { id, name } of rows) known.set(id, name);
	}
	return (id: string | null) => (id === null ? null : (known.get(id) ?? id));
}

/**
 * Stores a service that another system says was given to one person (`POST visits`): the visit begins and ends with the call.
 * @param accountId who notes it; null for the bootstrap token
 * @param within the units the actor may write to
 * @returns with the one-time token, which is not stored
 * @throws NotFound on a unit that is not there or not among `within`, Invalid on an officer who does not work there
 */
export async function createVisit(
	raw: unknown,
	{ accountId, within }: { accountId: string | null; within: readonly string[] }
) {
	const input = checked(visitInput, raw);
	const unit = await requireUnitWithin(input.unit, within);
	const officer = await requireOfficerOf(db(), unit.id, input.officer);
	const at = now();
	const entry = visitEntry(randomUUID(), unit, at);
	await db()
		.insert(visits)
		.values({
			...entry,
			service: input.service,
			officerId: officer?.id,
			channel: input.channel,
			externalRef: input.external_ref,
			begunAt: at,
			closedAt: at,
			createdBy: accountId
		});
	return { id: entry.id, token: visitToken(entry.id), expiresAt: entry.expiresAt };
}
