import type { Sql } from 'postgres';
import { median } from '../print-results.ts';

/** A measured call, sent once. Throws if the result is wrong. */
export interface Measured {
	name: string;
	/** How many times longer it may take on the large database than on the small one. */
	limit: number;
	rounds: number;
	send: () => Promise<void>;
}

/** Medians in milliseconds on the small and on the large database. */
type Comparison = Awaited<ReturnType<typeof sideBySide>>;

const WARM_UP = 4;

/** Measures the same calls, in the same order, on a small and a large database. */
export async function compareAll(small: readonly Measured[], large: readonly Measured[]): Promise<Comparison[]> {
	const found: Comparison[] = [];
	for (const [index, call] of small.entries()) {
		const same = large[index];
		if (same) found.push(await sideBySide(call, same));
	}
	return found;
}

/** Sends the same call to both sides alternately, so that background load affects them equally. */
async function sideBySide(small: Measured, large: Measured) {
	const times: [number[], number[]] = [[], []];
	for (let round = -WARM_UP; round < small.rounds; round++) {
		// The first side changes with each round, because the second call finds warmer caches.
		for (const side of round % 2 === 0 ? ([0, 1] as const) : ([1, 0] as const)) {
			const started = performance.now();
			await (side === 0 ? small : large).send();
			if (round >= 0) times[side].push(performance.now() - started);
		}
	}
	const [one, other] = [median(times[0]), median(times[1])];
	return { name: small.name, limit: small.limit, small: one, large: other, ratio: other / one };
}

/** Prints each comparison. @returns whether all are within their limits */
export function printComparisons(found: readonly Comparison[]): boolean {
	const time = (value: number) => `${value.toFixed(1).padStart(8)} ms`;
	for (const { name, small, large, ratio, limit } of found) {
		const over = ratio > limit ? `  over ${limit.toFixed(1)}` : '';
		console.log(`${name.padEnd(34)} ${time(small)} ${time(large)}  ratio ${ratio.toFixed(2)}${over}`);
	}
	return found.every(({ ratio, limit }) => ratio <= limit);
}

/**
 * Drops the indexes of tables, because creating them is faster once all rows are inserted. @returns the statements that
 * create them again
 */
export async function withoutIndexes(sql: Sql, tables: readonly string[]): Promise<string[]> {
	const indexes = await sql<{ indexname: string; indexdef: string }[]>`
		select indexname, indexdef from pg_indexes where schemaname = 'public' and tablename in ${sql(tables)}
		and indexname not in (select conname from pg_constraint)`;
	for (const { indexname } of indexes) await sql.unsafe(`drop index "${indexname}"`);
	return indexes.map(({ indexdef }) => indexdef);
}

/** The size of the database as text. */
export async function sizeOf(sql: Sql): Promise<string> {
	const [row] = await sql<{ size: string }[]>`select pg_size_pretty(pg_database_size(current_database())) as size`;
	return row?.size ?? '';
}

export const count = (n: number): string => n.toLocaleString('en');
