import { visitState } from '#lib/visits/vocabulary.ts';
import { Invalid, NotAllowed } from '#lib/server/errors.ts';
import { holds, type Actor } from '#lib/server/people/actor.ts';
import type { VisitRow } from './find.ts';

/** Why somebody does not change a visit's officer; words under `error_not_allowed_<code>`. */
export type OfficerFixed = 'visit_serving' | 'visit_supervisor' | 'visit_own';
type Stands = Pick<VisitRow, 'unitId' | 'officerId' | 'begunAt' | 'closedAt'>;

/**
 * Whether a visit's officer is fixed for somebody: once the service is over for all but a supervisor who has not given it
 * and does not take it over, and while it is given for the one who gives it. Else an unhappy visitor could be handed on to
 * a colleague.
 *
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
