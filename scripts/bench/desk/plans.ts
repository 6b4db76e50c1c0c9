import { drizzle } from 'drizzle-orm/postgres-js';
import postgres from 'postgres';
import type { Database, Handle } from '#lib/server/db/index.ts';
import type { Measured } from '../ratings/requests.ts';

/**
 * Tables that grow with every case: none may be read from end to end for a page. `case_search` is not among them: for a
 * word that most documents hold its first thousand rows are enough, and the statement says so.
 */
const READ_WHOLE = /Seq Scan on (cases|timeline|messages|attachments|clocks|approvals)\b/;

interface Statement {
	query: string;
	params: unknown[];
}

/** A connection to PostgreSQL as the product has it, that also notes what is asked. */
export function noted(url: string): { handle: Handle; statements: Statement[] } {
	const statements: Statement[] = [];
	const client = postgres(url, { max: 4, onnotice: () => {} });
	const database = drizzle(client, {
		casing: 'snake_case',
		logger: { logQuery: (query, params) => void statements.push({ query, params }) }
	}) as unknown as Database;
	return { handle: { kind: 'postgres', url, database, client, close: () => client.end({ timeout: 5 }) }, statements };
}

/** Of each call, the statements whose plan reads a growing table whole; each as one line. */
export async function wholeReads(url: string, calls: readonly Measured[], statements: Statement[]): Promise<string[]> {
	const sql = postgres(url, { max: 1, onnotice: () => {} });
	const found: string[] = [];
	try {
		for (const call of calls) {
			statements.length = 0;
			await call.send();
			for (const { query, params } of statements.splice(0)) {
				const plan = await sql.unsafe<{ 'QUERY PLAN': string }[]>(`explain ${query}`, params as never[]);
				const line = plan.map((row) => row['QUERY PLAN']).find((text) => READ_WHOLE.test(text));
				if (line) found.push(`${call.name}: ${line.trim()} in ${query.replace(/\s+/g, ' ').slice(0, 160)}`);
			}
		}
	} finally {
		await sql.end();
	}
	return found;
}
