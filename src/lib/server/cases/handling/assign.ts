import { assignmentInput } from '#lib/cases/schema.ts';
import { checked } from '#lib/server/checked.ts';
import { db, transaction, type Tx } from '#lib/server/db/index.ts';
import { Invalid } from '#lib/server/errors.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { caseForActor, lockCaseForActor, type CaseRow, type CaseWithUnit } from '../find.ts';
import { moveCase, moveTarget, requireVersion } from '../move.ts';
import { peopleFor, workersOf, type Person } from '../people.ts';
import { requireSupervisor } from '../scope.ts';
import { recordEvent } from '../timeline.ts';
import { lightestFor, withWorkload, type Worker } from './workload.ts';

/**
 * Gives a case to somebody who may see it. On `received` this changes nothing else; a verified case is in progress from
 * then on. Taking a case from somebody else is a supervisor's. What is given to
 * somebody who is away goes to their deputy, where that person may see it.
 */
export async function assignCase(actor: Actor, reference: string, raw: unknown): Promise<CaseRow> {
	const input = checked(assignmentInput, raw);
	return transaction(async (tx) => {
		const { row: before, unit } = await lockCaseForActor(tx, actor, reference);
		await requireVersion(tx, before, input.version);
		return assignWithin(tx, actor, { row: before, unit }, input.assignee);
	});
}

/** The move itself, for a case that the caller has locked. */
export async function assignWithin(
	tx: Tx,
	actor: Actor,
	{ row: before, unit }: CaseWithUnit,
	assignee: string | null
): Promise<CaseRow> {
	moveTarget(before, 'assign');
	if (before.assigneeId && before.assigneeId !== actor.accountId) requireSupervisor(actor, before);
	const people = await peopleFor(tx, before, workersOf(before.restricted));
	const person = people.find((one) => one.id === assignee);
	if (!person) throw new Invalid([{ path: 'assignee', code: 'assignee_invalid' }]);
	const { holder, standsIn } = await holderOf(tx, { people, person, zone: unit.timeZone }, actor);
	const row = await moveCase(tx, before, 'assign', { assigneeId: holder.id });
	await recordEvent(tx, row, {
		type: 'assigned',
		author: actor,
		public: before.status === 'verified',
		data: { assignee: holder.id, name: holder.name, ...(standsIn ? { deputy_of: person.name } : {}) }
	});
	return row;
}

/** The person, or their deputy while they are absent. People who take a case themselves are present. */
async function holderOf(
	tx: Tx,
	{ people, person, zone }: { people: readonly Person[]; person: Person; zone: string },
	actor: Actor
): Promise<{ holder: Person; standsIn: boolean }> {
	if (person.id === actor.accountId) return { holder: person, standsIn: false };
	const worker = (await withWorkload(tx, people, zone, null)).find((one) => one.id === person.id);
	const deputy = worker?.deputy;
	return deputy ? { holder: deputy, standsIn: true } : { holder: person, standsIn: false };
}

/**
 * Those a case may be given to: whoever works on it and is not named in it, nearest unit first, with what each has to
 * do as far as the actor may see it; `lightest` is proposed.
 */
export async function peopleToAssign(actor: Actor, reference: string): Promise<(Worker & { lightest: boolean })[]> {
	const { row, unit } = await caseForActor(actor, reference);
	const people = await peopleFor(db(), row, workersOf(row.restricted));
	const workers = await withWorkload(db(), people, unit.timeZone, actor);
	const proposed = (await lightestFor(db(), row, workers))?.id;
	return workers.map((worker) => ({ ...worker, lightest: worker.id === proposed }));
}
