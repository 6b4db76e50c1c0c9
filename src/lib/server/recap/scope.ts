import { addDays, instantAt } from '#lib/calendar/days.ts';
import { ROLES } from '#lib/cases/vocabulary.ts';
import type { Period } from '#lib/ratings/period.ts';
import type { RecapScope } from '#lib/recap/figures.ts';
import { NotAllowed, NotFound } from '#lib/server/errors.ts';
import { holds, type Actor } from '#lib/server/people/actor.ts';
import { byCode, findUnit, unitTree, type Unit } from '#lib/server/people/units/find-unit.ts';
import { isInTrial } from '#lib/server/people/units/trial.ts';
import { isInSubtree } from '#lib/server/reference/reference.ts';

/**
 * The unit with that code or slug, if the actor is its manager or supervisor.
 * @throws NotFound if it does not exist or the actor has no role in it, NotAllowed if the actor has another role there
 */
export async function reportingUnit(actor: Actor, name: string): Promise<Unit> {
	const unit = await findUnit(name);
	if (!unit || !holds(actor, unit.id, ...ROLES)) throw new NotFound(name);
	if (!holds(actor, unit.id, 'manager', 'supervisor')) throw new NotAllowed('manager');
	return unit;
}

/** All units that the actor manages or supervises, ordered by code. */
export async function reportingUnits({ units: held }: Actor): Promise<Unit[]> {
	const ids = new Set([...held.manager, ...held.supervisor]);
	return (await unitTree()).filter(({ id }) => ids.has(id)).sort(byCode);
}

/** The units that a report counts, ordered by code. An office in trial is in none. */
export async function unitsOf(unit: Unit, scope: RecapScope): Promise<Unit[]> {
	const own = scope === 'own' ? [unit] : (await unitTree()).filter((one) => isInSubtree(one, unit.id)).sort(byCode);
	return own.filter((one) => !isInTrial(one));
}

/** What figures cover: offices, and a period of whole days in one time zone. */
export interface RecapSpan {
	unitIds: readonly string[];
	/** Inclusive days. */
	period: Period;
	timeZone: string;
}

/** The first moment of a period, and the first moment after it. */
export function momentsOf({ period, timeZone }: Omit<RecapSpan, 'unitIds'>): { from: Date; until: Date } {
	return {
		from: instantAt(period.from, '00:00', timeZone),
		until: instantAt(addDays(period.to, 1), '00:00', timeZone)
	};
}
