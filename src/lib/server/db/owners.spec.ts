import { globSync, readdirSync, readFileSync } from 'node:fs';
import { getTableName, is } from 'drizzle-orm';
import { PgTable } from 'drizzle-orm/pg-core';
import { expect, test } from 'vitest';
import { REFERENCE_TABLES } from './reference-tables.ts';

const read = (path: string) => readFileSync(path, 'utf8');
const files = readdirSync(new URL('schema/', import.meta.url));
const schema = await Promise.all(files.map((file) => import(`./schema/${file}`) as Promise<Record<string, unknown>>));
const exported = schema.flatMap((file) => Object.entries(file));
const named = exported.flatMap(([name, value]) => (is(value, PgTable) ? [[name, getTableName(value)] as const] : []));
/** The name in the database of each table, by that name and by the name of its export. */
const tables = new Map(named.flatMap(([name, table]) => [[name, table] as const, [table, table] as const]));
/** Statements that write to a table: `tx.update(cases)`, `insert into ${cases}`, `delete from cases`. */
const WRITES =
	/\.(?:insert|update|delete)\(\s*(\w+)\s*\)|\b(?:insert into|update|delete from) (?:(\w+)|\$\{([^}]+)\})/g;
/** Files that write tables of every folder, with the decision about it. */
const EXCEPTIONS: Record<string, string> = {
	'src/lib/server/backup/restore.ts': '0019',
	'src/lib/server/insight/start-and-end-trial.ts': '0044',
	'src/lib/server/privacy/retention/destroy.ts': '0036'
};

test('each table is written by one folder only', () => {
	const folders = new Map<string, Set<string>>();
	const foundExceptions = new Set<string>();
	for (const path of globSync(['src/lib/server/**/*.ts', 'src/routes/**/*.ts'], { exclude: ['**/*.spec.ts'] })) {
		const [, , , folder = ''] = path.split('/');
		for (const [, drizzle, sql, inserted] of read(path).matchAll(WRITES)) {
			// A table that the statement gets as a value can be any table.
			const table = tables.get(drizzle ?? sql ?? inserted ?? '') ?? (inserted && `any table, by ${path}`);
			if (table && path in EXCEPTIONS) foundExceptions.add(path);
			else if (table) folders.set(table, (folders.get(table) ?? new Set()).add(folder));
		}
	}
	expect(folders.size).toBeGreaterThan(80);
	const shared = [...folders].filter(([table, writers]) => writers.size > 1 || table.startsWith('any'));
	expect(
		shared.map(([table, writers]) => `${table}: ${[...writers].sort().join(', ')}`),
		'One folder owns each table. The others call a function of that folder.'
	).toEqual([]);
	expect([...foundExceptions].sort()).toEqual(Object.keys(EXCEPTIONS));
});

test('the reference data is written in transactions, which tell the other processes', () => {
	const single = /\bdb\(\)\s*\.(?:insert|update|delete)\(\s*(\w+)\s*\)/g;
	const files = globSync('src/lib/server/**/*.ts', { exclude: ['**/*.spec.ts'] });
	const reference = new Set(
		exported.flatMap(([name, table]) => (is(table, PgTable) && REFERENCE_TABLES.has(getTableName(table)) ? [name] : []))
	);
	expect(reference.size).toBe(REFERENCE_TABLES.size);
	const wrong = files.flatMap((path) =>
		[...read(path).matchAll(single)].flatMap(([, table = '']) => (reference.has(table) ? [`${path}: ${table}`] : []))
	);
	expect(wrong).toEqual([]);
});
