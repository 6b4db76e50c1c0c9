import { and, count, inArray, type SQL } from 'drizzle-orm';
import { OPEN_STATUSES } from '#lib/cases/moves.ts';
import { leastLoaded, type PersonWithLoad } from '#lib/cases/routing.ts';
import type { Role } from '#lib/cases/vocabulary.ts';
import type { Database, Tx } from '#lib/server/db/index.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { notInTrial } from '#lib/server/people/units/trial.ts';
import { absentToday } from '#lib/server/people/absence.ts';
import type { CaseRow } from '../find.ts';
import { onePerPerson, peopleFor, type Person } from '../case-staff.ts';

/** A person to whom a case may be assigned, with their open cases and deputy. */
export interface Worker extends Person, PersonWithLoad {
	/** The deputy of an absent person, if the case may be assigned to the deputy too. */
	deputy: Person | null;
}

/**
 * Lists each person once, with the number of their open cases, without practice, and whether they are absent today in
 * `zone`, as for `present`.
 *
 * @param which condition on the cases that are counted; all without it
 */
export async function withWorkload(on: Database | Tx, people: readonly Person[], zone: string, which?: SQL) {
	const each = onePerPerson(people);
	const ids = each.map((person) => person.id);
	const inStatus = inArray(cases.status, [...OPEN_STATUSES]);
	const open = and(inArray(cases.assigneeId, ids), inStatus, notInTrial(cases.unitId));
	const numbers = await on
		.select({ id: cases.assigneeId, open: count() })
		.from(cases)
		.where(and(open, which))
		.groupBy(cases.assigneeId);
	const away = await absentToday(ids, zone);
	return each.map((person) => {
		const deputyId = away.get(person.id);
		const deputy = each.find(({ id, signsIn }) => id === deputyId && signsIn && !away.has(id));
		return {
			...person,
			open: numbers.find((one) => one.id === person.id)?.open ?? 0,
			absent: away.has(person.id) || !person.signsIn,
			deputy: deputy ?? null
		};
	});
}

/**
 * Finds the present person with the fewest open cases: in the group if there is one, otherwise in the nearest unit with
 * somebody present. Handlers come before supervisors, because supervisors also approve drafts.
 */
export async function leastLoadedFor(
	on: Database | Tx,
	row: Pick<CaseRow, 'id' | 'handlingUnitId'>,
	workers: readonly Worker[],
	groupId: string | null = null
): Promise<Worker | undefined> {
	const unitId = groupId ?? workers.find((worker) => !worker.absent)?.unitId;
	// Read by role, because `workers` has each person only with the nearest of several units.
	const ofUnit = async (role: Role) => {
		const people = (await peopleFor(on, row, [role])).filter((person) => person.unitId === unitId);
		return workers.filter((worker) => people.some(({ id }) => id === worker.id));
	};
	return leastLoaded(await ofUnit('handler')) ?? leastLoaded(await ofUnit('supervisor'));
}
