import { eq } from 'drizzle-orm';
import postgres, { type Sql } from 'postgres';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import {
	referenceChangeCount,
	db,
	handle,
	noteReferenceChange,
	noteStatement,
	transaction
} from '#lib/server/db/index.ts';
import { receivesChanges, listen } from '#lib/server/db/notify.ts';
import { units } from '#lib/server/db/schema/units.ts';
import { makeUnit } from '#lib/dev/testing/factories.ts';
import { referenceData } from './reference.ts';

const nameOf = async (id: string) => (await referenceData()).unitById.get(id)?.name;
const rename = (id: string, name: string) =>
	transaction((tx) => tx.update(units).set({ name }).where(eq(units.id, id)));

test('is loaded once, and again after a commit that changed it', async () => {
	const { id } = await makeUnit();
	expect(await referenceData()).toBe(await referenceData());
	await rename(id, 'Kantor Contoh Satu');
	expect(await nameOf(id)).toBe('Kantor Contoh Satu');
});

test('a transaction reads its own change, and others read it after the commit only', async () => {
	const { id, name } = await makeUnit();
	await nameOf(id);
	const release = Promise.withResolvers<void>();
	const changed = transaction(async (tx) => {
		await tx.update(units).set({ name: 'Kantor Contoh Dua' }).where(eq(units.id, id));
		expect(await nameOf(id)).toBe('Kantor Contoh Dua');
		expect(await referenceData()).toBe(await referenceData());
		await tx.update(units).set({ name: 'Kantor Contoh Tiga' }).where(eq(units.id, id));
		expect(await nameOf(id)).toBe('Kantor Contoh Tiga');
		await release.promise;
	});
	expect(await nameOf(id)).toBe(name);
	release.resolve();
	await changed;
	expect(await nameOf(id)).toBe('Kantor Contoh Tiga');
});

test('a rolled back change is not loaded', async () => {
	const { id, name } = await makeUnit();
	const refused = transaction(async (tx) => {
		await tx.update(units).set({ name: 'Kantor Contoh Tiga' }).where(eq(units.id, id));
		throw new Error('refused');
	});
	await expect(refused).rejects.toThrow('refused');
	expect(await nameOf(id)).toBe(name);
});

test('after a failed load the next caller loads again', async () => {
	const { id, name } = await makeUnit();
	const { database } = handle();
	const original = database.transaction.bind(database);
	noteReferenceChange();
	database.transaction = () => Promise.reject(new Error('no connection'));
	await expect(referenceData()).rejects.toThrow('no connection');
	database.transaction = original;
	expect(await nameOf(id)).toBe(name);
});

test('a change that another process announces during a load is loaded by the next caller', async () => {
	const { id } = await makeUnit();
	noteReferenceChange();
	const loading = referenceData();
	noteReferenceChange();
	await db().update(units).set({ name: 'Kantor Contoh Empat' }).where(eq(units.id, id));
	await loading;
	expect(await nameOf(id)).toBe('Kantor Contoh Empat');
});

test('a transaction does not wait for a load, which may wait for its connection', async () => {
	const { id, name } = await makeUnit();
	const begun = Promise.withResolvers<void>();
	const loading = Promise.withResolvers<void>();
	const found = transaction(async (tx) => {
		await tx.select().from(units);
		begun.resolve();
		await loading.promise;
		return nameOf(id);
	});
	await begun.promise;
	// The embedded database has one connection, so this load begins after the transaction.
	const loaded = nameOf(id);
	loading.resolve();
	expect(await found).toBe(name);
	expect(await loaded).toBe(name);
});

test('statements that write to the reference data are noticed in any form', () => {
	const writes = [
		'insert into "units" ("id") values ($1)',
		'with moved as (select 1) update only public."Units" set name = $1',
		'WITH gone AS (DELETE FROM officers RETURNING id) SELECT * FROM gone',
		'truncate table settings'
	];
	for (const statement of writes) {
		const before = referenceChangeCount();
		noteStatement(statement);
		expect(referenceChangeCount(), statement).toBe(before + 1);
	}
	const before = referenceChangeCount();
	noteStatement('select "name" from "units" for update');
	noteStatement('insert into "cases" ("unit_id") values ($1) on conflict do update set "settings" = $2');
	expect(referenceChangeCount()).toBe(before);
});

describe.runIf(process.env.TEST_DATABASE === 'postgres')('another process', () => {
	let other: Sql;
	let stopListening: () => Promise<void>;
	beforeAll(async () => {
		stopListening = await listen({}, () => {});
		const opened = handle();
		if (opened.kind === 'postgres') other = postgres(opened.url, { max: 1, onnotice: () => {} });
	});
	afterAll(async () => {
		await stopListening();
		await other.end();
	});

	/** Commits as another process does. */
	const renameElsewhere = (id: string, name: string) =>
		other.begin(async (tx) => {
			await tx`update units set name = ${name} where id = ${id}`;
			await tx`select pg_notify('spatula_reference', '')`;
		});
	const within = { timeout: 20_000, interval: 5 };

	test('a change is read', async () => {
		const { id } = await makeUnit();
		for (const name of ['Kantor Contoh Lima', 'Kantor Contoh Enam', 'Kantor Contoh Tujuh']) {
			await nameOf(id);
			await renameElsewhere(id, name);
			await vi.waitFor(async () => expect(await nameOf(id)).toBe(name), within);
		}
	});

	test('a change is read although the connection that listens was lost', async () => {
		const { id } = await makeUnit();
		for (const name of ['Kantor Contoh Delapan', 'Kantor Contoh Sembilan']) {
			await nameOf(id);
			await other`select pg_terminate_backend(pid) from pg_stat_activity
				where application_name = 'spatula-listen' and datname = current_database()`;
			await renameElsewhere(id, name);
			await vi.waitFor(async () => expect(await nameOf(id)).toBe(name), within);
		}
		await vi.waitFor(() => expect(receivesChanges()).toBe(true), within);
	});

	test('without a connection to listen, a change is read all the same', async () => {
		const { id } = await makeUnit();
		const opened = handle();
		const url = opened.kind === 'postgres' ? opened.url : '';
		const elsewhere = postgres(Object.assign(new URL(url), { pathname: '/postgres' }).href, { max: 1 });
		const allow = (state: boolean) =>
			elsewhere.unsafe(`alter database ${new URL(url).pathname.slice(1)} allow_connections ${state}`);
		await allow(false);
		try {
			await other`select pg_terminate_backend(pid) from pg_stat_activity
				where application_name = 'spatula-listen' and datname = current_database()`;
			await vi.waitFor(() => expect(receivesChanges()).toBe(false), within);
			await nameOf(id);
			await renameElsewhere(id, 'Kantor Contoh Sepuluh');
			await vi.waitFor(async () => expect(await nameOf(id)).toBe('Kantor Contoh Sepuluh'), within);
		} finally {
			await allow(true);
			await elsewhere.end();
		}
		await vi.waitFor(() => expect(receivesChanges()).toBe(true), within);
	});
});
