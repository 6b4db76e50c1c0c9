import type { Role } from '../../cases/vocabulary.ts';
import type { Database, Tx } from '../db/index.ts';
import { absentToday } from '../people/absence.ts';
import type { CaseWithUnit } from './find.ts';
import { peopleFor, present, workersOf, type Person } from './people.ts';

/**
 * Who is to act on a case now: its assignee; where there is none, or who may not see it any more, the handlers of the
 * nearest unit that has one here today. An absent assignee stays told, and those who are here are told beside,
 * and so is the deputy, wherever in the tree they stand. All of them see the case: nobody it names is among them, and only
 * supervisors of a restricted one.
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

/** The supervisors of the nearest unit that has one here today, of those who see the case. */
export async function supervisorsNow(on: Database | Tx, found: CaseWithUnit): Promise<Person[]> {
	return onePerPerson(await nearest(on, found, 'supervisor'));
}

/** Where nobody is here today, the nearest unit's people find it when they come back. */
async function nearest(on: Database | Tx, { row, unit }: CaseWithUnit, role: Role): Promise<Person[]> {
	const people = await peopleFor(on, row, [role]);
	const here = await present(on, people, unit.timeZone);
	const from = here.length > 0 ? here : people;
	return from.filter((person) => person.unitId === from[0]?.unitId);
}

function onePerPerson(people: readonly Person[]): Person[] {
	return [...new Map(people.map((person) => [person.id, person])).values()];
}
