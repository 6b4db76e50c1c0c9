import { localDate } from '#lib/calendar/days.ts';
import {
	clocksToNotify,
	reachStages,
	type ClockCursor,
	type ReachedStage
} from '#lib/server/cases/clocks/clock-stages.ts';
import type { CaseWithUnit } from '#lib/server/cases/find.ts';
import { supervisorsNow, workersNow } from '#lib/server/cases/case-staff.ts';
import { transaction, type Tx } from '#lib/server/db/index.ts';
import { log } from '#lib/server/log.ts';
import { notifyOfCase } from './case-notice.ts';

const CLOCKS = 200;
/** Batches per sweep. Deadlines beyond them wait for the next sweep, a minute later. */
const BATCHES = 25;

/**
 * Notifies staff of deadlines: the people who work on the case of each stage, and the supervisors only of an overdue
 * deadline. Timeline entries, notices and e-mails of a case are one commit. A failing case does not block
 * the others.
 */
export async function sweepClocks(): Promise<void> {
	let after: ClockCursor | undefined;
	for (let batch = 0; batch < BATCHES; batch++) {
		const due = await clocksToNotify(CLOCKS, after);
		for (const caseId of new Set(due.map((clock) => clock.caseId))) {
			await transaction(async (tx) => {
				const { caseWithUnit, reached } = await reachStages(tx, caseId);
				for (const one of reached) await notifyOfClock(tx, caseWithUnit, one);
			}).catch((error: unknown) => log().error({ caseId, err: error }, 'notices about a deadline were not written'));
		}
		if (due.length < CLOCKS) return;
		after = due.at(-1);
	}
}

async function notifyOfClock(tx: Tx, caseWithUnit: CaseWithUnit, { clock, stage }: ReachedStage): Promise<void> {
	const people = [
		...(await workersNow(tx, caseWithUnit)),
		...(stage === 'overdue' ? await supervisorsNow(tx, caseWithUnit) : [])
	];
	const { id, name, dueAt, provisional } = clock;
	await notifyOfCase(tx, caseWithUnit, people, {
		kind: `clock_${stage}`,
		occasion: `${id}:${localDate(dueAt, caseWithUnit.unit.timeZone)}`,
		data: { clock: name, due_at: dueAt.toISOString(), provisional }
	});
}
