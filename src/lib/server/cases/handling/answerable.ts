import type { Role } from '#lib/cases/vocabulary.ts';
import type { Database, Tx } from '#lib/server/db/index.ts';
import { absentToday } from '#lib/server/people/absence.ts';
import type { CaseWithUnit } from '../find.ts';
import { peopleFor, present, workersOf, type Person } from '../people.ts';

/**
 * Returns who must act on a case now: its assignee, or, without an assignee who may see it, the handlers of the nearest unit
 * with one present today. If the assignee is absent, they are returned together with the present handlers and the deputy.
 * All of them may see the case.
 */
export async function workersNow(on: Database | Tx, found: CaseWithUnit): Promise<Person[]> {
	const { row, unit } = found;
	const seeing = await peopleFor(on, row, workersOf(row.restricted));
	const assignee = seeing.find((person) => person.id === row.assigneeId);
	const away = await absentToday(on, assignee ? [assignee.id] : [], unit.timeZone);
	if (assignee && !away.has(assignee.id)) return [assignee];
	const deputies = seeing.filter(({ id }) => [...away.values()].includes(id));
	const standIns = await present(on, deputies, unit.timeZone);
	const handlers = row.restricted ? [] : await nearest(on, found, 'handler');
	const others = handlers.length > 0 ? handlers : await nearest(on, found, 'supervisor');
	return onePerPerson([...(assignee ? [assignee] : []), ...standIns, ...others]);
}

/** The supervisors who may see the case, of the nearest unit with one present today. */
export async function supervisorsNow(on: Database | Tx, found: CaseWithUnit): Promise<Person[]> {
	return onePerPerson(await nearest(on, found, 'supervisor'));
}

/** If nobody is present today, the people of the nearest unit find it when they return. */
async function nearest(on: Database | Tx, { row, unit }: CaseWithUnit, role: Role): Promise<Person[]> {
	const people = await peopleFor(on, row, [role]);
	const here = await present(on, people, unit.timeZone);
	const from = here.length > 0 ? here : people;
	return from.filter((person) => person.unitId === from[0]?.unitId);
}

function onePerPerson(people: readonly Person[]): Person[] {
	return [...new Map(people.map((person) => [person.id, person])).values()];
}
