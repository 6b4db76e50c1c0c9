import { eq, sql } from 'drizzle-orm';
import { beforeAll, expect, test } from 'vitest';
import { db, rowsOf, transaction } from '#lib/server/db/index.ts';
import { places, placeScans, units } from '#lib/server/db/schema/units.ts';
import { Conflict, NotFound } from '#lib/server/errors.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { changePlace, createPlace, listPlaces, renewPlace, withdrawPlace, countScan, placeByCode } from './places.ts';
import { makeActor, makeOfficer, makeUnit } from '#lib/dev/testing/factories.ts';
import { codesOf, logOf } from '#lib/dev/testing/outcomes.ts';
import { atTime } from '#lib/dev/testing/office.ts';
import { writeTogether } from '#lib/dev/testing/waiting.ts';

let unit: Awaited<ReturnType<typeof makeUnit>>;
let other: Awaited<ReturnType<typeof makeUnit>>;
let admin: Actor;

beforeAll(async () => {
	unit = await makeUnit();
	other = await makeUnit();
	admin = await makeActor([[unit.id, 'admin']]);
});

test('a new place has a code of six letters that is found in lower case and with a hyphen too', async () => {
	const place = await createPlace(admin, unit.id, { name: 'Kotak depan', kind: 'box' });
	expect(place.code).toMatch(/^[B-DF-HJKMNP-TV-Z]{6}$/);
	for (const typed of [place.code, place.code.toLowerCase(), `${place.code.slice(0, 3)}-${place.code.slice(3)}`]) {
		expect(await placeByCode(typed)).toMatchObject({ found: { id: place.id, unit: { slug: unit.slug } } });
	}
	expect(await placeByCode('ZZZZZZ')).toEqual({ unknown: true });
	expect(await placeByCode('<script>')).toEqual({ unknown: true });
});

test('a desk may belong to an officer of closedAdmin unit; an officer of another unit and an officer of a box are refused', async () => {
	const mine = await makeOfficer(unit.id);
	const stranger = await makeOfficer(other.id);
	const desk = { name: 'Meja 1', kind: 'desk' };
	const lent = createPlace(admin, unit.id, { ...desk, officerId: stranger.id });
	expect(await codesOf(lent)).toEqual(['admin_officer_elsewhere']);
	const box = { name: 'Kotak', kind: 'box', officerId: mine.id };
	expect(await codesOf(createPlace(admin, unit.id, box))).toEqual(['admin_officer_needs_desk']);
	const place = await createPlace(admin, unit.id, { ...desk, officerId: mine.id });
	expect(await placeByCode(place.code)).toMatchObject({ found: { officerId: mine.id } });
	await changePlace(admin, place.id, desk);
	expect(await placeByCode(place.code)).toMatchObject({ found: { officerId: null } });
});

test('a second place of the same name is refused, also by a change, and a withdrawn place frees its name', async () => {
	const first = await createPlace(admin, unit.id, { name: 'Kotak lobi', kind: 'box' });
	const second = { name: ' kotak LOBI ', kind: 'box' };
	expect(await codesOf(createPlace(admin, unit.id, second))).toEqual(['admin_same_place']);
	const { id } = await createPlace(admin, unit.id, { name: 'Kotak tangga', kind: 'box' });
	expect(await codesOf(changePlace(admin, id, second))).toEqual(['admin_same_place']);
	// Another spelling of its own name is no second place.
	await changePlace(admin, first.id, { name: 'Kotak Lobi', kind: 'poster' });
	await withdrawPlace(admin, first);
	await changePlace(admin, id, second);
	await createPlace(await makeActor([[other.id, 'admin']]), other.id, second);
});

test.runIf(process.env.TEST_DATABASE === 'postgres')(
	'if two places get one name at the same time, one is refused',
	async () => {
		const { id } = await createPlace(admin, unit.id, { name: 'Kotak taman', kind: 'box' });
		const same = { name: 'Kotak gerbang', kind: 'box' };
		const made = async () => void (await createPlace(admin, unit.id, same));
		const both = await writeTogether(places, [made, () => changePlace(admin, id, same)]);
		expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
		const named = await db().$count(places, eq(places.name, same.name));
		expect(named).toBe(1);
	}
);

test('a withdrawn code is still recognised as withdrawn, and cannot be withdrawn again, renewed or changed', async () => {
	const place = await createPlace(admin, unit.id, { name: 'Poster lama', kind: 'poster' });
	await withdrawPlace(admin, place);
	const { id, slug, name } = unit;
	expect(await placeByCode(place.code)).toEqual({ withdrawn: { unit: { id, slug, name } } });
	await expect(withdrawPlace(admin, place)).rejects.toThrow(Conflict);
	await expect(renewPlace(admin, place)).rejects.toThrow(Conflict);
	const change = changePlace(admin, place.id, { name: 'Nama baru', kind: 'box' });
	await expect(change).rejects.toMatchObject({ code: 'invalid-move', present: { reason: 'place_withdrawn' } });
});

test('renewing gives a new code and the next sheet number, only once for two concurrent requests', async () => {
	const place = await createPlace(admin, unit.id, { name: 'Kios', kind: 'kiosk' });
	const results = await Promise.allSettled([renewPlace(admin, place), renewPlace(admin, place)]);
	expect(results.map((result) => result.status).sort()).toEqual(['fulfilled', 'rejected']);
	const rows = await db().select().from(places).where(eq(places.name, 'Kios'));
	expect(rows).toHaveLength(2);
	const [former, renewed] = [rows.find((one) => one.withdrawnAt), rows.find((one) => !one.withdrawnAt)];
	expect([renewed?.id, former?.code, former?.replacedBy]).toEqual([place.id, place.code, place.id]);
	expect(renewed).toMatchObject({ sheetNo: 2, kind: 'kiosk' });
	expect(renewed?.code).not.toBe(place.code);
	expect((await logOf(place.code)).map(({ action }) => action)).toEqual(['place.created', 'place.renewed']);
});

// The embedded database runs one transaction at a time.
test.runIf(process.env.TEST_DATABASE === 'postgres')(
	'a new code has what a colleague changed at the same moment',
	async () => {
		const place = await createPlace(admin, unit.id, { name: 'Nama lama', kind: 'desk' });
		const [changed, commit] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
		const changing = transaction(async (tx) => {
			await tx.update(places).set({ name: 'Nama baru' }).where(eq(places.id, place.id));
			changed.resolve();
			await commit.promise;
		});
		await changed.promise;
		const renewing = renewPlace(admin, place);
		const waiting = sql`select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
		await expect.poll(() => rowsOf(db(), waiting)).toHaveLength(1);
		commit.resolve();
		await changing;
		expect((await renewing).name).toBe('Nama baru');
	}
);

test('scans are counted by date in the unit’s time zone only', async () => {
	const place = await createPlace(admin, unit.id, { name: 'Kotak hitung', kind: 'box' });
	// 23:30 on 1 June in Makassar and 00:30 on 2 June there: both are 1 June in London.
	for (const moment of ['2026-06-01T15:30:00Z', '2026-06-01T16:30:00Z', '2026-06-01T17:00:00Z'])
		await atTime(moment, () => countScan(place.id));
	await atTime('2026-06-03T02:00:00Z', () => Promise.all(Array.from({ length: 20 }, () => countScan(place.id))));
	const rows = await db().select().from(placeScans).where(eq(placeScans.placeId, place.id)).orderBy(placeScans.day);
	expect(rows.map(({ day, count }) => [day, count])).toEqual([
		['2026-06-01', 1],
		['2026-06-02', 2],
		['2026-06-03', 20]
	]);
	const scansFor = async (actor: Actor) =>
		atTime('2026-06-03T02:10:00Z', async () => (await listPlaces(actor)).find((one) => one.id === place.id)?.scans);
	expect(await scansFor(admin)).toBe(23);
	// An officer would see that the visitor who just left has scanned the code of the desk.
	expect(await scansFor(await makeActor([[unit.id, 'admin']], (await makeOfficer(unit.id)).id))).toBe(3);
});

test('administrators of other units neither see nor change a place', async () => {
	const stranger = await makeActor([[other.id, 'admin']]);
	const place = await createPlace(admin, unit.id, { name: 'Kotak kami', kind: 'box' });
	await expect(withdrawPlace(stranger, place)).rejects.toThrow(NotFound);
	await expect(changePlace(stranger, place.id, { name: 'Kotak siapa', kind: 'box' })).rejects.toThrow(NotFound);
	await expect(createPlace(stranger, unit.id, { name: 'Kotak siapa', kind: 'box' })).rejects.toThrow(NotFound);
	expect((await listPlaces(stranger)).some((one) => one.unitId === unit.id)).toBe(false);
});

test('the code of a place in a closed unit is found, and leads to the page that says so', async () => {
	const closed = await makeUnit();
	const closedAdmin = await makeActor([[closed.id, 'admin']]);
	const place = await createPlace(closedAdmin, closed.id, { name: 'Kotak tutup', kind: 'box' });
	await db().update(units).set({ state: 'closed' }).where(eq(units.id, closed.id));
	expect(await placeByCode(place.code)).toMatchObject({ found: { unit: { id: closed.id } } });
});
