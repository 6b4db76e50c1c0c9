import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { makeUnit } from '#lib/dev/testing/factories.ts';
import { transaction, type Tx } from './index.ts';
import { units } from './schema/units.ts';

const lock = (tx: Tx, id: string) => tx.select().from(units).where(eq(units.id, id)).for('update');

// The embedded database has one connection, so its transactions can't deadlock.
test.runIf(process.env.TEST_DATABASE === 'postgres')('commits both of two transactions that deadlock', async () => {
	const [one, other] = [await makeUnit(), await makeUnit()];
	let begun = 0;
	let meet = () => {};
	const bothBegun = new Promise<void>((done) => (meet = done));
	const work = (first: string, second: string, name: string) =>
		transaction(async (tx) => {
			await lock(tx, first);
			if ((begun += 1) === 2) meet();
			await bothBegun;
			await lock(tx, second);
			await tx.update(units).set({ name }).where(eq(units.id, first));
			return name;
		});
	await expect(
		Promise.all([work(one.id, other.id, 'Kantor Satu'), work(other.id, one.id, 'Kantor Dua')])
	).resolves.toEqual(['Kantor Satu', 'Kantor Dua']);
	expect(begun).toBeGreaterThan(2);
});

test('does not retry after any other error', async () => {
	let attempts = 0;
	const failing = transaction(async () => {
		attempts += 1;
		throw new Error('no');
	});
	await expect(failing).rejects.toThrow('no');
	expect(attempts).toBe(1);
});
