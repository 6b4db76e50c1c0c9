import { and, eq, or, type SQL } from 'drizzle-orm';
import { parseReference, formatReference } from '#lib/text/reference.ts';
import { db, type Database, type Tx } from '#lib/server/db/index.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { units } from '#lib/server/db/schema/units.ts';
import { NotFound } from '#lib/server/errors.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { visibleTo } from './scope.ts';

export type CaseRow = typeof cases.$inferSelect;
export type UnitRow = typeof units.$inferSelect;
export interface CaseWithUnit {
	row: CaseRow;
	/** The office the report is about. Its time zone and hours determine the deadlines. */
	unit: UnitRow;
}

/** Normalises a typed reference: spaces and lower case are accepted. */
function canonical(reference: string): string {
	const parsed = parseReference(reference);
	if (!parsed) throw new NotFound();
	return formatReference(parsed);
}

/** Finds a case by its number if the actor may see it. @throws NotFound otherwise, whether or not it exists */
export async function caseForActor(actor: Actor, reference: string, on: Database | Tx = db()): Promise<CaseWithUnit> {
	const [found] = await on
		.select({ row: cases, unit: units })
		.from(cases)
		.innerJoin(units, eq(units.id, cases.unitId))
		.where(and(eq(cases.reference, canonical(reference)), visibleTo(actor)));
	if (!found) throw new NotFound();
	return found;
}

/**
 * The same inside a transaction, with the row locked. Every verb starts with it.
 *
 * @param orElse condition for further cases the verb accepts
 */
export async function lockCaseForActor(tx: Tx, actor: Actor, reference: string, orElse?: SQL): Promise<CaseWithUnit> {
	const [found] = await tx
		.select({ row: cases, unit: units })
		.from(cases)
		.innerJoin(units, eq(units.id, cases.unitId))
		.where(and(eq(cases.reference, canonical(reference)), or(visibleTo(actor), orElse)))
		.for('update', { of: cases });
	if (!found) throw new NotFound();
	return found;
}

/** Locks a case by its row id: for a reporter who proved the receipt, and for jobs. */
export async function lockCase(tx: Tx, caseId: number): Promise<CaseWithUnit> {
	const [found] = await tx
		.select({ row: cases, unit: units })
		.from(cases)
		.innerJoin(units, eq(units.id, cases.unitId))
		.where(eq(cases.id, caseId))
		.for('update', { of: cases });
	if (!found) throw new NotFound();
	return found;
}
