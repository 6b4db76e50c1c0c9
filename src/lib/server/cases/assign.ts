import { assignmentInput } from '../../cases/schema.ts';
import { checked } from '../checked.ts';
import { db, transaction } from '../db/index.ts';
import { Invalid } from '../errors.ts';
import type { Actor } from '../people/actor.ts';
import { caseForActor, lockCaseForActor, type CaseRow } from './find.ts';
import { moveCase, moveTarget, requireVersion } from './move.ts';
import { peopleFor, workersOf, type Person } from './people.ts';
import { requireSupervisor } from './scope.ts';
import { recordEvent } from './timeline.ts';

/**
 * Gives a case to somebody who may see it. On `received` this changes nothing else; a verified case is in progress from
 * then on. Taking a case from somebody else is a supervisor's.
 */
export async function assignCase(actor: Actor, reference: string, raw: unknown): Promise<CaseRow> {
	const input = checked(assignmentInput, raw);
	return transaction(async (tx) => {
		const { row: before } = await lockCaseForActor(tx, actor, reference);
		await requireVersion(tx, before, input.version);
		moveTarget(before, 'assign');
		if (before.assigneeId && before.assigneeId !== actor.accountId) requireSupervisor(actor, before);
		const people = await peopleFor(tx, before, workersOf(before.restricted));
		const person = people.find((one) => one.id === input.assignee);
		if (!person) throw new Invalid([{ path: 'assignee', code: 'assignee_invalid' }]);
		const row = await moveCase(tx, before, 'assign', { assigneeId: person.id });
		await recordEvent(tx, row, {
			type: 'assigned',
			author: actor,
			public: before.status === 'verified',
			data: { assignee: person.id, name: person.name }
		});
		return row;
	});
}

/** Those a case may be given to: whoever works on it and is not named in it, nearest unit first. */
export async function peopleToAssign(actor: Actor, reference: string): Promise<Person[]> {
	const { row } = await caseForActor(actor, reference);
	const people = await peopleFor(db(), row, workersOf(row.restricted));
	return people.filter((person, index) => people.findIndex((other) => other.id === person.id) === index);
}
