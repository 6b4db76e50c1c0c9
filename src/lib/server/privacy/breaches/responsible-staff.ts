import type { Tx } from '#lib/server/db/index.ts';
import { breachNumber } from '#lib/text/reference-numbers.ts';
import { peopleFor } from '#lib/server/cases/case-staff.ts';
import { notify } from '#lib/server/channels/notices.ts';
import { holds, type Actor } from '#lib/server/people/actor.ts';
import { rootAdministrators } from '#lib/server/people/administration.ts';
import { responsibleFor, unitsOfKeeper } from '../notice/responsible.ts';
import { isInSubtree, referenceData, type Unit } from '#lib/server/reference/reference.ts';

/**
 * Ids of the units whose breaches the actor may read: those whose breaches the actor handles, and for supervisors of a
 * root unit also the other units that they supervise.
 */
export async function readUnits(actor: Actor): Promise<string[]> {
	const kept = await unitsOfKeeper(actor);
	const root = (await referenceData()).units.some(({ id, depth }) => depth === 0 && holds(actor, id, 'supervisor'));
	return root ? [...kept, ...actor.units.supervisor] : kept;
}

export type BreachNotice = 'breach_recorded' | 'breach_due' | 'breach_overdue';

interface BreachInBrief {
	id: string;
	year: number;
	number: number;
	title: string;
}

/**
 * Notifies the administrators of the root unit, and the responsible person unless that person may no longer handle the
 * breach. Each gets one notice per breach and stage.
 * @param occasion tells apart further notices of the same stage
 * @returns how many were notified now
 */
export async function notifyResponsible(
	tx: Tx,
	kind: BreachNotice,
	breach: BreachInBrief,
	unit: Pick<Unit, 'id' | 'code' | 'name' | 'path' | 'timeZone'>,
	dueAt: Date,
	occasion = ''
): Promise<number> {
	const admins = (await rootAdministrators(tx)).filter(({ unitId }) => isInSubtree(unit, unitId));
	const { accountId: responsible } = await responsibleFor(unit.id);
	const able = await peopleFor(tx, { id: 0, handlingUnitId: unit.id }, ['supervisor', 'admin']);
	const keeper = able.filter(({ id }) => id === responsible).map(({ id }) => id);
	const people = new Set([...admins.map(({ accountId }) => accountId), ...keeper]);
	const number = breachNumber({ ...breach, unit: unit.code });
	return notify(tx, [...people], {
		kind,
		occasion: `${breach.id}${occasion}`,
		data: { number, unit: unit.name, due_at: dueAt.toISOString() },
		page: `/admin/privacy/breaches/${breach.id}`,
		zone: unit.timeZone
	});
}
