import { and, count, eq, gte, inArray, lt, ne, not, or, sql, type SQL } from 'drizzle-orm';
import { addDays, instantAt, type LocalDate } from '../../calendar/days.ts';
import { CLOCK_NAMES, type ClockName } from '../../cases/vocabulary.ts';
import { now } from '../clock.ts';
import { db } from '../db/index.ts';
import { caseOfficers, cases, clocks } from '../db/schema/cases.ts';
import type { Actor } from '../people/actor.ts';
import { managedUnit, unitIdsOf, type ManagedUnit, type UnitScope } from '../ratings/managed-unit.ts';

export interface FiguresQuery {
	/** Code or slug. */
	unit: string;
	/** Days of receipt in the unit's zone, both inclusive. */
	from: LocalDate;
	to: LocalDate;
	service?: string;
	scope?: UnitScope;
}

const DIMENSIONS = {
	status: cases.status,
	kind: cases.kind,
	category: cases.category,
	channel: cases.channel
} as const;
export type Dimension = keyof typeof DIMENSIONS;

/** One clock's record: every run of it on the cases of the period. */
export interface ClockFigures {
	name: ClockName;
	n: number;
	metOnTime: number;
	metLate: number;
	/** Running or paused, and not late so far. */
	running: number;
	runningLate: number;
	/** Ended with the case before it was met, such as by an archiving. */
	stopped: number;
}

export interface CaseFigures {
	total: number;
	/** By value, most frequent first; a case without one stands under null. */
	counts: Record<Dimension, { value: string | null; n: number }[]>;
	clocks: ClockFigures[];
}

/**
 * How many reports of what sort a unit got in a period, and how its deadlines were kept. Figures alone: nothing of what a
 * report says, and nothing by person. Restricted reports count only for those who manage the office that handles them,
 * and a report that names the asker's own person does not count at all: a number that moves would tell of it.
 *
 * @throws NotFound and NotAllowed as `managedUnit`
 */
export async function caseFigures(actor: Actor, query: FiguresQuery): Promise<CaseFigures> {
	const unit = await managedUnit(actor, query.unit);
	const unitIds = await unitIdsOf(unit, query.scope ?? 'own');
	const chosen = casesOf(actor, unit, unitIds, query);
	const counts = {
		status: await countsBy('status', chosen),
		kind: await countsBy('kind', chosen),
		category: await countsBy('category', chosen),
		channel: await countsBy('channel', chosen)
	};
	const total = counts.kind.reduce((sum, row) => sum + row.n, 0);
	return { total, counts, clocks: await clockFigures(chosen) };
}

function casesOf(actor: Actor, unit: ManagedUnit, unitIds: string[], query: FiguresQuery): SQL | undefined {
	const open = eq(cases.restricted, false);
	return and(
		inArray(cases.unitId, unitIds),
		gte(cases.receivedAt, instantAt(query.from, '00:00', unit.timeZone)),
		lt(cases.receivedAt, instantAt(addDays(query.to, 1), '00:00', unit.timeZone)),
		query.service === undefined ? undefined : eq(cases.service, query.service),
		or(open, inArray(cases.handlingUnitId, [...actor.units.manager])),
		actor.officerId === null ? undefined : not(names(actor.officerId))
	);
}

function names(officerId: string): SQL {
	return sql`exists (select 1 from ${caseOfficers} where ${caseOfficers.caseId} = ${cases.id}
		and ${caseOfficers.officerId} = ${officerId} and ${caseOfficers.state} <> 'cleared')`;
}

async function countsBy(dimension: Dimension, chosen: SQL | undefined) {
	const column = DIMENSIONS[dimension];
	const rows = await db()
		.select({ value: sql<string | null>`${column}`, n: count() })
		.from(cases)
		.where(chosen)
		.groupBy(column);
	return rows.sort((a, b) => b.n - a.n || (a.value ?? '').localeCompare(b.value ?? ''));
}

/** The reporter's own turn is no promise of the office and is left out. */
async function clockFigures(chosen: SQL | undefined): Promise<ClockFigures[]> {
	const at = now();
	const where = (condition: SQL) => sql<number>`(count(*) filter (where ${condition}))::int`;
	const under = sql`${clocks.state} in ('running', 'paused')`;
	const late = sql`(${clocks.late} or coalesce(${clocks.dueAt} < ${at.toISOString()}::timestamptz, false))`;
	const rows = await db()
		.select({
			name: clocks.name,
			n: count(),
			metOnTime: where(sql`${clocks.state} = 'met' and not ${clocks.late}`),
			metLate: where(sql`${clocks.state} = 'met' and ${clocks.late}`),
			running: where(sql`${under} and not ${late}`),
			runningLate: where(sql`${under} and ${late}`),
			stopped: where(sql`${clocks.state} = 'stopped'`)
		})
		.from(clocks)
		.innerJoin(cases, eq(cases.id, clocks.caseId))
		.where(and(ne(clocks.name, 'reporter_turn'), chosen))
		.groupBy(clocks.name);
	return rows.sort((a, b) => CLOCK_NAMES.indexOf(a.name) - CLOCK_NAMES.indexOf(b.name));
}
