/**
 * Measures how long pages of the desk take, on two databases of one province that differ only in the number of cases.
 * On the large one it also checks the plan of every statement.
 */
import postgres from 'postgres';
import { ensureDefaults } from '#lib/server/calendar/load.ts';
import type { Handle } from '#lib/server/db/index.ts';
import { migrateDatabase } from '#lib/server/db/migrate.ts';
import { postgresHandle } from '#lib/server/db/open.ts';
import { WITHOUT_TIME_LIMITS } from '#lib/server/db/postgres-settings.ts';
import { StartError } from '#lib/server/errors.ts';
import { callsOf } from './bench/desk/calls.ts';
import { makeCases } from './bench/desk/history.ts';
import { makeOffices } from './bench/desk/office.ts';
import { compareAll, count, printComparisons, sizeOf, type Measured } from './bench/side-by-side.ts';
import { since } from './print-results.ts';
import { runUntilSignal, ownDatabase, ownServer, withUndoUntil, type Undo } from './run-until-signal.ts';

const USAGE = `npm run bench:desk -- [options]
  --cases N        cases in the large database (1000000); the small one has 10000
  --seconds N      time limit of the whole run (1500)
Needs up to 5 GB for a while. Ends with code 1 if a list or a search takes over
four times, counts over ten times, a board over a hundred times, or a list
reads a whole table.`;

const FEW = 10_000;
/** The most cases that fit, because case numbers have six digits. */
const MOST = 1_000_000;
/** Connections that write search documents. More do not help on a small machine. */
const WRITERS = 2;

/**
 * Finds sequential scans of tables that grow with every case. No page may need one. `case_search` is not among them:
 * for a word that most documents contain, its first thousand rows are enough, and the statement has that limit.
 */
const READ_WHOLE = /Seq Scan on (cases|timeline|messages|attachments|clocks|approvals)\b/;

/** Statements that have a plan. `set`, for example, has none. */
const PLANNED = /^\s*(select|with)\b/i;

// A search for a name compares keyed hashes.
process.env.APP_KEY ??= 'a key for measuring, long enough to be one';

interface Statement {
	query: string;
	params: unknown[];
}

/** Migrates an empty database and fills it with that many cases. */
async function fill(url: string, cases: number): Promise<void> {
	const handle = postgresHandle(url, 1, { connection: WITHOUT_TIME_LIMITS });
	const started = performance.now();
	try {
		await migrateDatabase(handle);
		await ensureDefaults(handle.database);
		await makeOffices(handle.client);
		await makeCases(handle.client, cases, () => writeDocuments(url, cases));
		console.log(`${count(cases)} cases made in ${since(started)}; ${await sizeOf(handle.client)}`);
	} finally {
		await handle.close();
	}
}

/** Writes the search documents that triggers would have written, on several connections at once. */
async function writeDocuments(url: string, cases: number): Promise<void> {
	const sql = postgres(url, { max: WRITERS, onnotice: () => {}, connection: { session_replication_role: 'replica' } });
	const part = Math.ceil(cases / WRITERS);
	const write = (_: unknown, at: number) =>
		sql.unsafe(`insert into case_search select id, search_document(c) from cases c
			where id > ${at * part} and id <= ${(at + 1) * part}`);
	try {
		await Promise.all(Array.from({ length: WRITERS }, write));
	} finally {
		await sql.end();
	}
}

/** Connects to PostgreSQL like the product and records all statements. */
function connectAndRecord(url: string): { handle: Handle; statements: Statement[] } {
	const statements: Statement[] = [];
	const debug = (_: number, query: string, params: unknown[]) => void statements.push({ query, params });
	// Two connections, so that each runs a statement more often than PostgreSQL plans it with its values.
	return { handle: postgresHandle(url, 2, { debug }), statements };
}

/**
 * Finds the statements of calls whose plan reads a whole growing table.
 * @returns one line for each of them, and how many statements were checked
 */
async function findTableScans(url: string, calls: readonly Measured[], statements: Statement[]) {
	const sql = postgres(url, { max: 1, onnotice: () => {} });
	const found: string[] = [];
	let checked = 0;
	try {
		for (const call of calls) {
			statements.length = 0;
			await call.send();
			for (const { query, params } of statements.splice(0)) {
				if (!PLANNED.test(query)) continue;
				checked += 1;
				const plan = await sql.unsafe<{ 'QUERY PLAN': string }[]>(`explain ${query}`, params as never[]);
				const line = plan.map((row) => row['QUERY PLAN']).find((text) => READ_WHOLE.test(text));
				if (line) found.push(`${call.name}: ${line.trim()} in ${query.replace(/\s+/g, ' ').slice(0, 160)}`);
			}
		}
	} finally {
		await sql.end();
	}
	return { found, checked };
}

async function openDatabase(server: string, cases: number, undo: Undo) {
	const url = await ownDatabase(server, `spatula_bench_desk_${cases}`, undo);
	await fill(url, cases);
	const { handle, statements } = connectAndRecord(url);
	undo.push(() => handle.close());
	return { url, statements, calls: await callsOf(handle, cases) };
}

await runUntilSignal(
	USAGE,
	{ cases: MOST, seconds: 1500 },
	async ({ cases }, signal) => {
		if (cases > MOST) throw new StartError(`--cases wants no more than ${MOST}`);
		return withUndoUntil(signal, async (undo) => {
			const server = await ownServer(undo);
			const [small, large] = [await openDatabase(server.url, FEW, undo), await openDatabase(server.url, cases, undo)];
			const within = printComparisons(await compareAll(small.calls, large.calls));
			// A board of a year counts a fifth of all cases. Reading the whole table can be the cheapest plan.
			const lists = large.calls.filter(({ name }) => !name.startsWith('board'));
			const { found, checked } = await findTableScans(large.url, lists, large.statements);
			for (const line of found) console.log(`reads a whole table: ${line}`);
			console.log(`${found.length} of ${checked} statements read a whole table`);
			return within && checked > 0 && found.length === 0;
		});
	},
	{ minimums: { cases: FEW + 1 } }
);
