import { localDate } from '#lib/calendar/days.ts';
import { workersNow, supervisorsNow } from '#lib/server/cases/handling/answerable.ts';
import {
	clocksToTell,
	reachStages,
	type ClockPlace,
	type ReachedStage
} from '#lib/server/cases/clocks/clock-stages.ts';
import type { CaseWithUnit } from '#lib/server/cases/find.ts';
import { tell } from '#lib/server/channels/notices.ts';
import { now } from '#lib/server/clock.ts';
import { transaction, type Tx } from '#lib/server/db/index.ts';
import { log } from '#lib/server/log.ts';
import { clockLetter } from './letters.ts';

const BATCH = 200;
/** Deadlines per sweep; further ones wait for the next sweep, a minute later. */
const BATCHES = 25;

/**
 * Notifies staff of deadlines. A warning goes to the people who work on the case; an alert and a missed deadline also go to the
 * supervisors. Timeline, notices and e-mails of a case share one commit. A failing case is skipped and does not block the
 * others.
 */
export async function sweepClocks(): Promise<void> {
	let after: ClockPlace | undefined;
	for (let batch = 0; batch < BATCHES; batch++) {
		const due = await clocksToTell(BATCH, after);
		for (const caseId of new Set(due.map((clock) => clock.caseId))) await tellOfClocks(caseId);
		if (due.length < BATCH) return;
		after = due.at(-1);
	}
}

async function tellOfClocks(caseId: number): Promise<void> {
	try {
		await transaction(async (tx) => {
			const { found, reached } = await reachStages(tx, caseId);
			for (const one of reached) await tellOf(tx, found, one);
		});
	} catch (error) {
		log().error({ caseId, error }, 'a running deadline could not be told of');
	}
}

async function tellOf(tx: Tx, found: CaseWithUnit, { clock, stage, stages }: ReachedStage): Promise<void> {
	// If several stages are reached together, everybody is notified of the last one, also recipients of the earlier stages only.
	const supervising = stages.some((one) => one !== 'warning');
	const people = [...(await workersNow(tx, found)), ...(supervising ? await supervisorsNow(tx, found) : [])];
	await tell(tx, [...new Set(people.map(({ id }) => id))], {
		kind: `clock_${stage}`,
		onceKey: `clock:${clock.id}:${stage}:${localDate(clock.dueAt, found.unit.timeZone)}`,
		caseId: found.row.id,
		at: now(),
		data: { clock: clock.name, due_at: clock.dueAt.toISOString() },
		letter: clockLetter(found, clock, stage)
	});
}
