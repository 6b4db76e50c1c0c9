import { and, asc, eq, gte, lte, ne } from 'drizzle-orm';
import { expect } from 'vitest';
import { ALL_MOVES, target } from '#lib/cases/moves.ts';
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

export type CaseState = Awaited<ReturnType<typeof caseStateOf>>;

/** A case with its timeline and deadlines. */
export async function caseStateOf(caseId: number) {
	const [row] = await db().select().from(cases).where(eq(cases.id, caseId));
	if (!row) throw new Error('the report vanished');
	return {
		row,
		entries: await db().select().from(timeline).where(eq(timeline.caseId, caseId)).orderBy(asc(timeline.seq)),
		clocks: await db().select().from(clocks).where(eq(clocks.caseId, caseId))
	};
}

/**
 * The status after each type of entry. Other types do not change the status. `origin`: the status before a question or an
 * archiving.
 */
const NEXT_STATUS: Record<string, (at: { status: CaseStatus; origin: CaseStatus; data: Entry['data'] }) => CaseStatus> =
	{
		verified: () => 'verified',
		// A rule may set only the priority, without an assignee.
		assigned: ({ status, data }) => (status === 'verified' && data.assignee ? 'in_progress' : status),
		info_requested: () => 'needs_info',
		info_given: ({ status, origin }) => (status === 'needs_info' ? origin : status),
		answer_drafted: ({ status }) => (status === 'verified' ? 'in_progress' : status),
		answered: () => 'answered',
		closed: () => 'closed',
		disputed: () => 'in_progress',
		archived: () => 'archived',
		reopened: ({ origin, data }) => (data.reason === 'returned' ? 'in_progress' : origin)
	};

/** Computes the status of a case from its timeline alone. */
export function statusFromTimeline(entries: readonly Entry[]): CaseStatus {
	let status: CaseStatus = 'received';
	let origin: CaseStatus = 'received';
	for (const { type, data } of entries) {
		const next: CaseStatus = NEXT_STATUS[type]?.({ status, origin, data }) ?? status;
		const leaves = (next === 'needs_info' || next === 'archived') && status !== next && status !== 'needs_info';
		if (leaves) origin = status;
		status = next;
	}
	return status;
}

/** Whether one or two moves of the table lead from one status to the other. */
export function reachable(from: CaseRow, to: CaseStatus): boolean {
	const next = (status: CaseStatus) => ALL_MOVES.map((move) => target(move, status, from.returnStatus ?? 'received'));
	const first = next(from.status);
	return first.includes(to) || first.some((middle) => middle !== undefined && next(middle).includes(to));
}

/**
 * Checks that a due time moves only later while the deadline's number of days is unchanged. A pause never shortens a
 * deadline.
 */
export function checkClocks(before: readonly Clock[], after: readonly Clock[]): void {
	for (const clock of after) {
		const earlier = before.find(({ id }) => id === clock.id);
		if (!earlier?.dueAt || !clock.dueAt || earlier.days !== clock.days) continue;
		expect(clock.dueAt.getTime(), `${clock.name} shrank`).toBeGreaterThanOrEqual(earlier.dueAt.getTime());
	}
}

/** Supervisors of the report who are not absent today and not named in it. Computed without the product's own query. */
async function freeSupervisors({ row }: CaseState, people: readonly Actor[]): Promise<string[]> {
	const today = localDate(now(), 'Asia/Makassar');
	const absent = await db()
		.select({ id: absences.accountId })
		.from(absences)
		.where(and(lte(absences.fromDay, today), gte(absences.toDay, today)));
	const namedOfficers = await db()
		.select({ id: caseOfficers.officerId })
		.from(caseOfficers)
		.where(and(eq(caseOfficers.caseId, row.id), ne(caseOfficers.state, 'cleared')));
	return people
		.filter((person) => person.units.supervisor.includes(row.handlingUnitId))
		.filter((person) => !namedOfficers.some(({ id }) => id === person.officerId))
		.flatMap(({ accountId }) => accountId ?? [])
		.filter((id) => !absent.some((one) => one.id === id));
}

/** The author of a draft's text. For the answer of a main case, another person may have forwarded the draft. */
async function authorOf(approvalId: string): Promise<string | null> {
	const [draft] = await db().select({ by: approvals.authorId }).from(approvals).where(eq(approvals.id, approvalId));
	return draft?.by ?? null;
}

/**
 * Checks that every answer or archiving of a complaint was approved by a free supervisor who wrote no version of it, or was
 * marked with a single signature because there was none.
 *
 * @param since number of the report's entries before the step
 */
export async function checkSignatures(caseState: CaseState, since: number, people: readonly Actor[]): Promise<void> {
	const { row, entries } = caseState;
	if (row.kind !== 'complaint') return;
	const free = await freeSupervisors(caseState, people);
	for (const entry of entries.slice(since)) {
		const isDecision = entry.type === 'answered' || entry.type === 'archived';
		if (!isDecision || entry.actorKind !== 'staff') continue;
		expect(entry.data.approval, `${entry.type} without a draft`).toBeDefined();
		const draftAuthors = entries
			.filter(({ type, data }) => type.endsWith('_drafted') && data.approval === entry.data.approval)
			.map(({ actorId }) => actorId);
		const writers = [...draftAuthors, await authorOf(String(entry.data.approval))];
		const others = free.filter((id) => !writers.includes(id));
		if (entry.data.single_signature) expect(others, 'signed alone beside a free supervisor').toEqual([]);
		else expect(others, 'not approved by a free supervisor').toContain(entry.actorId);
	}
}
