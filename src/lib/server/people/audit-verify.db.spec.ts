import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { asc, gte, sql, type SQL } from 'drizzle-orm';
import { beforeAll, describe, expect, test } from 'vitest';
import { atTime } from '#lib/dev/testing/office.ts';
import { withoutTriggers } from '#lib/dev/testing/without-triggers.ts';
import { lockFolder } from '#lib/server/db/folder-lock.ts';
import { db, handle, rowsOf, transaction, useHandle, type Tx } from '#lib/server/db/index.ts';
import { claimInstallation } from '#lib/server/db/installation.ts';
import { auditEntries, auditHead } from '#lib/server/db/schema/audit.ts';
import { env, forgetEnv, overrideEnv } from '#lib/server/env.ts';
import { StartError } from '#lib/server/errors.ts';
import { destroyEntryTexts, recordChange } from './audit.ts';
import { serveVerifyCommand, verifyByCommand, verifyLog, type Break } from './audit-verify.ts';

const LAST = 20;
const record = (n: number) =>
	atTime(`2026-03-01T08:${String(n).padStart(2, '0')}:00Z`, () =>
		transaction((tx) =>
			recordChange(tx, null, { action: 'unit.changed', subject: `Kantor ${n}`, reason: 'uji', after: { name: n } })
		)
	);
let entries: (typeof auditEntries.$inferSelect)[];
let head: (typeof auditHead.$inferSelect)[];
beforeAll(async () => {
	for (let n = 1; n <= LAST; n += 1) await record(n);
	entries = await db().select().from(auditEntries).orderBy(asc(auditEntries.id));
	head = await db().select().from(auditHead);
});

/** Changes the log behind the back of the site, verifies it, and puts everything back. */
async function afterTampering(tamper: (tx: Tx) => Promise<unknown>, later?: () => Promise<unknown>) {
	await withoutTriggers(tamper);
	await later?.();
	const result = await verifyLog();
	await withoutTriggers(async (tx) => {
		await tx.delete(auditEntries);
		await tx.delete(auditHead);
		await tx.insert(auditEntries).values(entries);
		await tx.insert(auditHead).values(head);
	});
	return result.first;
}

const run =
	(...statements: SQL[]) =>
	async (tx: Tx) => {
		for (const statement of statements) await tx.execute(statement);
	};
const shift = (from: number, by: 1 | -1) => [
	sql`update audit_entries set id = -id where id >= ${from}`,
	sql`update audit_entries set id = -id + ${by}::int where id < 0`
];
const exchange = (one: number, other: number) =>
	run(
		sql`update audit_entries set id = -1 where id = ${one}`,
		sql`update audit_entries set id = ${one} where id = ${other}`,
		sql`update audit_entries set id = ${other} where id = -1`
	);
const remove = (number: number) => run(sql`delete from audit_entries where id = ${number}`);
const change = (number: number, what: SQL) => run(sql`update audit_entries set ${what} where id = ${number}`);
/** Inserts a made-up entry with the hashes of another one; later entries get the next number, as if nothing happened. */
const insert = (number: number) =>
	run(
		...shift(number, 1),
		sql`insert into audit_entries (id, at, action, subject, text_hash, prev, hash)
			select ${number}, at, action, 'Kantor Palsu', text_hash, prev, hash from audit_entries where id = ${LAST - 1}`
	);
const forgedTail = run(
	sql`insert into audit_entries (id, at, action, subject, text_hash, prev, hash)
		select id + 1, at, action, 'Kantor Palsu', text_hash, hash, ${'0'.repeat(64)} from audit_entries where id = ${LAST}`
);
const setBack = sql`update audit_head set last = ${LAST - 1}, hash = (select hash from audit_entries where id = ${LAST - 1})`;
const emptied = sql`subject = '', reason = null, after = null, destroyed_at = at, destroyed_by = ${LAST}`;

const TAMPERINGS: [name: string, tamper: (tx: Tx) => Promise<unknown>, Pick<Break, 'kind' | 'number'>][] = [
	['changes the first entry', change(1, sql`subject = 'Kantor Lain'`), { kind: 'changed', number: 1 }],
	['changes an entry in the middle', change(9, sql`after = '{"name":10}'`), { kind: 'changed', number: 9 }],
	['changes the last entry', change(LAST, sql`at = at + interval '1 hour'`), { kind: 'changed', number: LAST }],
	['removes the first entry', remove(1), { kind: 'removed', number: 1 }],
	['removes an entry in the middle', remove(9), { kind: 'removed', number: 9 }],
	['removes the last entry', remove(LAST), { kind: 'removed', number: LAST }],
	['swaps the first entries', exchange(1, 2), { kind: 'swapped', number: 1 }],
	['swaps entries in the middle', exchange(9, 14), { kind: 'swapped', number: 9 }],
	['swaps the last entries', exchange(LAST - 1, LAST), { kind: 'swapped', number: LAST - 1 }],
	['inserts an entry before the first', insert(1), { kind: 'inserted', number: 1 }],
	['inserts an entry in the middle', insert(9), { kind: 'inserted', number: 9 }],
	['inserts an entry after the last', forgedTail, { kind: 'inserted', number: LAST + 1 }],
	[
		'removes an entry and closes the gap',
		run(sql`delete from audit_entries where id = 9`, ...shift(10, -1)),
		{ kind: 'removed', number: 9 }
	],
	[
		'removes the last entry and sets the head back',
		async (tx) => (await remove(LAST)(tx), tx.execute(setBack)),
		{ kind: 'head', number: LAST - 1 }
	],
	['removes the head', run(sql`delete from audit_head`), { kind: 'head', number: LAST }],
	['changes who did it', change(9, sql`actor_id = gen_random_uuid()`), { kind: 'changed', number: 9 }],
	['empties an entry as if it had been destroyed', change(9, emptied), { kind: 'emptied', number: 9 }]
];

test('an untouched log holds', async () => {
	expect(await verifyLog()).toEqual({ entries: LAST, destroyed: 0, first: null, others: 0 });
});

test.each(TAMPERINGS)('detects that somebody %s', async (_, tamper, expected) => {
	expect(await afterTampering(tamper)).toMatchObject(expected);
	expect((await verifyLog()).first).toBeNull();
});

test('names the time of the changed entry, and of the entry before a removed one', async () => {
	expect((await afterTampering(change(9, sql`subject = 'x'`)))?.at).toEqual(entries[8]?.at);
	expect((await afterTampering(remove(9)))?.at).toEqual(entries[7]?.at);
});

test.each([
	['set back', [sql`delete from audit_entries where id = ${LAST}`, setBack]],
	['removed', [sql`delete from audit_entries where id = ${LAST}`, sql`delete from audit_head`]]
])('a new entry does not repair a head that was %s', async (_, statements) => {
	const first = await afterTampering(run(...statements), () => record(21));
	expect(first).toMatchObject({ number: LAST });
});

test.runIf(process.env.TEST_DATABASE === 'postgres')('checks the log as it was at one moment', async () => {
	let verification: ReturnType<typeof verifyLog> | undefined;
	await afterTampering(async (tx) => {
		await tx.execute(sql`lock table audit_head in access exclusive mode`);
		verification = verifyLog();
		// It read the entries and waits for the head.
		const isWaiting = sql`select 1 from pg_locks where not granted and relation = 'audit_head'::regclass
			and database = (select oid from pg_database where datname = current_database())`;
		while ((await rowsOf(tx, isWaiting)).length === 0);
		await forgedTail(tx);
		await tx.execute(sql`update audit_head set last = ${LAST + 1}`);
	});
	expect(await verification).toEqual({ entries: LAST, destroyed: 0, first: null, others: 0 });
});

describe('the command', () => {
	/** Runs the command as a process of its own would, which has no database open. */
	async function withSettings(settings: Parameters<typeof overrideEnv>[0]) {
		const opened = handle();
		overrideEnv(settings);
		try {
			return await verifyByCommand();
		} finally {
			useHandle(opened);
			forgetEnv();
		}
	}

	test('refuses a folder without a database, and creates none', async () => {
		const DATA_DIR = join(env().DATA_DIR, 'nothing');
		const settings = { DATABASE_URL: undefined, DATA_DIR };
		await expect(withSettings(settings)).rejects.toThrow(`there is no database of SPATULA in DATA_DIR ${DATA_DIR}`);
		expect(existsSync(DATA_DIR)).toBe(false);
	});

	test('says why a running site can’t read its log, and the site goes on', async () => {
		const { DATA_DIR } = env();
		const release = await lockFolder(DATA_DIR);
		serveVerifyCommand();
		const settings = { DATABASE_URL: undefined, DATA_DIR };
		await db().execute(sql`alter table audit_head rename to others`);
		await expect(withSettings(settings)).rejects.toThrow(
			new StartError(`the log can't be read: relation "audit_head" does not exist`)
		);
		await db().execute(sql`alter table others rename to audit_head`);
		expect(await withSettings(settings)).toMatchObject({ entries: LAST, first: null });
		await release();
	});

	test.runIf(process.env.TEST_DATABASE === 'postgres')('checks a database as it is, without migrating it', async () => {
		const opened = handle() as Extract<ReturnType<typeof handle>, { kind: 'postgres' }>;
		const settings = { DATABASE_URL: opened.url };
		await claimInstallation(opened.database);
		const otherKey = { ...settings, APP_KEY: 'another key for tests, also long enough' };
		await expect(withSettings(otherKey)).rejects.toThrow('APP_KEY is not the one');
		// A start would refuse this version.
		await db().execute(sql`update drizzle.__drizzle_migrations set hash = 'x' || hash`);
		expect(await withSettings(settings)).toMatchObject({ entries: LAST, first: null });
		await db().execute(sql`alter table settings rename to others`);
		await expect(withSettings(settings)).rejects.toThrow('there is no database of SPATULA at DATABASE_URL');
		await db().execute(sql`alter table others rename to settings`);
	});
});

test('destroyed texts hold if the destruction is recorded, and no further one can be hidden among them', async () => {
	await transaction(async (tx) => destroyEntryTexts(tx, null, { subject: 'JRA' }, sql`${auditEntries.id} < 6`));
	expect(await verifyLog()).toMatchObject({ entries: LAST + 1, destroyed: 5, first: null });
	const alsoEmptied = run(sql`update audit_entries set subject = '', reason = null, after = null, destroyed_at = at,
		destroyed_by = ${LAST + 1} where id = 9`);
	await withoutTriggers(alsoEmptied);
	expect((await verifyLog()).first).toMatchObject({ kind: 'emptied' });
	await withoutTriggers((tx) => tx.delete(auditEntries).where(gte(auditEntries.id, 1)));
});
