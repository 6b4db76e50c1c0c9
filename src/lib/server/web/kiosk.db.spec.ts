import type { RequestEvent } from '@sveltejs/kit';
import { expect, test } from 'vitest';
import { now, withClock } from '../clock.ts';
import { NotFound } from '../errors.ts';
import { createKioskLink, pairKiosk } from '../places/kiosk-pairing.ts';
import { useFreshDatabase } from '../testing/database.ts';
import { makeActor, makePlace, makeUnit } from '../testing/factories.ts';
import { kioskCookie } from './citizen-cookies.ts';
import { kioskAlive, thisKiosk } from './kiosk.ts';

useFreshDatabase();

const DAY = 24 * 3600 * 1000;
const afterDays = <T>(days: number, work: () => Promise<T>) => {
	const then = new Date(now().getTime() + days * DAY);
	return withClock(() => then, work);
};

/** A device of an office of its own, just paired. */
async function paired() {
	const unit = await makeUnit();
	const place = await makePlace(unit.id, { kind: 'kiosk' });
	const link = await createKioskLink(await makeActor([[unit.id, 'admin']]), place.id, { mode: 'tablet', pin: '2468' });
	const jar = new Map<string, string>();
	const cookies = { get: (name: string) => jar.get(name), set: (name: string, value: string) => jar.set(name, value) };
	const event = { cookies } as unknown as RequestEvent;
	const kioskId = await pairKiosk(link);
	await kioskCookie.write(event.cookies, { kioskId });
	return { event, kioskId };
}

test('a device in use stays paired for years, one that lay in a cupboard for a year does not', async () => {
	const { event, kioskId } = await paired();
	for (const days of [300, 600, 900]) {
		expect(await afterDays(days, () => kioskAlive(event))).toMatchObject({ id: kioskId, ended: false });
	}
	await expect(afterDays(900 + 366, () => thisKiosk(event))).rejects.toThrow(NotFound);
});
