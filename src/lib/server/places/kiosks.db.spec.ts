import { eq } from 'drizzle-orm';
import { exportJWK, generateKeyPair } from 'jose';
import { expect, test } from 'vitest';
import { now, withClock } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import { kiosks } from '#lib/server/db/schema/units.ts';
import { Conflict, Invalid, NotFound } from '#lib/server/errors.ts';
import { makeActor, makePlace, makeUnit } from '#lib/dev/testing/factories.ts';
import {
	desksBeside,
	listKiosks,
	setKioskPin,
	withdrawKiosks,
	registerDeviceKey,
	checkKioskPin,
	noteSeen,
	pairedKiosk
} from './kiosks.ts';
import { createKioskLink, pairKiosk, requireKioskLink } from './kiosk-pairing.ts';
import { renewPlace, withdrawPlace } from './places.ts';
import { logOf } from '#lib/dev/testing/outcomes.ts';
import { atTime } from '#lib/dev/testing/office.ts';

const TABLET = { mode: 'tablet', pin: '2468' };

async function office() {
	const unit = await makeUnit();
	const place = await makePlace(unit.id, { kind: 'kiosk' });
	const desk = await makePlace(unit.id, { kind: 'desk' });
	return { unit, place, desk, admin: await makeActor([[unit.id, 'admin']]) };
}

async function paired(setup: Awaited<ReturnType<typeof office>>, input: Record<string, unknown> = TABLET) {
	return pairKiosk(await createKioskLink(setup.admin, setup.place.id, input));
}

async function publicKey() {
	const { kty, crv, x, y } = await exportJWK((await generateKeyPair('ES256', { extractable: true })).publicKey);
	return { kty, crv, x, y };
}

const actionsAt = async ({ name }: { name: string }) => (await logOf(name)).map(({ action }) => action);

test('a pairing link works once even for concurrent requests, and only for a day', async () => {
	const setup = await office();
	const token = await createKioskLink(setup.admin, setup.place.id, { ...TABLET, desk: setup.desk.id });
	expect(await requireKioskLink(token)).toMatchObject({ mode: 'tablet', place: setup.place.name });
	const tries = await Promise.allSettled(Array.from({ length: 10 }, () => pairKiosk(token)));
	const done = tries.filter((one) => one.status === 'fulfilled');
	expect(done).toHaveLength(1);
	await expect(requireKioskLink(token)).rejects.toThrow(NotFound);
	const kiosk = await pairedKiosk(done[0]?.value ?? '');
	expect(kiosk).toMatchObject({ ended: false, desk: { id: setup.desk.id }, unit: { id: setup.unit.id } });
	const late = await createKioskLink(setup.admin, setup.place.id, TABLET);
	const tomorrow = new Date(now().getTime() + 25 * 60 * 60 * 1000);
	await expect(atTime(tomorrow, () => pairKiosk(late))).rejects.toThrow(NotFound);
	expect(await actionsAt(setup.place)).toEqual(['kiosk.link_made', 'kiosk.paired', 'kiosk.link_made']);
});

test('only an administrator of the place creates a link, with a desk of the same office and a PIN of 4 to 8 digits', async () => {
	const setup = await office();
	const elsewhere = await office();
	const make = (input: Record<string, unknown>, actor = setup.admin) => createKioskLink(actor, setup.place.id, input);
	await expect(make(TABLET, elsewhere.admin)).rejects.toThrow(NotFound);
	await expect(make({ ...TABLET, mode: 'projector' })).rejects.toThrow('kiosk_mode');
	for (const pin of ['123', '123456789', 'abcd', undefined]) {
		await expect(make({ ...TABLET, pin })).rejects.toThrow('kiosk_pin');
	}
	await expect(make({ ...TABLET, desk: elsewhere.desk.id })).rejects.toThrow('kiosk_desk');
	await expect(make({ ...TABLET, desk: setup.place.id })).rejects.toThrow('kiosk_desk');
	expect((await desksBeside(setup.admin, setup.place.id)).map((desk) => desk.id)).toEqual([setup.desk.id]);
});

test('a link cannot be created for a box or a poster, whose pages list no devices', async () => {
	const setup = await office();
	for (const kind of ['box', 'poster']) {
		const place = await makePlace(setup.unit.id, { kind });
		await expect(createKioskLink(setup.admin, place.id, TABLET)).rejects.toThrow(Conflict);
		expect(await listKiosks(setup.admin, place.id)).toEqual([]);
	}
	await createKioskLink(setup.admin, setup.desk.id, TABLET);
	expect(await listKiosks(setup.admin, setup.desk.id)).toHaveLength(1);
});

test('every device has its own number, which the list, the device page and each action return', async () => {
	const setup = await office();
	const [first, second] = [await paired(setup), await paired(setup)];
	const listed = await listKiosks(setup.admin, setup.place.id);
	const [one, other] = listed.map(({ number }) => number);
	expect(one).not.toBe(other);
	expect(await pairedKiosk(first)).toMatchObject({ number: one });
	const named = { mode: 'tablet', number: other };
	expect(await setKioskPin(setup.admin, setup.place.id, second, { pin: '97531' })).toEqual(named);
	expect(await withdrawKiosks(setup.admin, setup.place.id, second)).toEqual([named]);
	const third = await paired(setup);
	const { number } = await pairedKiosk(third);
	expect([one, other]).not.toContain(number);
	const ended = await withdrawKiosks(setup.admin, setup.place.id);
	expect(ended.map((device) => device.number)).toEqual([one, number]);
});

test('lists devices with the time last seen, and withdraws one or all of them', async () => {
	const setup = await office();
	const first = await paired(setup);
	const second = await paired(setup, { mode: 'display', pin: '135790', desk: setup.desk.id });
	await createKioskLink(setup.admin, setup.place.id, TABLET);
	const later = new Date(now().getTime() + 10 * 60 * 1000);
	await atTime(later, () => noteSeen(second));
	expect(await listKiosks(setup.admin, setup.place.id)).toMatchObject([
		{ id: first, mode: 'tablet', desk: null },
		{ id: second, mode: 'display', desk: setup.desk.name, seenAt: later },
		{ pairedAt: null, seenAt: null }
	]);
	const stranger = (await office()).admin;
	await expect(listKiosks(stranger, setup.place.id)).rejects.toThrow(NotFound);
	await expect(withdrawKiosks(stranger, setup.place.id, first)).rejects.toThrow(NotFound);
	await withdrawKiosks(setup.admin, setup.place.id, first);
	await expect(withdrawKiosks(setup.admin, setup.place.id, first)).rejects.toThrow(Conflict);
	expect((await pairedKiosk(first)).ended).toBe(true);
	expect((await pairedKiosk(second)).ended).toBe(false);
	await withdrawKiosks(setup.admin, setup.place.id);
	expect(await listKiosks(setup.admin, setup.place.id)).toEqual([]);
	expect((await pairedKiosk(second)).ended).toBe(true);
});

test('withdraws only the devices that the list shows, and logs nothing if there are none', async () => {
	const setup = await office();
	await createKioskLink(setup.admin, setup.place.id, TABLET);
	await atTime(new Date(now().getTime() + 25 * 60 * 60 * 1000), async () => {
		const { number } = await pairedKiosk(await paired(setup));
		expect(await withdrawKiosks(setup.admin, setup.place.id)).toEqual([{ mode: 'tablet', number }]);
		expect(await withdrawKiosks(setup.admin, setup.place.id)).toEqual([]);
	});
	expect((await actionsAt(setup.place)).filter((action) => action === 'kiosk.withdrawn')).toHaveLength(1);
});

test('after five wrong PINs each try waits; the right PIN is still accepted, and a new PIN resets the wait', async () => {
	const setup = await office();
	const kiosk = await paired(setup);
	await checkKioskPin(kiosk, { pin: '2468' });
	const waits: number[] = [];
	const inTestTime = <T>(work: () => Promise<T>) =>
		withClock(
			() => new Date(),
			work,
			async (ms) => void waits.push(ms / 1000)
		);
	const wrong = async (times: number) => {
		for (let n = 0; n < times; n++) {
			await expect(inTestTime(() => checkKioskPin(kiosk, { pin: '1111' }))).rejects.toThrow('kiosk_pin_wrong');
		}
	};
	await wrong(10);
	await inTestTime(() => checkKioskPin(kiosk, { pin: '2468' }));
	await wrong(1);
	expect(waits).toEqual([0, 0, 0, 0, 0, 5, 10, 20, 30, 30, 30, 0]);
	await wrong(5);
	await setKioskPin(setup.admin, setup.place.id, kiosk, { pin: '97531' });
	await expect(checkKioskPin(kiosk, { pin: '2468' })).rejects.toThrow('kiosk_pin_wrong');
	await checkKioskPin(kiosk, { pin: '97531' });
	const [row] = await db().select({ pinHash: kiosks.pinHash }).from(kiosks).where(eq(kiosks.id, kiosk));
	expect(row?.pinHash).toMatch(/^\$argon2id\$/);
	expect((await actionsAt(setup.place)).at(-1)).toBe('kiosk.pin_set');
});

test('registers a device key once: the same key again is accepted, another key and a withdrawn device are refused', async () => {
	const setup = await office();
	const kiosk = await pairedKiosk(await paired(setup));
	const key = await publicKey();
	await expect(registerDeviceKey(kiosk, { ...key, x: 'A'.repeat(43) })).rejects.toThrow(Invalid);
	await expect(registerDeviceKey(kiosk, { ...key, kty: 'RSA' })).rejects.toThrow('device_key');
	await registerDeviceKey(kiosk, key);
	await registerDeviceKey(kiosk, key);
	await expect(registerDeviceKey(kiosk, await publicKey())).rejects.toThrow(Conflict);
	expect((await pairedKiosk(kiosk.id)).publicKey).toEqual(key);
	expect((await actionsAt(setup.place)).filter((action) => action === 'kiosk.key_stored')).toHaveLength(1);
	const id = await paired(setup);
	await withdrawKiosks(setup.admin, setup.place.id, id);
	await expect(registerDeviceKey(await pairedKiosk(id), await publicKey())).rejects.toThrow(Conflict);
	expect((await pairedKiosk(id)).publicKey).toBeNull();
});

test('devices stay paired when a place or desk gets a new code, and end when the place is withdrawn', async () => {
	const setup = await office();
	const kiosk = await paired(setup, { ...TABLET, desk: setup.desk.id });
	const renewed = await renewPlace(setup.admin, setup.place);
	await renewPlace(setup.admin, setup.desk);
	expect(await pairedKiosk(kiosk)).toMatchObject({
		ended: false,
		place: { code: renewed.code },
		desk: { id: setup.desk.id }
	});
	await withdrawPlace(setup.admin, renewed);
	expect((await pairedKiosk(kiosk)).ended).toBe(true);
});
