import { integer, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import { unitId } from './units.ts';

/** What an office numbers, each year from 1: reports, letters, filed periodic reports, data requests, breaches. */
export const NUMBER_KINDS = ['case', 'letter', 'recap', 'request', 'breach'] as const;
export type NumberKind = (typeof NUMBER_KINDS)[number];

/** The last number given out per kind, unit and year. `nextNumber` locks the row, so numbers have no gaps. */
export const numbers = pgTable(
	'numbers',
	{
		kind: text().$type<NumberKind>().notNull(),
		unitId: unitId(),
		year: integer().notNull(),
		last: integer().notNull()
	},
	(t) => [primaryKey({ columns: [t.kind, t.unitId, t.year] })]
);
