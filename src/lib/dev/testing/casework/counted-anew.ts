import { localDate } from '#lib/calendar/days.ts';
import { monthStart } from '#lib/ratings/period.ts';
import { db } from '#lib/server/db/index.ts';
import { caseSumChanges, caseSums } from '#lib/server/db/schema/case-sums.ts';
import { cases, timeline } from '#lib/server/db/schema/cases.ts';
import { clocks } from '#lib/server/db/schema/clocks.ts';
import { escalations } from '#lib/server/db/schema/escalations.ts';
import { caseMoves, clockOutcomes } from '#lib/server/db/schema/recap.ts';
import { units } from '#lib/server/db/schema/units.ts';

type Sums = Map<string, number>;
type Case = typeof cases.$inferSelect;

const OPEN = ['received', 'verified', 'in_progress', 'needs_info'];

/** One thing counted, under its own service and under all. */
function count(sums: Sums, row: Case, measure: string, day: string, part = '', value = ''): void {
	for (const service of [row.service ?? '', '*'])
		for (const [grain, at] of [
			['day', day],
			['month', monthStart(day)]
		])
			add(sums, [row.unitId, service, grain, measure, at, part, value, row.handlingUnitId, row.restricted], 1);
}

function add(sums: Sums, key: readonly unknown[], n: number): void {
	const name = key.join('|');
	const sum = (sums.get(name) ?? 0) + n;
	if (sum === 0) sums.delete(name);
	else sums.set(name, sum);
}

/** The sums of all reports as they are, counted from the rows themselves: told apart from the product's own triggers. */
export async function countedAnew(): Promise<Sums> {
	const sums: Sums = new Map();
	const zones = new Map((await db().select().from(units)).map((unit) => [unit.id, unit.timeZone]));
	const all = new Map((await db().select().from(cases)).map((row) => [row.id, row]));
	const of = (caseId: number) => {
		const row = all.get(caseId);
		if (!row) throw new Error('of no report');
		return { row, dayOf: (at: Date) => localDate(at, zones.get(row.unitId) ?? '') };
	};
	for (const row of all.values()) {
		const { dayOf } = of(row.id);
		const came = dayOf(row.openedAt);
		count(sums, row, 'received', came);
		count(sums, row, 'received', came, 'kind', row.kind);
		count(sums, row, 'received', came, 'category', row.category ?? '');
		count(sums, row, 'received', came, 'channel', row.channel);
		count(sums, row, 'received', came, 'status', row.status);
		if (row.placeId) count(sums, row, 'received', came, 'place', row.placeId);
		if (OPEN.includes(row.status)) count(sums, row, 'open', dayOf(row.receivedAt));
	}
	for (const { caseId, move, at } of await db().select().from(caseMoves)) {
		const { row, dayOf } = of(caseId);
		if (move !== 'answered' && move !== 'archived' && move !== 'reopened') continue;
		count(sums, row, move, dayOf(at));
		const days = (Date.parse(dayOf(at)) - Date.parse(dayOf(row.receivedAt))) / 86_400_000;
		if (move === 'answered') count(sums, row, move, dayOf(at), 'days', String(days));
	}
	for (const { caseId, name, late, at } of await db().select().from(clockOutcomes)) {
		const { row, dayOf } = of(caseId);
		count(sums, row, 'kept', dayOf(at), name, late ? 'late' : 'met');
	}
	for (const clock of await db().select().from(clocks)) {
		const { row, dayOf } = of(clock.caseId);
		if (clock.name === 'reporter_turn' || (clock.state !== 'running' && clock.state !== 'paused')) continue;
		const due = clock.state === 'running' && clock.dueAt ? clock.dueAt.toISOString().replace('.000', '') : 'paused';
		count(sums, row, 'running', dayOf(row.receivedAt), clock.name, due);
	}
	for (const { caseId, type, at, data } of await db().select().from(timeline)) {
		const { row, dayOf } = of(caseId);
		if (type === 'rated') count(sums, row, 'score', dayOf(at), '', String(data.score));
		if (type === 'archived') count(sums, row, 'archived', dayOf(at), 'reason', String(data.reason));
	}
	for (const forward of await db().select().from(escalations)) {
		const { row, dayOf } = of(forward.caseId);
		count(sums, row, 'lapor', dayOf(forward.createdAt), 'state', forward.state);
		if (!forward.sentAt || !forward.laporId) continue;
		const hours = Math.floor((forward.sentAt.getTime() - forward.createdAt.getTime()) / 3_600_000);
		count(sums, row, 'lapor', dayOf(forward.sentAt), 'hours', String(Math.min(999, Math.max(0, hours))));
	}
	return sums;
}

/** The sums as they are kept, with the changes that wait to be added up. */
export async function keptSums(): Promise<Sums> {
	const sums: Sums = new Map();
	for (const row of await db().select().from(caseSums))
		add(
			sums,
			[
				row.unitId,
				row.service,
				row.grain,
				row.measure,
				row.day,
				row.part,
				row.value,
				row.handlingUnitId,
				row.restricted
			],
			row.n
		);
	for (const row of await db().select().from(caseSumChanges))
		for (const service of [row.service, '*'])
			for (const [grain, at] of [
				['day', row.day],
				['month', monthStart(row.day)]
			])
				add(
					sums,
					[row.unitId, service, grain, row.measure, at, row.part, row.value, row.handlingUnitId, row.restricted],
					row.n
				);
	return sums;
}
