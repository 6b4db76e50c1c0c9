import { and, asc, desc, eq, gt, gte, inArray, lte, sql } from 'drizzle-orm';
import { formatReference } from '#lib/text/reference-numbers.ts';
import { db } from '#lib/server/db/index.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { clocks } from '#lib/server/db/schema/clocks.ts';
import { escalations } from '#lib/server/db/schema/escalations.ts';
import { inboundReports } from '#lib/server/db/schema/lapor.ts';
import { settingOf } from '#lib/server/reference/reference.ts';
import { units } from '#lib/server/db/schema/units.ts';
import { numbers } from '#lib/server/db/schema/numbers.ts';
import { NotFound } from '#lib/server/errors.ts';
import { caseRoleUnits, holds, type Actor } from '#lib/server/people/actor.ts';
import { findUnit, type Unit } from '#lib/server/people/units/find-unit.ts';
import { unlessProcessingRestricted, visibleTo } from './visibility.ts';

/** Setting with the report numbers that restores skipped; only a restore writes it. */
export const SKIPPED_NUMBERS = 'numbers_skipped';

/** A range of skipped numbers of an office and year, both ends included. */
export interface SkippedNumbers {
	unitId: string;
	year: number;
	from: number;
	to: number;
}

/** Reads all gaps in report numbers: at most one per restore, office and year. */
export async function skippedNumbers(): Promise<SkippedNumbers[]> {
	return ((await settingOf(SKIPPED_NUMBERS)) as SkippedNumbers[] | undefined) ?? [];
}

export const countSkipped = (gaps: readonly SkippedNumbers[]): number =>
	gaps.reduce((sum, { from, to }) => sum + to - from + 1, 0);

/**
 * Registers of the offices that the actor handles or supervises, by office, latest year first: the last used number,
 * and the numbers skipped by restores.
 */
export async function registerYears(actor: Actor) {
	const gaps = await skippedNumbers();
	const rows = await db()
		.select({
			unit: { id: units.id, slug: units.slug, name: units.name },
			year: numbers.year,
			last: numbers.last
		})
		.from(numbers)
		.innerJoin(units, eq(units.id, numbers.unitId))
		.where(and(eq(numbers.kind, 'case'), inArray(numbers.unitId, caseRoleUnits(actor))))
		.orderBy(asc(units.code), desc(numbers.year));
	return rows
		.map((book) => ({ ...book, skipped: gaps.filter((gap) => gap.unitId === book.unit.id && gap.year === book.year) }))
		.filter(({ last, skipped }) => last > countSkipped(skipped));
}

/**
 * Finds an office whose register the actor may read. @throws NotFound if the actor is neither handler nor supervisor
 * there
 */
export async function registeredUnit(actor: Actor, name: string): Promise<Unit> {
	const unit = await findUnit(name);
	if (!unit || !holds(actor, unit.id, 'handler', 'supervisor')) throw new NotFound(name);
	return unit;
}

export type RegisterLine = Awaited<ReturnType<typeof registerLines>>['items'][number];

/** Due time of the latest run of a deadline. */
const dueOf = (name: 'first_reply' | 'solution') =>
	sql`(select ${clocks.dueAt} from ${clocks} where ${clocks.caseId} = ${cases.id} and ${clocks.name} = ${name}
		order by ${clocks.run} desc limit 1)`.mapWith(clocks.dueAt);

/** Number at LAPOR: of the latest forward that has one, or else of the report that LAPOR passed to the office. */
export const laporId = sql<string | null>`coalesce(
	(select ${escalations.laporId} from ${escalations} where ${escalations.caseId} = ${cases.id}
		and ${escalations.laporId} is not null order by ${escalations.nn} desc limit 1),
	(select ${inboundReports.laporId} from ${inboundReports} where ${inboundReports.caseId} = ${cases.id} limit 1))`;

/**
 * Returns a page of an office's register: every number of a year in order, including reports that have moved to another
 * office. For a report that the actor may not see, only the number is shown, so that the register has no gap.
 *
 * @param unit from `registeredUnit`, which checks access
 * @param cursor the `nextCursor` of the page before
 */
export async function registerLines(
	actor: Actor,
	unit: Pick<Unit, 'code' | 'timeZone'>,
	year: number,
	cursor: string | undefined,
	size: number
) {
	const referenceOf = (number: number) => formatReference({ unit: unit.code, year, number });
	const after = cursor === undefined ? gte(cases.reference, referenceOf(1)) : gt(cases.reference, cursor);
	const rows = await db()
		.select({
			reference: cases.reference,
			visible: sql<boolean>`coalesce(${visibleTo(actor)}, false)`,
			receivedAt: cases.receivedAt,
			kind: cases.kind,
			channel: cases.channel,
			category: cases.category,
			service: cases.service,
			identity: cases.identity,
			title: unlessProcessingRestricted(cases.title),
			excerpt: unlessProcessingRestricted(sql`left(${cases.body}, 200)`),
			handler: accounts.name,
			firstReplyDue: dueOf('first_reply'),
			solutionDue: dueOf('solution'),
			answeredAt: cases.answeredAt,
			laporId,
			status: cases.status
		})
		.from(cases)
		.leftJoin(accounts, eq(accounts.id, cases.assigneeId))
		// References of equal length sort like their numbers in every collation.
		.where(and(after, lte(cases.reference, referenceOf(999_999))))
		.orderBy(asc(cases.reference))
		.limit(size);
	const items = rows.map(({ reference, visible, ...details }) => ({ reference, details: visible ? details : null }));
	return { items, nextCursor: rows.length === size ? (items.at(-1)?.reference ?? null) : null };
}
