import { and, inArray, isNotNull, lt, lte } from 'drizzle-orm';
import { DAY_MS } from '#lib/calendar/durations.ts';
import { visitState } from '#lib/visits/vocabulary.ts';
import { db, oneRow, type Tx } from '#lib/server/db/index.ts';
import { isId } from '#lib/server/db/is-id.ts';
import { visits } from '#lib/server/db/schema/visits.ts';
import { NotAllowed, invalid } from '#lib/server/errors.ts';
import { caseRoleUnits, holds, recordIdsOf, type Actor } from '#lib/server/people/actor.ts';
import { ago, now } from '#lib/server/clock.ts';

export type VisitRow = typeof visits.$inferSelect;

/** Condition for a visit at one of these units. */
export const visitOf = (actor: Actor, id: string) =>
	and(isId(visits.id, id), inArray(visits.unitId, caseRoleUnits(actor)));

/**
 * Locks a visit until the end of the transaction, so that the second of two concurrent changes sees the first.
 * @throws NotFound
 */
export async function lockVisit(tx: Tx, actor: Actor, id: string): Promise<VisitRow> {
	return tx.select().from(visits).where(visitOf(actor, id)).for('update').then(oneRow);
}

/** The values that a correction changes. */
export function correctable({ service, officerId, placeId, channel, purpose }: VisitRow) {
	return { service, officerId, placeId, channel, purpose };
}

/** Short number of a visit for screens and the log, where no person may be named. */
export const visitNumber = (id: string): string => id.slice(0, 8).toUpperCase();

/** Why an actor may not change a visit's officer; messages are under `error_not_allowed_<code>`. */
export type OfficerFixed = 'visit_serving' | 'visit_supervisor' | 'visit_own';
type VisitStage = Pick<VisitRow, 'unitId' | 'officerId' | 'begunAt' | 'closedAt'>;

/**
 * Returns why a visit's officer is fixed for an actor, or null. During the service the serving officer may not change
 * it. After the service only a supervisor may, and only if the supervisor is neither the present nor the new officer.
 * Otherwise an unhappy visitor could be assigned to a colleague.
 * @param to id of the new officer, if known
 */
export async function officerFixed(
	actor: Actor,
	visit: VisitStage,
	to: string | null = null
): Promise<OfficerFixed | null> {
	const state = visitState(visit);
	const records = await recordIdsOf(actor.officerId);
	const own = (officerId: string | null) => officerId !== null && records.includes(officerId);
	if (state === 'waiting') return null;
	if (state === 'begun') return own(visit.officerId) ? 'visit_serving' : null;
	if (!holds(actor, visit.unitId, 'supervisor')) return 'visit_supervisor';
	return own(visit.officerId) || own(to) ? 'visit_own' : null;
}

/** @throws NotAllowed if the officer is fixed · Invalid if a service that has begun would have no officer */
export async function requireMayReassign(actor: Actor, visit: VisitStage, to: string | null): Promise<void> {
	if (to === null && visitState(visit) !== 'waiting') throw invalid('officer', 'visit_officer');
	const fixed = await officerFixed(actor, visit, to);
	if (fixed) throw new NotAllowed(fixed);
}

const REFERENCE_DAYS = 7;

/** Deletes external references after seven days. From then on a visit cannot be matched to a person. */
export async function deleteExternalReferences(): Promise<number> {
	const forgotten = await db()
		.update(visits)
		.set({ externalRef: null })
		.where(and(isNotNull(visits.externalRef), lt(visits.createdAt, ago(REFERENCE_DAYS * DAY_MS))))
		.returning({ id: visits.id });
	return forgotten.length;
}

/** Deletes the recording device and the form's hash when the visit's link has expired. */
export async function deleteRecordingDevices(): Promise<void> {
	await db()
		.update(visits)
		.set({ madeByDevice: null, contentHash: null })
		.where(and(isNotNull(visits.madeByDevice), lte(visits.expiresAt, now())));
}
