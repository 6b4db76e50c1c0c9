import { and, asc, eq, inArray, ne, not, or, sql, type SQL } from 'drizzle-orm';
import { localDate } from '#lib/calendar/days.ts';
import { completeReference, formatReference, isTrialReference, parseReference } from '#lib/text/reference-numbers.ts';
import { now } from '#lib/server/clock.ts';
import { db, oneRow, type Database, type Tx } from '#lib/server/db/index.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { units } from '#lib/server/db/schema/units.ts';
import { Conflict, NotFound } from '#lib/server/errors.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { notNaming, ofReporter, visibleTo, type TrackedCase } from './visibility.ts';

export type CaseRow = typeof cases.$inferSelect;
export type UnitRow = typeof units.$inferSelect;
export interface CaseWithUnit {
	row: CaseRow;
	/** The office the report is about. Its time zone and hours determine the deadlines. */
	unit: UnitRow;
}

/** What the reporter wrote. All keys are required, so that a new text does not compile until every caller passes it. */
type ReportTexts = { [K in 'title' | 'body' | 'requestedSolution']: CaseRow[K] | undefined };

/** The text in which officers' names and the words of routing rules and suggestions are looked for. */
export const textOfReport = ({ title, body, requestedSolution }: ReportTexts): string =>
	[title, body, requestedSolution].join('\n');

/** Query of cases with their offices. The caller must add an access condition. */
export const casesWithUnit = (on: Database | Tx) =>
	on.select({ row: cases, unit: units }).from(cases).innerJoin(units, eq(units.id, cases.unitId));

/** Condition for a report number. Spaces and lower case are accepted. */
export function numbered(reference: string): SQL {
	const parsed = parseReference(reference);
	if (!parsed) throw new NotFound();
	return eq(cases.reference, formatReference(parsed));
}

/** Finds a case by its number if the actor may see it. @throws NotFound otherwise, whether or not it exists */
export async function caseForActor(actor: Actor, reference: string, on: Database | Tx = db()): Promise<CaseWithUnit> {
	return oneRow(await casesWithUnit(on).where(and(numbered(reference), visibleTo(actor))));
}

/**
 * Finds another case by the number that staff typed on the page of a case. The last digits are enough for a report of
 * this year about the same office.
 * @throws NotFound as above
 */
export async function typedCaseForActor(actor: Actor, { row, unit }: CaseWithUnit, typed: string) {
	const year = Number(localDate(now(), unit.timeZone).slice(0, 4));
	const trial = isTrialReference(row.reference);
	return caseForActor(actor, completeReference(typed, { unit: unit.code, year, trial }));
}

/** The case of a reporter. @throws NotFound if the receipt is no longer valid */
export async function caseForReporter(tracked: TrackedCase): Promise<CaseWithUnit> {
	return oneRow(await casesWithUnit(db()).where(ofReporter(tracked)));
}

/**
 * Finds a case inside a transaction, with the row locked.
 *
 * @param options `access`: condition for the cases that the verb accepts, if these are not the cases that the actor may
 * see; `others`: see `lockCaseWhere`
 * @throws NotFound · Conflict `invalid-move` if the content of the case was destroyed
 */
export async function lockCaseForActor(
	tx: Tx,
	actor: Actor,
	reference: string,
	{ access = visibleTo(actor), others }: { access?: SQL; others?: SQL } = {}
): Promise<CaseWithUnit> {
	const found = notDestroyed(await lockCaseWhere(tx, numbered(reference), access, others));
	// Asked again after the wait for the lock, during which a colleague may have named the actor.
	const unnamed = notNaming(actor);
	if (unnamed && (await tx.$count(cases, and(eq(cases.id, found.row.id), unnamed))) === 0) throw new NotFound();
	return found;
}

/**
 * Locks the case that `own` finds, if `access` allows it.
 *
 * @param others query for the ids of other cases that the verb reads. All cases are locked in the order of their ids,
 * so that two verbs on the same cases never deadlock
 */
async function lockCaseWhere(tx: Tx, own: SQL, access?: SQL, others?: SQL): Promise<CaseWithUnit> {
	if (!others) return oneRow(await casesWithUnit(tx).where(and(own, access)).for('update', { of: cases }));
	const ids = sql`array(select ${cases.id} from ${cases} where ${own} union all ${others})`;
	const locked = await tx
		.select({ row: cases, unit: units, isOwn: sql<boolean>`${own}` })
		.from(cases)
		.innerJoin(units, eq(units.id, cases.unitId))
		.where(and(sql`${cases.id} = any (${ids})`, access && or(not(own), access)))
		.orderBy(asc(cases.id))
		.for('update', { of: cases });
	return oneRow(locked.filter(({ isOwn }) => isOwn));
}

/**
 * Refuses a case whose content was destroyed, because retention would not destroy later texts of it.
 * @throws Conflict as above
 */
export function notDestroyed(found: CaseWithUnit): CaseWithUnit {
	const { status, version, destroyedAt } = found.row;
	if (destroyedAt) throw new Conflict('invalid-move', { status, version, reason: 'destroyed' });
	return found;
}

/** Locks a case for its reporter, whose receipt was checked. @throws Conflict as above */
export const lockCaseForReporter = async (tx: Tx, caseId: number): Promise<CaseWithUnit> =>
	notDestroyed(await lockCase(tx, caseId));

/** Locks a case by its row id, without an access check: for jobs. `others`: see `lockCaseWhere`. */
export const lockCase = (tx: Tx, caseId: number, others?: SQL): Promise<CaseWithUnit> =>
	lockCaseWhere(tx, eq(cases.id, caseId), undefined, others);

/** `lockCase` for several cases, in the order of their ids. */
export const lockCases = (tx: Tx, caseIds: readonly number[]): Promise<CaseWithUnit[]> =>
	casesWithUnit(tx)
		.where(inArray(cases.id, [...caseIds]))
		.orderBy(asc(cases.id))
		.for('update', { of: cases });

/**
 * Locks the other parts of a split report, direct or indirect. Reads them again until no part is new, because one may
 * have been split off while this waited for a lock. `which`: condition on `cases`.
 */
export async function lockOtherParts(tx: Tx, { id }: CaseRow, which?: SQL): Promise<CaseRow[]> {
	const parts = sql`(with recursive parts as (
		select id, split_from_id from ${cases} where id = ${id}
		union select near.id, near.split_from_id from ${cases} near
			join parts on near.split_from_id = parts.id or near.id = parts.split_from_id)
		select id from parts)`;
	for (let known = 0; ;) {
		const found = await tx
			.select()
			.from(cases)
			.where(and(inArray(cases.id, parts), ne(cases.id, id), which))
			.orderBy(asc(cases.id))
			.for('update');
		if (found.length === known) return found;
		known = found.length;
	}
}
