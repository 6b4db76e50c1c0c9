import { eq } from 'drizzle-orm';
import { beforeAll, expect, test } from 'vitest';
import { db } from '#lib/server/db/index.ts';
import { officers, places, units } from '#lib/server/db/schema/units.ts';
import { NotFound } from '#lib/server/errors.ts';
import { makeOfficer, makePlace, makeUnit } from '#lib/dev/testing/factories.ts';
import { officeAbove, openOffice, openOffices } from './find-unit.ts';
import { publicPortrait } from '../officers/officer-photo.ts';
import { officersAt } from '../officers/officers.ts';

type Unit = Awaited<ReturnType<typeof makeUnit>>;
let province: Unit;
let regency: Unit;

beforeAll(async () => {
	province = await makeUnit({ code: '7600', slug: 'sulbar' });
	regency = await makeUnit({ code: '7604', slug: 'mamuju', parent: province });
	await makeUnit({ code: '7605', slug: 'tutup', parent: province, state: 'closed' });
});

test('lists open offices, a province before its regencies', async () => {
	expect(await openOffices()).toEqual([
		{ slug: 'sulbar', name: province.name, depth: 0 },
		{ slug: 'mamuju', name: regency.name, depth: 1 }
	]);
});

test('finds an open office by slug and code; a closed one names the nearest open office above, or all open ones', async () => {
	expect((await openOffice('mamuju')).id).toBe(regency.id);
	expect((await openOffice('7604')).id).toBe(regency.id);
	await expect(openOffice('tutup')).rejects.toMatchObject({ instead: [{ slug: 'sulbar' }] });
	await db().update(units).set({ state: 'closed' }).where(eq(units.id, province.id));
	await expect(openOffice('tutup')).rejects.toMatchObject({ instead: [{ slug: 'mamuju' }] });
	await db().update(units).set({ state: 'open' }).where(eq(units.id, province.id));
	await expect(openOffice('antah')).rejects.toThrow(NotFound);
});

test('a regency has the name of the office above, a root has none', async () => {
	expect(await officeAbove(regency)).toBe(province.name);
	expect(await officeAbove(province)).toBeNull();
});

test('lists the office’s active officers, each once with all their desks', async () => {
	const unit = await makeUnit({ parent: province });
	const own = await makeOfficer(unit.id, 'Ani');
	const withoutDesk = await makeOfficer(unit.id, 'Budi');
	const inactive = await makeOfficer(unit.id, 'Cici');
	await db().update(officers).set({ active: false }).where(eq(officers.id, inactive.id));
	await makeOfficer(province.id, 'Dodi');
	const desks = [
		await makePlace(unit.id, { kind: 'desk', officerId: own.id }),
		await makePlace(unit.id, { kind: 'desk', officerId: own.id })
	];
	const withdrawn = await makePlace(unit.id, { kind: 'desk', officerId: own.id });
	await db().update(places).set({ withdrawnAt: withdrawn.createdAt }).where(eq(places.id, withdrawn.id));
	expect(await officersAt(unit.id)).toEqual([
		{ id: own.id, name: 'Ani', desks: desks.map((desk) => desk.name), hasPhoto: false },
		{ id: withoutDesk.id, name: 'Budi', desks: [], hasPhoto: false }
	]);
});

test('gives NotFound for the portrait of an officer without one, of an inactive officer, and for an invalid id', async () => {
	const officer = await makeOfficer(regency.id);
	await expect(publicPortrait(officer.id, null)).rejects.toThrow(NotFound);
	await db().update(officers).set({ active: false, photoKey: officer.id }).where(eq(officers.id, officer.id));
	await expect(publicPortrait(officer.id, null)).rejects.toThrow(NotFound);
	await expect(publicPortrait('bukan-id', null)).rejects.toThrow(NotFound);
});
