import { readdirSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { eq } from 'drizzle-orm';
import { beforeAll, expect, test } from 'vitest';
import { db, transaction } from '#lib/server/db/index.ts';
import { units } from '#lib/server/db/schema/units.ts';
import { Conflict, NotAllowed, NotFound } from '#lib/server/errors.ts';
import { systemActor, type Actor } from '../actor.ts';
import { RESERVED_SLUGS } from './unit-schema.ts';
import { changeUnit as changeUnitIn, createUnit, insertUnit, unitForAdmin, unitsForAdmin } from './units.ts';
import { unitByIdOrName, unitTree } from './find-unit.ts';
import { idOf, makeActor, makeOfficer } from '#lib/dev/testing/factories.ts';
import { codesOf, logOf } from '#lib/dev/testing/outcomes.ts';

const office = (changes: Record<string, unknown> = {}) => ({
	code: '7600',
	slug: 'sulbar',
	name: 'BPS Provinsi Sulawesi Barat',
	timeZone: 'Asia/Makassar',
	hours: { start: '08:00', end: '16:00' },
	accent: '#0B5CAD',
	...changes
});

const changeUnit = (actor: Actor, id: string, version: unknown, form: object) =>
	transaction((tx) => changeUnitIn(tx, actor, id, { ...form, version }));

let provinceId: string;
let regencyId: string;
let rootAdmin: Actor;
let admin: Actor;

beforeAll(async () => {
	provinceId = await createUnit(await systemActor([]), office());
	rootAdmin = await makeActor([[provinceId, 'admin']]);
	const mamuju = { code: '7604', slug: 'mamuju', name: 'BPS Kabupaten Mamuju', parentId: provinceId };
	regencyId = await createUnit(rootAdmin, office(mamuju));
	admin = await makeActor([[regencyId, 'admin']]);
	rootAdmin = { ...rootAdmin, units: { ...rootAdmin.units, admin: [provinceId, regencyId] } };
});

test('finds a unit by code, by slug in any case, and by id', async () => {
	for (const name of ['7604', 'mamuju', 'MAMUJU', regencyId]) expect((await unitByIdOrName(name))?.id).toBe(regencyId);
	expect(await unitByIdOrName('7699')).toBeUndefined();
	expect((await unitByIdOrName('7604'))?.path).toBe(`/${provinceId}/${regencyId}/`);
});

test('lists parents before children, and an administrator sees only the units they administer', async () => {
	expect((await unitTree()).map((unit) => [unit.code, unit.depth])).toEqual([
		['7600', 0],
		['7604', 1]
	]);
	expect((await unitsForAdmin(admin)).map((unit) => unit.code)).toEqual(['7604']);
	await expect(unitForAdmin(admin, '7600')).rejects.toThrow(NotFound);
});

test.each([
	[{ slug: 'login' }, 'admin_slug_reserved'],
	[{ slug: 'Lacak' }, 'admin_slug_reserved'],
	[{ slug: '7604' }, 'admin_slug'],
	[{ slug: 'polewali mandar' }, 'admin_slug'],
	[{ slug: 'mamuju' }, 'admin_slug_taken'],
	[{ code: '7604' }, 'admin_code_taken'],
	[{ code: '76' }, 'admin_code'],
	[{ timeZone: 'Asia/Mamuju' }, 'admin_zone'],
	[{ hours: { start: '16:00', end: '08:00' } }, 'admin_range'],
	[{ hours: { start: '8', end: '16:00' } }, 'admin_time'],
	[{ accent: '#ffcc00' }, 'admin_colour_light'],
	[{ accent: 'biru' }, 'admin_colour'],
	[{ website: 'javascript:alert(1)' }, 'admin_website'],
	[{ whatsapp: 'nanti' }, 'admin_whatsapp'],
	[{ whatsapp: '08124455' }, 'admin_whatsapp'],
	[{ whatsapp: '0812-4455' }, 'admin_whatsapp'],
	[{ phone: '42821017' }, 'admin_phone'],
	[{ phone: '0426/21001 atau 21002' }, 'admin_phone']
])('a unit with %o is refused with %s', async (changes, code) => {
	const whole = office({ code: '7602', slug: 'polewali-mandar', parentId: provinceId, ...changes });
	expect(await codesOf(createUnit(rootAdmin, whole))).toEqual([code]);
});

test('every first path segment of the site is reserved', () => {
	const hasRoute = (path: string) =>
		readdirSync(path, { recursive: true }).some((name) => /(^|\/)\+(page|server)/.test(String(name)));
	const foldersIn = (path: string) =>
		readdirSync(path, { withFileTypes: true })
			.filter((entry) => entry.isDirectory() && hasRoute(`${path}/${entry.name}`))
			.map(({ name }) => name);
	const segments = foldersIn('src/routes').flatMap((name) =>
		name.startsWith('(') ? foldersIn(`src/routes/${name}`) : [name]
	);
	expect(segments.filter((name) => !name.startsWith('[') && !RESERVED_SLUGS.has(name))).toEqual([]);
});

test('roots are created by root administrators, other units by administrators of the parent', async () => {
	const more = office({ code: '7300', slug: 'sulsel' });
	await expect(createUnit(admin, more)).rejects.toThrow(NotAllowed);
	await expect(createUnit(admin, { ...more, parentId: provinceId })).rejects.toThrow(NotFound);
	const below = await createUnit(admin, office({ code: '7698', slug: 'cabang', parentId: regencyId }));
	expect((await unitByIdOrName(below))?.path).toBe(`/${provinceId}/${regencyId}/${below}/`);
});

test('hours may differ on Fridays and in Ramadan', async () => {
	const friday = { start: '08:00', end: '16:30' };
	const ramadan = { name: 'Ramadan', from: '2027-02-08', to: '2027-03-09', start: '08:00', end: '15:00' };
	const ramadanFriday = { start: '08:00', end: '15:30' };
	const hours = { start: '07:30', end: '16:00', friday, period0: { ...ramadan, friday: ramadanFriday } };
	const id = await createUnit(rootAdmin, office({ code: '7605', slug: 'pasangkayu', parentId: provinceId, hours }));
	expect((await unitByIdOrName(id))?.hours).toEqual({
		start: '07:30',
		end: '16:00',
		weekdays: { 5: friday },
		periods: [{ ...ramadan, weekdays: { 5: ramadanFriday } }]
	});
});

test('a change logs only what differs, an empty field is cleared, and a stale form gives Conflict', async () => {
	const { version } = await unitForAdmin(admin, 'mamuju');
	const form = office({ slug: 'mamuju', name: 'BPS Kabupaten Mamuju', phone: '0426 000000' });
	for (const odd of ['1.5', '2147483647', '99999999999999999999'])
		expect(await codesOf(changeUnit(admin, regencyId, odd, form)), odd).toEqual(['field_invalid']);
	await changeUnit(admin, regencyId, version, form);
	await expect(changeUnit(admin, regencyId, version, { ...form, phone: '0426 000001' })).rejects.toThrow(Conflict);
	await changeUnit(admin, regencyId, version + 1, { ...form, phone: undefined });
	expect(await unitByIdOrName('7604')).toMatchObject({ phone: null, version: version + 2 });
	const log = (await logOf('7604')).filter(({ action }) => action === 'unit.changed');
	expect(log.map(({ before, after }) => ({ before, after }))).toEqual([
		{ before: { phone: null }, after: { phone: '0426 000000' } },
		{ before: { phone: '0426 000000' }, after: { phone: null } }
	]);
});

test('a stored telephone that cannot be dialled stays until it is changed', async () => {
	const change = async (phone: string, name: string) => {
		const { version } = await unitForAdmin(admin, 'mamuju');
		return changeUnit(admin, regencyId, version, office({ slug: 'mamuju', name, phone }));
	};
	await db().update(units).set({ phone: 'lewat pos' }).where(eq(units.id, regencyId));
	await change('lewat pos', 'BPS Mamuju');
	expect(await codesOf(change('telpon saya', 'BPS Mamuju'))).toEqual(['admin_phone']);
	expect(await unitForAdmin(admin, 'mamuju')).toMatchObject({ name: 'BPS Mamuju', phone: 'lewat pos' });
	await change('(0426) 21001 / 21002', 'BPS Mamuju');
});

test('the head of a unit must be one of its own officers', async () => {
	const { version } = await unitForAdmin(admin, 'mamuju');
	const mine = await makeOfficer(regencyId);
	const elsewhere = await makeOfficer(provinceId);
	const form = office({ slug: 'mamuju', name: 'BPS Kabupaten Mamuju' });
	const foreign = { ...form, headOfficerId: elsewhere.id };
	expect(await codesOf(changeUnit(admin, regencyId, version, foreign))).toEqual(['admin_officer_elsewhere']);
	await changeUnit(admin, regencyId, version, { ...form, headOfficerId: mine.id });
	expect((await unitByIdOrName('7604'))?.headOfficerId).toBe(mine.id);
});

test('only an active supervisor of the unit or of a unit above can be responsible for personal data', async () => {
	const { version } = await unitForAdmin(admin, 'mamuju');
	const form = office({ slug: 'mamuju', name: 'BPS Kabupaten Mamuju', privacyName: 'Pejabat Contoh' });
	for (const account of [admin, await makeActor([[regencyId, 'handler']])]) {
		const refused = changeUnit(admin, regencyId, version, { ...form, privacyAccountId: idOf(account) });
		expect(await codesOf(refused)).toEqual(['admin_privacy_account']);
	}
	const privacyAccountId = idOf(await makeActor([[provinceId, 'supervisor']]));
	await changeUnit(admin, regencyId, version, { ...form, privacyAccountId });
	expect(await unitByIdOrName('7604')).toMatchObject({
		privacyAccountId,
		privacyName: 'Pejabat Contoh',
		privacyContact: null
	});
	expect((await logOf('7604')).at(-1)?.after).toMatchObject({ privacyAccountId });
});

test('refuses the second of two concurrent offices with one code, by name', async () => {
	const twin = (slug: string) => office({ code: '7688', slug, parentId: provinceId });
	const [inserted, committing] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
	const first = transaction(async (tx) => {
		await insertUnit(tx, rootAdmin, twin('kembar-satu'));
		inserted.resolve();
		await committing.promise;
	});
	await inserted.promise;
	const second = codesOf(createUnit(rootAdmin, twin('kembar-dua')));
	await Promise.race([second, setTimeout(300)]);
	committing.resolve();
	await first;
	expect(await second).toEqual(['admin_code_taken']);
});
