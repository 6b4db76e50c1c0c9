import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { transaction } from '#lib/server/db/index.ts';
import { units } from '#lib/server/db/schema/units.ts';
import { NotFound } from '#lib/server/errors.ts';
import { idOf, makeActor, makeUnit } from '#lib/dev/testing/factories.ts';
import { responsibleFor, unitsOfKeeper } from './responsible.ts';

const change = (id: string, values: Partial<typeof units.$inferInsert>) =>
	transaction((tx) => tx.update(units).set(values).where(eq(units.id, id)));

test('a unit without its own responsible person has that of the nearest unit above', async () => {
	const root = await makeUnit();
	const unit = await makeUnit({ parent: root });
	expect(await responsibleFor(unit.id)).toEqual({ accountId: null, name: unit.name, contact: null });

	await change(unit.id, { responsible: 'Kepala Kantor Contoh' });
	await change(root.id, { email: 'kontak@example.id', phone: '0426 000000' });
	const own = { name: 'Kepala Kantor Contoh', contact: 'kontak@example.id · 0426 000000' };
	expect(await responsibleFor(unit.id)).toEqual({ accountId: null, ...own });

	const accountId = idOf(await makeActor([[root.id, 'supervisor']]));
	await change(root.id, { privacyAccountId: accountId, privacyName: 'Pejabat Contoh' });
	const above = { name: 'Pejabat Contoh', contact: 'kontak@example.id · 0426 000000' };
	expect(await responsibleFor(unit.id)).toEqual({ accountId, ...above });

	await change(unit.id, { privacyContact: 'Loket 3, Senin sampai Jumat' });
	const nearest = { name: 'Kepala Kantor Contoh', contact: 'Loket 3, Senin sampai Jumat' };
	expect(await responsibleFor(unit.id)).toEqual({ accountId, ...nearest });
	await expect(responsibleFor(crypto.randomUUID())).rejects.toThrow(NotFound);
});

test('a responsible person keeps a unit only while supervising it', async () => {
	const unit = await makeUnit({ parent: await makeUnit() });
	const actor = await makeActor([[unit.id, 'supervisor']]);
	await change(unit.id, { privacyAccountId: idOf(actor) });
	expect(await unitsOfKeeper(actor)).toEqual([unit.id]);
	expect(await unitsOfKeeper({ ...actor, units: { ...actor.units, supervisor: [] } })).toEqual([]);
});
