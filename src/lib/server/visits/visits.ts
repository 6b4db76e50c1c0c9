import { and, inArray, isNotNull, lt, lte } from 'drizzle-orm';
import { DAY_MS } from '#lib/calendar/durations.ts';
import { visitState } from '#lib/visits/vocabulary.ts';
import { db, type Tx } from '#lib/server/db/index.ts';
import { isId } from '#lib/server/db/is-id.ts';
import { visits } from '#lib/server/db/schema/visits.ts';
import { Invalid, NotAllowed, NotFound } from '#lib/server/errors.ts';
import { holds, type Actor } from '#lib/server/people/actor.ts';
import { now } from '#lib/server/clock.ts';

export type VisitRow = typeof visits.$inferSelect;

/** The units whose guest book is open to somebody: where they handle or supervise. */
export const bookUnits = (actor: Actor): string[] => [...new Set([...actor.units.handler, ...actor.units.supervisor])];

/** The condition for a visit of one of those units. */
export const visitOf = (actor: Actor, id: string) => and(isId(visits.id, id), inArray(visits.unitId, bookUnits(actor)));

/** The visit, locked until the transaction ends: of two people at once the second finds what the first did. @throws NotFound */
export async function lockVisit(tx: Tx, actor: Actor, id: string): Promise<VisitRow> {
	const [row] = await tx.select().from(visits).where(visitOf(actor, id)).for('update');
	if (!row) throw new NotFound(`visit ${id}`);
	return row;
}

/** What names a visit on screens and in the log, where no person may be named. */
export const visitNumber = (id: string): string => id.slice(0, 8).toUpperCase();

/** Why somebody does not change a visit's officer; words under `error_not_allowed_<code>`. */
export type OfficerFixed = 'visit_serving' | 'visit_supervisor' | 'visit_own';
type Stands = Pick<VisitRow, 'unitId' | 'officerId' | 'begunAt' | 'closedAt'>;

/**
 * Whether a visit's officer is fixed for somebody: once the service is over for all but a supervisor who has not given it and
 * does not take it over, and while it is given for the one who gives it. Else an unhappy visitor could be handed on to a
 * colleague.
 * @param to whom it would be given; left out: to anybody
 */
export function officerFixed(actor: Actor, visit: Stands, to: string | null = null): OfficerFixed | null {
	const state = visitState(visit);
	const own = (officerId: string | null) => officerId !== null && officerId === actor.officerId;
	if (state === 'waiting') return null;
	if (state === 'begun') return own(visit.officerId) ? 'visit_serving' : null;
	if (!holds(actor, visit.unitId, 'supervisor')) return 'visit_supervisor';
	return own(visit.officerId) || own(to) ? 'visit_own' : null;
}

/** @throws NotAllowed if the officer is fixed · Invalid if a service that has begun would be nobody's */
export function requireMayReassign(actor: Actor, visit: Stands, to: string | null): void {
	if (to === null && visitState(visit) !== 'waiting') throw new Invalid([{ path: 'officer', code: 'visit_officer' }]);
	const fixed = officerFixed(actor, visit, to);
	if (fixed) throw new NotAllowed(fixed);
}

const REFERENCE_DAYS = 7;

/** Forgets the guest book's own numbers after seven days: from then on a visit leads to nobody. */
export async function forgetExternalReferences(): Promise<number> {
	const forgotten = await db()
		.update(visits)
		.set({ externalRef: null })
		.where(
			and(isNotNull(visits.externalRef), lt(visits.createdAt, new Date(now().getTime() - REFERENCE_DAYS * DAY_MS)))
		)
		.returning({ id: visits.id });
	return forgotten.length;
}

/** Forgets which device noted a visit, and what its form said, once its link is no longer good. */
export async function forgetMakers(): Promise<void> {
	await db()
		.update(visits)
		.set({ madeByDevice: null, contentHash: null })
		.where(and(isNotNull(visits.madeByDevice), lte(visits.expiresAt, now())));
}
