import { integer, pgTable, primaryKey } from 'drizzle-orm/pg-core';
import { unitId } from './units.ts';

/** The last number given out per unit and year. `nextNumber` locks the row, so numbers have no gaps. */
const numbersPerYear = (name: string) =>
	pgTable(name, { unitId: unitId(), year: integer().notNull(), last: integer().notNull() }, (t) => [
		primaryKey({ columns: [t.unitId, t.year] })
	]);

export const caseNumbers = numbersPerYear('case_numbers');
export const letterNumbers = numbersPerYear('letter_numbers');
export const recapNumbers = numbersPerYear('recap_numbers');
export const requestNumbers = numbersPerYear('request_numbers');
export const breachNumbers = numbersPerYear('breach_numbers');
export type Numbers = typeof caseNumbers;
