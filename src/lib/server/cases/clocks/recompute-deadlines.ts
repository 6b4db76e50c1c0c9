import { and, asc, eq, inArray, not, sql } from 'drizzle-orm';
import type { Calendar } from '#lib/calendar/working-calendar.ts';
import { loadCalendar } from '#lib/server/calendar/load.ts';
import { fromNow } from '#lib/server/clock.ts';
import { db, transaction, type Database, type Tx } from '#lib/server/db/index.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { clocks } from '#lib/server/db/schema/clocks.ts';
import type { JobPayloads } from '#lib/server/jobs/jobs.ts';
import { enqueue } from '#lib/server/jobs/queue.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { recomputeCases } from './deadlines.ts';
import { lockCases, type CaseWithUnit } from '../find.ts';
import { inEachCase } from '../in-each-case.ts';
import { recordEvents, type Author } from '../timeline.ts';
import { hiddenFrom } from '../visibility.ts';

/** Within this time every process knows a change, also one whose database connection was interrupted. */
const KNOWN_AFTER_MS = 30_000;

/** Cases that are locked and recomputed with one set of statements. One by one, 2,000 cases took four times as long. */
const BATCH = 200;

/** The cases with running deadlines, of one office if given, and whether the actor may know that they exist. */
const openCases = (on: Database | Tx, unitId: string | undefined, actor?: Actor) =>
	on
		.selectDistinct({ id: cases.id, isShown: sql<boolean>`${actor ? not(hiddenFrom(actor)) : sql`true`}` })
		.from(cases)
		.innerJoin(clocks, eq(clocks.caseId, cases.id))
		.where(and(inArray(clocks.state, ['running', 'paused']), unitId ? eq(cases.unitId, unitId) : undefined))
		.orderBy(asc(cases.id));

/**
 * Recomputes the running deadlines of locked cases, and writes a timeline entry in each in which a due time moved or
 * became certain.
 * @returns the ids of these cases
 */
async function recompute(
	tx: Tx,
	found: readonly CaseWithUnit[],
	{ author, why, calendar }: { author: Author; why: string; calendar?: Calendar }
): Promise<Set<number>> {
	const moved = await recomputeCases(tx, found, calendar);
	const events = moved.map(({ row, changed }) => {
		const clocks = changed.map(({ name, due, was, provisional }) => ({
			name,
			due_at: due?.toISOString() ?? null,
			was: was?.toISOString(),
			provisional
		}));
		return { row, event: { type: 'calendar_changed' as const, author, public: true, data: { why, clocks } } };
	});
	await recordEvents(tx, events);
	return new Set(moved.map(({ row }) => row.id));
}

/**
 * Makes a change and recomputes running deadlines in one commit. The job `calendar-changed` recomputes them again.
 *
 * @param change returns why, for the timelines; undefined if no deadline can change
 * @param confirm gets the number that is returned. It may throw to roll everything back
 * @returns how many cases changed, without those whose existence is hidden from the actor
 */
export async function recomputeAfter(
	actor: Actor,
	change: (tx: Tx) => Promise<string | undefined>,
	unitId?: string,
	confirm?: (moved: number) => void
): Promise<number> {
	return transaction(async (tx) => {
		const why = await change(tx);
		if (why === undefined) return 0;
		const open = await openCases(tx, unitId, actor);
		// Read once, because each read inside a transaction that changed the calendar loads all reference data again.
		const calendar = await loadCalendar();
		let moved = 0;
		for (let from = 0; from < open.length; from += BATCH) {
			const batch = open.slice(from, from + BATCH);
			const found = await lockCases(
				tx,
				batch.map(({ id }) => id)
			);
			const changed = await recompute(tx, found, { author: actor, why, calendar });
			moved += batch.filter(({ id, isShown }) => isShown && changed.has(id)).length;
		}
		confirm?.(moved);
		await enqueue(tx, 'calendar-changed', { why, unitId }, { startAfter: fromNow(KNOWN_AFTER_MS) });
		return moved;
	});
}

/**
 * Job after a change of the calendar: recomputes running deadlines once more, of all cases or those of an office. A case
 * that was opened during the change, or by a process that did not know of it yet, still has the former deadlines.
 * @throws as `inEachCase`
 */
export async function recomputeAgain({ why, unitId }: JobPayloads['calendar-changed']): Promise<void> {
	// Each case reads the calendar, because it may change once more while this runs.
	await inEachCase(await openCases(db(), unitId), (tx, found) => recompute(tx, [found], { author: 'system', why }));
}
