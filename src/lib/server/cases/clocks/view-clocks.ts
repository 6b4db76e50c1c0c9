import { and, asc, desc, eq, ne } from 'drizzle-orm';
import { rulesFor } from '#lib/calendar/clock-rules.ts';
import { workingDaysBetween } from '#lib/calendar/working-calendar.ts';
import { dueState } from '#lib/cases/due.ts';
import { PAUSING_QUESTIONS } from '#lib/calendar/clock-rules.ts';
import { FIRST_REPLY_CLOCKS, firstReplyDeadline } from '#lib/cases/promised-deadline.ts';
import type { CaseKind } from '#lib/cases/vocabulary.ts';
import { loadCalendar, loadRules } from '#lib/server/calendar/load.ts';
import { now } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import { clocks } from '#lib/server/db/schema/clocks.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { STEPS } from '../receipt-page.ts';
import { caseForActor, type CaseWithUnit, type UnitRow } from '../find.ts';
import { dueFrom } from './case-clocks.ts';
import { classBeforeVerification, promisedRules } from './deadlines.ts';

export type DeskClock = Awaited<ReturnType<typeof clocksOf>>[number];

/**
 * The latest run of each deadline, with the numbers that explain it. Running deadlines come first, by due time, and
 * settled ones last.
 */
export async function clocksOf({ row, unit }: CaseWithUnit) {
	const all = await db().select().from(clocks).where(eq(clocks.caseId, row.id)).orderBy(desc(clocks.run));
	const calendar = await loadCalendar();
	const at = now();
	const latest = all.filter((clock, index) => all.findIndex((other) => other.name === clock.name) === index);
	const shown = latest.map((clock) => {
		const { dueAt } = clock;
		const active = clock.state === 'running';
		const until = active ? at : (clock.metAt ?? at);
		return {
			...clock,
			due: active ? dueState({ ...clock, open: true }, at, unit.timeZone) : ('none' as const),
			lateDays: dueAt && dueAt < until ? workingDaysBetween(dueAt, until, calendar, unit.timeZone) : 0
		};
	});
	const rank = { running: 0, paused: 1, met: 2, stopped: 3 };
	const time = (date: Date | null) => date?.getTime() ?? 0;
	return shown.sort((a, b) => rank[a.state] - rank[b.state] || time(a.dueAt) - time(b.dueAt));
}

/** All runs of the deadlines of a case, also those before a new one began, by start. */
export const clockRuns = (caseId: number) =>
	db().select().from(clocks).where(eq(clocks.caseId, caseId)).orderBy(asc(clocks.startAt), asc(clocks.dueAt));

/** The promised deadline of the first reply to a report that is sent now. null if no rule gives one. */
export async function firstReplyPromise(unit: Pick<UnitRow, 'timeZone' | 'hours'>, kind: CaseKind) {
	const at = now();
	const { received } = rulesFor(await loadRules(at), { kind, class: classBeforeVerification(kind) });
	const calendar = await loadCalendar();
	const due = firstReplyDeadline(received.map((rule) => ({ ...rule, ...dueFrom(at, rule, unit, calendar) })));
	return due ? { days: due.days, dayUnit: due.dayUnit, dueAt: due.dueAt, provisional: due.provisional } : null;
}

/** The limit of each step, counted from sending, by the present deadline rules. A class or a pause may change it later. */
export async function handlingLimits(kind: CaseKind) {
	const { received } = rulesFor(await loadRules(now()), { kind, class: classBeforeVerification(kind) });
	return STEPS.flatMap((name) => {
		const rule = received.find((one) => one.name === name);
		return rule ? [{ name, days: rule.days, dayUnit: rule.dayUnit }] : [];
	});
}

/**
 * Previews the effect of a question on a case's deadlines. `pauses` would be paused (none after the second question)
 * and `goesOn` would continue. `until` is the end of the reporter's turn, when the pause ends at the latest.
 */
export async function previewPause(actor: Actor, reference: string) {
	const { row, unit } = await caseForActor(actor, reference);
	const running = await db()
		.select()
		.from(clocks)
		.where(and(eq(clocks.caseId, row.id), eq(clocks.state, 'running'), ne(clocks.name, 'reporter_turn')));
	// The question itself meets the deadlines of the first reply.
	const afterQuestion = running.filter(({ name }) => !FIRST_REPLY_CLOCKS.includes(name));
	const pauses = afterQuestion.filter(({ pausable }) => pausable && row.questions < PAUSING_QUESTIONS);
	return {
		pauses: pauses.map(({ name }) => name),
		goesOn: afterQuestion.filter((clock) => !pauses.includes(clock)).map(({ name }) => name),
		until: await reporterTurnEnds({ row, unit })
	};
}

/** The end of the reporter's turn if a question were asked now. */
export async function reporterTurnEnds({ row, unit }: CaseWithUnit): Promise<Date | null> {
	const [turn] = (await promisedRules(row)).needs_info;
	return turn ? dueFrom(now(), turn, unit, await loadCalendar()).dueAt : null;
}
