import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { db, handle, noteReferenceChange, transaction } from '#lib/server/db/index.ts';
import { units } from '#lib/server/db/schema/units.ts';
import { makeUnit } from '#lib/dev/testing/factories.ts';
import { useFreshDatabase } from '#lib/dev/testing/database.ts';
import { reference } from './reference.ts';

useFreshDatabase();

const nameOf = async (id: string) => (await reference()).unitById.get(id)?.name;
const rename = (id: string, name: string) =>
	transaction((tx) => tx.update(units).set({ name }).where(eq(units.id, id)));

test('is loaded once, and again after a commit that changed it', async () => {
	const { id } = await makeUnit();
	expect(await reference()).toBe(await reference());
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
		await release.promise;
	});
	expect(await nameOf(id)).toBe(name);
	release.resolve();
	await changed;
	expect(await nameOf(id)).toBe('Kantor Contoh Dua');
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
	await expect(reference()).rejects.toThrow('no connection');
	database.transaction = original;
	expect(await nameOf(id)).toBe(name);
});

test('a change that another process announces during a load is loaded by the next caller', async () => {
	const { id } = await makeUnit();
	noteReferenceChange();
	const loading = reference();
	noteReferenceChange('another process');
	await db().update(units).set({ name: 'Kantor Contoh Empat' }).where(eq(units.id, id));
	await loading;
	expect(await nameOf(id)).toBe('Kantor Contoh Empat');
});
