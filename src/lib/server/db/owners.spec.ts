import { globSync, readdirSync, readFileSync } from 'node:fs';
import { getTableName, is } from 'drizzle-orm';
import { PgTable } from 'drizzle-orm/pg-core';
import { expect, test } from 'vitest';
import { REFERENCE_TABLES } from './reference-tables.ts';

const read = (path: string) => readFileSync(path, 'utf8');
const files = readdirSync(new URL('schema/', import.meta.url));
const schema = await Promise.all(files.map((file) => import(`./schema/${file}`) as Promise<Record<string, unknown>>));
const exported = schema.flatMap((file) => Object.entries(file));
const tables = new Set(exported.flatMap(([name, value]) => (is(value, PgTable) ? [name] : [])));
/** Statements of Drizzle and SQL that write to a table: `tx.update(cases)`, `insert into ${cases}`. */
const WRITES = /\.(?:insert|update|delete)\(\s*(\w+)\s*\)|(?:insert into|update|delete from) \$\{(\w+)\}/g;

test('each table is written by one folder only', () => {
	const folders = new Map<string, Set<string>>();
	for (const path of globSync(['src/lib/server/**/*.ts', 'src/routes/**/*.ts'], { exclude: ['**/*.spec.ts'] })) {
		const [, , , folder = ''] = path.split('/');
		for (const [, drizzle, sql] of read(path).matchAll(WRITES)) {
			const table = drizzle ?? sql ?? '';
			if (tables.has(table)) folders.set(table, (folders.get(table) ?? new Set()).add(folder));
		}
	}
	expect(folders.size).toBeGreaterThan(60);
	const shared = [...folders].filter(([, writers]) => writers.size > 1);
	expect(shared.map(([table, writers]) => `${table}: ${[...writers].sort().join(', ')}`)).toEqual([]);
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
