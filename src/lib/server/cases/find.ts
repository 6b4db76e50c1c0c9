import { and, eq, or, type SQL } from 'drizzle-orm';
import { parseReference, formatReference } from '#lib/text/reference.ts';
import { db, type Database, type Tx } from '#lib/server/db/index.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { units } from '#lib/server/db/schema/units.ts';
import { NotFound } from '#lib/server/errors.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { ofReporter, visibleTo, type TrackedCase } from './visibility.ts';

export type CaseRow = typeof cases.$inferSelect;
export type UnitRow = typeof units.$inferSelect;
export interface CaseWithUnit {
	row: CaseRow;
	/** The office the report is about. Its time zone and hours determine the deadlines. */
	unit: UnitRow;
}

/** Cases with their offices, to be narrowed by a condition. */
export const casesWithUnit = (on: Database | Tx) =>
	on.select({ row: cases, unit: units }).from(cases).innerJoin(units, eq(units.id, cases.unitId));

function only([found]: readonly CaseWithUnit[]): CaseWithUnit {
	if (!found) throw new NotFound();
	return found;
}

/** The number as it is typed: spaces and lower case are accepted. */
function numbered(reference: string): SQL {
	const parsed = parseReference(reference);
	if (!parsed) throw new NotFound();
	return eq(cases.reference, formatReference(parsed));
}

/** Finds a case by its number if the actor may see it. @throws NotFound otherwise, whether or not it exists */
export async function caseForActor(actor: Actor, reference: string, on: Database | Tx = db()): Promise<CaseWithUnit> {
	return only(await casesWithUnit(on).where(and(numbered(reference), visibleTo(actor))));
}

/** The case that its reporter has open. @throws NotFound if the receipt is no longer valid */
export async function caseForReporter(tracked: TrackedCase): Promise<CaseWithUnit> {
	return only(await casesWithUnit(db()).where(ofReporter(tracked)));
}

/**
 * Finds a case inside a transaction, with the row locked.
 *
 * @param orElse condition for further cases the verb accepts
 */
export async function lockCaseForActor(tx: Tx, actor: Actor, reference: string, orElse?: SQL): Promise<CaseWithUnit> {
	const allowed = and(numbered(reference), or(visibleTo(actor), orElse));
	return only(await casesWithUnit(tx).where(allowed).for('update', { of: cases }));
}

/** Locks a case by its row id: for a reporter who proved the receipt, and for jobs. */
export async function lockCase(tx: Tx, caseId: number): Promise<CaseWithUnit> {
	return only(await casesWithUnit(tx).where(eq(cases.id, caseId)).for('update', { of: cases }));
}
