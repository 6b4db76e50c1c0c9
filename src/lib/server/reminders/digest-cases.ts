import { sql } from 'drizzle-orm';
import { visibleTo } from '#lib/server/cases/scope.ts';
import { now } from '#lib/server/clock.ts';
import { db, rowsOf } from '#lib/server/db/index.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { clocks } from '#lib/server/db/schema/clocks.ts';
import { units } from '#lib/server/db/schema/units.ts';
import type { Actor } from '#lib/server/people/actor.ts';

/** Urgency of a case's earliest deadline, most urgent first. */
export const DUE_GROUPS = ['overdue', 'today', 'soon'] as const;
export type DueGroup = (typeof DUE_GROUPS)[number];

/** One unit's cases of one group: how many, and the most urgent by their numbers. */
export interface DueList {
	count: number;
	rows: { reference: string; dueAt: Date }[];
}

export interface UnitDue {
	name: string;
	zone: string;
	groups: Partial<Record<DueGroup, DueList>>;
}

/** Cases listed in each group; the others are only counted. */
const NAMED = 5;

type Found = {
	unit: string;
	zone: string;
	kind: DueGroup;
	count: number;
	reference: string;
	due: string | Date;
};

/**
 * Lists urgent cases the person may see, by unit in the order of codes: overdue, due today (in the unit's zone) and due soon
 * (warning by the end of the day). Each case counts once, by its earliest deadline.
 */
export async function dueFacts(actor: Actor): Promise<UnitDue[]> {
	const at = sql`${now().toISOString()}::timestamptz`;
	const today = sql`(${at} at time zone ${units.timeZone})::date`;
	const dayEnd = sql`((${today} + 1)::timestamp at time zone ${units.timeZone})`;
	const rows = await rowsOf<Found>(
		db(),
		sql`with pressing as (
			select distinct ${clocks.caseId} as case_id from ${clocks}
			where ${clocks.state} = 'running' and ${clocks.name} <> 'reporter_turn' and ${clocks.warnAt} < ${at} + interval '1 day'
		), due as (
			select ${units.code} as code, ${units.name} as unit, ${units.timeZone} as zone, ${cases.reference} as reference,
				${cases.dueAt} as due,
				case when ${cases.dueAt} < ${at} then 'overdue' when ${cases.dueAt} < ${dayEnd} then 'today' else 'soon' end as kind
			from pressing inner join ${cases} on ${cases.id} = pressing.case_id
			inner join ${units} on ${units.id} = ${cases.unitId}
			where ${visibleTo(actor)} and ${cases.dueAt} is not null
				and exists (select 1 from ${clocks} where ${clocks.caseId} = ${cases.id} and ${clocks.state} = 'running'
					and ${clocks.name} <> 'reporter_turn' and ${clocks.warnAt} < ${dayEnd})
		)
		select * from (
			select due.*, count(*) over (partition by code, kind)::int as count,
				row_number() over (partition by code, kind order by due, reference) as nth
			from due
		) ranked where nth <= ${NAMED} order by code, nth`
	);
	const found = new Map<string, UnitDue>();
	for (const { unit, zone, kind, count, reference, due } of rows) {
		const one = found.get(unit) ?? { name: unit, zone, groups: {} };
		const list = (one.groups[kind] ??= { count, rows: [] });
		list.rows.push({ reference, dueAt: new Date(due) });
		found.set(unit, one);
	}
	return [...found.values()];
}
