import { eq } from 'drizzle-orm';
import { beforeAll, expect, test } from 'vitest';
import { db } from '#lib/server/db/index.ts';
import { auditEntries } from '#lib/server/db/schema/audit.ts';
import { units } from '#lib/server/db/schema/units.ts';
import { Invalid, NotFound } from '#lib/server/errors.ts';
import { changeLaporOfUnit, laporOfUnit } from '#lib/server/escalation/lapor-settings.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { useFreshDatabase } from '#lib/server/testing/database.ts';
import { makeActor, makeUnit } from '#lib/server/testing/factories.ts';

useFreshDatabase();

let province: Awaited<ReturnType<typeof makeUnit>>;
let regency: Awaited<ReturnType<typeof makeUnit>>;
let rootAdmin: Actor;
let admin: Actor;

beforeAll(async () => {
	province = await makeUnit();
	regency = await makeUnit({ parent: province });
	rootAdmin = await makeActor([[province.id, 'admin']]);
	admin = await makeActor([[regency.id, 'admin']]);
});

test('an id that an office leaves empty is that of the unit above', async () => {
	await changeLaporOfUnit(rootAdmin, province.id, { ids: { channel: '12', location: '7600', 'category:time': '5' } });
	await changeLaporOfUnit(admin, regency.id, { ids: { location: ' 7604 ', channel: '' }, recordAllAtLapor: 'true' });
	expect(await laporOfUnit(admin, regency.code)).toMatchObject({
		own: { location: '7604' },
		effective: { channel: '12', location: '7604', 'category.time': '5' },
		recordAllAtLapor: true
	});
	const log = await db().select().from(auditEntries).where(eq(auditEntries.subject, regency.code));
	expect(log).toMatchObject([{ action: 'lapor.changed', unitId: regency.id }]);
});

test('ids for single targets, which the form does not show, stay', async () => {
	await db()
		.update(units)
		.set({ laporIds: { location: '1', 'category.time@200102': '9' } })
		.where(eq(units.id, regency.id));
	await changeLaporOfUnit(admin, regency.id, { ids: { user: '3', somebody: '4' } });
	expect((await laporOfUnit(admin, regency.code)).own).toEqual({ 'category.time@200102': '9', user: '3' });
});

test('an id is a number, and only the office’s own administrators set it', async () => {
	const wrong = changeLaporOfUnit(admin, regency.id, { ids: { channel: 'dua belas' } });
	await expect(wrong).rejects.toThrow(Invalid);
	await expect(changeLaporOfUnit(admin, province.id, { ids: {} })).rejects.toThrow(NotFound);
	await expect(laporOfUnit(admin, province.code)).rejects.toThrow(NotFound);
});
