import { asc, inArray } from 'drizzle-orm';
import { db } from '#lib/server/db/index.ts';
import { cases, timeline } from '#lib/server/db/schema/cases.ts';
import { escalationFollowups } from '#lib/server/db/schema/escalations.ts';
import type { CaseRow } from '#lib/server/cases/find.ts';
import type { FollowupRow } from '#lib/server/escalation/followups/followups.ts';
import { referenceTag } from '#lib/text/reference-numbers.ts';
import type { EscalationRow } from '#lib/server/escalation/rows.ts';
import type { FollowupToSend } from '#lib/server/integrations/lapor/types.ts';
import type { StoredReport } from '#lib/dev/lapor-sandbox/records.ts';
import { statesFromTimeline, type TimelineState } from './timeline-states.ts';
import { allForwards, type ForwardBefore, type World } from './world.ts';

/** All rows and reports at one moment, for the checks. */
export interface Scene {
	rows: EscalationRow[];
	cases: CaseRow[];
	entries: (typeof timeline.$inferSelect)[];
	followups: FollowupRow[];
	reports: StoredReport[];
}

export async function sceneOf(world: World): Promise<Scene> {
	const ids = world.cases.map(({ id }) => id);
	if (ids.length === 0) return { rows: [], cases: [], entries: [], followups: [], reports: [] };
	return {
		rows: await allForwards(),
		cases: await db().select().from(cases).where(inArray(cases.id, ids)),
		entries: await db()
			.select()
			.from(timeline)
			.where(inArray(timeline.caseId, ids))
			.orderBy(asc(timeline.caseId), asc(timeline.seq)),
		followups: await db().select().from(escalationFollowups).orderBy(asc(escalationFollowups.seq)),
		reports: await world.lapor.reports()
	};
}

/** Throws the problems with the log of the run, if there are any. */
export function failIfWrong(world: World, wrong: readonly string[]): void {
	if (wrong.length > 0) throw new Error(`${wrong.join('\n')}\n\nWhat happened:\n${world.log.join('\n')}\n`);
}

/** Checks what must be true after every step, also after a crash of a worker. */
export async function checkAlways(world: World): Promise<void> {
	const scene = await sceneOf(world);
	failIfWrong(world, [
		...scene.rows.flatMap((row) => wrongWithRow(world, row, scene)),
		...scene.cases.flatMap((row) => wrongWithCase(row, scene)),
		...scene.reports.flatMap((report) => wrongWithFollowups(world, report, scene))
	]);
	world.before = new Map(scene.rows.map((row) => [row.id, row]));
}

export const storedOf = (row: EscalationRow, { reports }: Scene): StoredReport[] =>
	reports.filter(({ payload }) => payload.tags_raw === referenceTag(row.reference));

function wrongWithRow(world: World, row: EscalationRow, scene: Scene): string[] {
	const { reference, state } = row;
	const stored = storedOf(row, scene).length;
	const allowed = 1 + (world.absentDecisions.get(row.id) ?? 0);
	const before = world.before.get(row.id);
	return [
		stored > allowed && `${reference} is stored ${stored} times at LAPOR, allowed are ${allowed}`,
		state === 'sending' && !row.leaseUntil && `${reference} is being sent without a lease`,
		state === 'unknown' && !(row.reasonCode && row.createStartedAt) && `${reference} is unknown without a reason`,
		state === 'rejected' && !row.reasonCode && `${reference} is rejected without a reason`,
		state === 'stuck' && !row.reasonCode && `${reference} is stuck without a reason`,
		state === 'sent' && !row.laporId && `${reference} is sent without a number`,
		row.mode === 'api' &&
			(state === 'waiting' || state === 'stuck') &&
			!row.nextAttemptAt &&
			`${reference} is ${state} without a time for its next attempt`,
		...(before ? wentBack(before, row) : [])
	].filter((wrong) => typeof wrong === 'string');
}

/** States that may follow a state after one step, in which several workers may act. Other states may be followed by any. */
const ALLOWED_NEXT: Partial<Record<EscalationRow['state'], readonly EscalationRow['state'][]>> = {
	sent: ['sent', 'closed'],
	closed: ['closed', 'sent'],
	rejected: ['rejected', 'closed', 'sent']
};

function wentBack(
	before: ForwardBefore,
	{ reference, state, laporId, laporNewsAt, polledAt }: EscalationRow
): (string | false)[] {
	const earlier = (one: Date | null, other: Date | null) => one !== null && (other === null || other < one);
	return [
		ALLOWED_NEXT[before.state]?.includes(state) === false && `${reference} went from ${before.state} to ${state}`,
		before.laporId !== null &&
			before.laporId !== laporId &&
			`${reference} has another number: ${before.laporId}, now ${laporId}`,
		earlier(before.laporNewsAt, laporNewsAt) && `${reference}: the time of its news went back`,
		earlier(before.polledAt, polledAt) && `${reference}: the time of its last poll went back`
	];
}

function wrongWithCase(row: CaseRow, scene: Scene): string[] {
	const ownRows = scene.rows.filter(({ caseId }) => caseId === row.id);
	const open = ownRows.filter(({ state }) => state !== 'rejected' && state !== 'closed');
	const expectedState = (open[0] ?? ownRows.at(-1))?.state ?? null;
	const toldState = statesFromTimeline(scene.entries.filter(({ caseId }) => caseId === row.id));
	return [
		...(open.length > 1 ? [`${row.reference} has ${open.length} open forwards`] : []),
		...(row.escalationState === expectedState
			? []
			: [`${row.reference} shows ${row.escalationState}, its forward is ${expectedState}`]),
		...ownRows.flatMap((forward) => wrongInTimeline(forward, toldState.get(forward.id)))
	];
}

/**
 * Compares a row with the state in the timeline. The state `sending` has no entry; the timeline then still has `waiting` or
 * `stuck`.
 */
function wrongInTimeline(row: EscalationRow, toldState: TimelineState | undefined): string[] {
	const present: TimelineState = {
		state:
			row.state === 'sending' && (toldState?.state === 'waiting' || toldState?.state === 'stuck')
				? toldState.state
				: row.state,
		laporId: row.laporId,
		laporStatus: row.laporStatus
	};
	const differs = (['state', 'laporId', 'laporStatus'] as const).filter((key) => present[key] !== toldState?.[key]);
	return differs.map((key) => `${row.reference}: ${key} is ${present[key]}, the timeline has ${toldState?.[key]}`);
}

/** LAPOR must have each follow-up of the office once, in the order of the timeline. */
function wrongWithFollowups(world: World, report: StoredReport, { followups }: Scene): string[] {
	const ownContents = report.followups.filter(({ by }) => by === 'api').map(({ content }) => content);
	// A follow-up that LAPOR stored after a time-out may be out of order.
	const late = world.calls
		.filter(({ timedOut }) => timedOut)
		.map(({ args: [sent] }) => (sent as FollowupToSend).content);
	const onTime = [...new Set(ownContents)].filter(
		(content) => !world.againDecisions.has(content) && !late.includes(content)
	);
	const inOrder = onTime.toSorted((a, b) => placeOf(a, followups) - placeOf(b, followups));
	return [
		...[...new Set(ownContents)].flatMap((content) => {
			const times = ownContents.filter((one) => one === content).length;
			const allowed = 1 + (world.againDecisions.get(content) ?? 0);
			return times > allowed ? [`"${content}" is ${times} times at LAPOR, allowed are ${allowed}`] : [];
		}),
		...(onTime.join('\n') === inOrder.join('\n') ? [] : [`follow-ups of #${report.id} came as ${onTime.join(', ')}`])
	];
}

/** The position of a follow-up in the case's timeline. */
function placeOf(content: string, followups: readonly FollowupRow[]): number {
	const followup = followups.find((one) => one.content === content);
	return followup ? followup.eventSeq * 100 + followup.part : -1;
}
