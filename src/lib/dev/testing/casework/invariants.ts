import { and, asc, eq, gte, lte, ne } from 'drizzle-orm';
import { expect } from 'vitest';
import { target, type Move } from '#lib/cases/status.ts';
import type { CaseStatus } from '#lib/cases/vocabulary.ts';
import { localDate } from '#lib/calendar/days.ts';
import type { CaseRow } from '#lib/server/cases/find.ts';
import { now } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import { approvals, caseOfficers, cases, timeline } from '#lib/server/db/schema/cases.ts';
import { clocks } from '#lib/server/db/schema/clocks.ts';
import { absences } from '#lib/server/db/schema/people.ts';
import type { Actor } from '#lib/server/people/actor.ts';

export type Entry = typeof timeline.$inferSelect;
export type Clock = typeof clocks.$inferSelect;

export type Standing = Awaited<ReturnType<typeof standingOf>>;

/** Everything the database holds of a report. */
export async function standingOf(caseId: number) {
	const [row] = await db().select().from(cases).where(eq(cases.id, caseId));
	if (!row) throw new Error('the report vanished');
	return {
		row,
		entries: await db().select().from(timeline).where(eq(timeline.caseId, caseId)).orderBy(asc(timeline.seq)),
		clocks: await db().select().from(clocks).where(eq(clocks.caseId, caseId))
	};
}

/** What each entry makes of a status; what is not here leaves it. `origin`: where a question or an archiving came from. */
const TOLD: Record<string, (at: { status: CaseStatus; origin: CaseStatus; data: Entry['data'] }) => CaseStatus> = {
	verified: () => 'verified',
	// A rule may set the priority alone, and then nobody works on it.
	assigned: ({ status, data }) => (status === 'verified' && data.assignee ? 'in_progress' : status),
	info_requested: () => 'needs_info',
	info_given: ({ status, origin }) => (status === 'needs_info' ? origin : status),
	answer_drafted: ({ status }) => (status === 'verified' ? 'in_progress' : status),
	answered: () => 'answered',
	closed: () => 'closed',
	disputed: () => 'in_progress',
	archived: () => 'archived',
	reopened: ({ origin }) => origin
};

/** Tells the story from its first entry on. @returns the status it ends with */
export function retold(entries: readonly Entry[]): CaseStatus {
	let status: CaseStatus = 'received';
	let origin: CaseStatus = 'received';
	for (const { type, data } of entries) {
		const next: CaseStatus = TOLD[type]?.({ status, origin, data }) ?? status;
		const leaves = (next === 'needs_info' || next === 'archived') && status !== next && status !== 'needs_info';
		if (leaves) origin = status;
		status = next;
	}
	return status;
}

const MOVES: readonly Move[] = [
	...(['verify', 'assign', 'answer', 'escalate', 'ask', 'give_info', 'publish_answer', 'accept'] as const),
	...(['turn_over', 'dispute', 'archive', 'reopen', 'transfer', 'classify', 'hand_over', 'split'] as const)
];

/** Whether moves of the table, one or two of them in one step, lead from one status to the other. */
export function reachable(from: CaseRow, to: CaseStatus): boolean {
	const next = (status: CaseStatus) => MOVES.map((move) => target(move, status, from.returnStatus ?? 'received'));
	const first = next(from.status);
	return first.includes(to) || first.some((middle) => middle !== undefined && next(middle).includes(to));
}

/** While the number of days of a deadline is unchanged, its due time only moves later: a pause never shortens it. */
export function checkClocks(before: readonly Clock[], after: readonly Clock[]): void {
	for (const clock of after) {
		const former = before.find(({ id }) => id === clock.id);
		if (!former?.dueAt || !clock.dueAt || former.days !== clock.days) continue;
		expect(clock.dueAt.getTime(), `${clock.name} shrank`).toBeGreaterThanOrEqual(former.dueAt.getTime());
	}
}

/** Supervisors over the report who are there today and whom it does not name: told apart from the product's own query. */
async function freeSupervisors({ row }: Standing, people: readonly Actor[]): Promise<string[]> {
	const today = localDate(now(), 'Asia/Makassar');
	const away = await db()
		.select({ id: absences.accountId })
		.from(absences)
		.where(and(lte(absences.fromDay, today), gte(absences.toDay, today)));
	const named = await db()
		.select({ id: caseOfficers.officerId })
		.from(caseOfficers)
		.where(and(eq(caseOfficers.caseId, row.id), ne(caseOfficers.state, 'cleared')));
	return people
		.filter((person) => person.units.supervisor.includes(row.handlingUnitId))
		.filter((person) => !named.some(({ id }) => id === person.officerId))
		.flatMap(({ accountId }) => accountId ?? [])
		.filter((id) => !away.some((one) => one.id === id));
}

/** Whose words a draft holds: of those of a main case not always who passed them on. */
async function writerOf(approvalId: string): Promise<string | null> {
	const [draft] = await db().select({ by: approvals.authorId }).from(approvals).where(eq(approvals.id, approvalId));
	return draft?.by ?? null;
}

/**
 * No answer or archiving of a complaint goes out on its writer's word: a free supervisor who wrote no version of it
 * signs it, or it says that there was none.
 *
 * @param since how many entries the report had before the step
 */
export async function checkSignatures(standing: Standing, since: number, people: readonly Actor[]): Promise<void> {
	const { row, entries } = standing;
	if (row.kind !== 'complaint') return;
	const free = await freeSupervisors(standing, people);
	for (const entry of entries.slice(since)) {
		const settles = entry.type === 'answered' || entry.type === 'archived';
		if (!settles || entry.actorKind !== 'staff') continue;
		expect(entry.data.approval, `${entry.type} without a draft`).toBeDefined();
		const passedOn = entries
			.filter(({ type, data }) => type.endsWith('_drafted') && data.approval === entry.data.approval)
			.map(({ actorId }) => actorId);
		const writers = [...passedOn, await writerOf(String(entry.data.approval))];
		const others = free.filter((id) => !writers.includes(id));
		if (entry.data.single_signature) expect(others, 'signed alone beside a free supervisor').toEqual([]);
		else expect(others, 'signed by nobody who might').toContain(entry.actorId);
	}
}
