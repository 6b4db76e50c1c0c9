import { desc, eq } from 'drizzle-orm';
import { OPEN_STATUSES } from '#lib/cases/moves.ts';
import { assignmentInput } from '#lib/cases/schema.ts';
import { checked } from '#lib/server/checked.ts';
import { db, type Database, type Tx } from '#lib/server/db/index.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { timeline } from '#lib/server/db/schema/cases.ts';
import { Conflict, invalid } from '#lib/server/errors.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { caseForActor, type CaseRow, type CaseWithUnit } from '../find.ts';
import { changeCase, moveCase, moveTarget, requireVersion } from '../move.ts';
import { hasWorkingAssignee, peopleFor, workersFor } from '../case-staff.ts';
import { requireSupervisor, visibleTo } from '../visibility.ts';
import { recordEvent } from '../timeline.ts';
import { leastLoadedFor, withWorkload } from './workload.ts';

/**
 * Assigns a case to somebody who may see it. A verified case becomes `in_progress`. A received one keeps its status.
 * Only a supervisor reassigns another person's case, unless that person left or lost the role, or the actor assigned it and
 * nothing else was done since. If the assignee is absent and the deputy may see the case, the deputy gets it.
 */
export async function assignCase(actor: Actor, reference: string, raw: unknown): Promise<CaseRow> {
	const { assignee, version } = checked(assignmentInput, raw);
	return changeCase(actor, reference, version, (tx, caseWithUnit) => assignWithin(tx, actor, caseWithUnit, assignee));
}

/**
 * Assigns a case of a list to the actor, who sees its version there.
 *
 * @throws as `assignCase`. If another person took the case first, the conflict names the case and that person
 */
export async function takeCase(actor: Actor, reference: string, version: number): Promise<CaseRow> {
	return changeCase(actor, reference, undefined, async (tx, caseWithUnit) => {
		const { row } = caseWithUnit;
		if (version !== row.version && row.assigneeId !== null && row.assigneeId !== actor.accountId) {
			const [person] = await tx.select({ name: accounts.name }).from(accounts).where(eq(accounts.id, row.assigneeId));
			if (person) throw new Conflict('stale', { version: row.version, taken: { reference: row.reference, ...person } });
		}
		await requireVersion(tx, row, version);
		return assignWithin(tx, actor, caseWithUnit, actor.accountId);
	});
}

/** Assigns a case that the caller has locked. */
export async function assignWithin(tx: Tx, actor: Actor, { row: before, unit }: CaseWithUnit, assignee: string | null) {
	moveTarget(before, 'assign');
	const workers = await withWorkload(tx, await workersFor(tx, before), unit.timeZone);
	const others = before.assigneeId !== actor.accountId && workers.some(({ id }) => id === before.assigneeId);
	const author = others && !(await mayTakeBack(tx, actor, before)) ? requireSupervisor(actor, before) : actor;
	const person = workers.find(({ id, username }) => id === assignee || username === assignee);
	if (!person) throw invalid('assignee', 'assignee_invalid');
	// People who assign a case to themselves are present.
	const deputy = person.id === actor.accountId ? null : person.deputy;
	const { id, name } = deputy ?? person;
	const row = await moveCase(tx, before, 'assign', { assigneeId: id });
	const data = { assignee: id, name, deputy_of: deputy ? person.name : undefined };
	await recordEvent(tx, row, { type: 'assigned', author, public: before.status === 'verified', data });
	return row;
}

/**
 * Makes the actor the handler of an open case that has none, or whose handler may no longer work on it. Who answers or
 * forwards a case then finds it in the own list.
 */
export async function takeIfFree(tx: Tx, actor: Actor, { row, unit }: CaseWithUnit): Promise<CaseRow> {
	const isTaken = row.assigneeId === actor.accountId || (await hasWorkingAssignee(tx, row));
	if (isTaken || !OPEN_STATUSES.includes(row.status)) return row;
	return assignWithin(tx, actor, { row, unit }, actor.accountId);
}

/** Whether the last entry of the case's timeline is the actor's own assignment. Then no other person has worked on it. */
export async function mayTakeBack(on: Database | Tx, actor: Actor, row: Pick<CaseRow, 'id'>): Promise<boolean> {
	const [last] = await on
		.select({ type: timeline.type, actorId: timeline.actorId })
		.from(timeline)
		.where(eq(timeline.caseId, row.id))
		.orderBy(desc(timeline.seq))
		.limit(1);
	return last?.type === 'assigned' && last.actorId !== null && last.actorId === actor.accountId;
}

/**
 * People to whom a case may be assigned, nearest unit first. Their open cases are counted as far as the actor may see
 * them. `lightest` has the fewest among those who are preferred: handlers come before supervisors, who also approve.
 * `proposed` for a case without an assignee: handlers keep the case that they are reading, and others give it to the
 * person with the fewest.
 */
export async function peopleToAssign(actor: Actor, reference: string) {
	const { row, unit } = await caseForActor(actor, reference);
	const workers = await withWorkload(db(), await workersFor(db(), row), unit.timeZone, visibleTo(actor));
	const lightest = await leastLoadedFor(db(), row, workers);
	const handlers = await peopleFor(db(), row, ['handler']);
	const handles = !row.restricted && actor.units.handler.includes(row.handlingUnitId);
	const self = workers.find(({ id, unitId }) => handles && id === actor.accountId && unitId === lightest?.unitId);
	const proposed = self ?? lightest;
	return workers.map((worker) => ({
		...worker,
		role: handlers.some(({ id }) => id === worker.id) ? ('handler' as const) : ('supervisor' as const),
		lightest: worker === lightest,
		proposed: worker === proposed
	}));
}
