import { expect, test } from 'vitest';
import { NotFound } from '../errors.ts';
import { makeActor, makePlace, makeUnit } from '../testing/factories.ts';
import { useFreshDatabase } from '../testing/database.ts';
import { createKioskLink, pairKiosk, placeOfKiosk, requireKioskLink, withdrawKiosks } from './kiosks.ts';

useFreshDatabase();

test('a pairing link works once, for one of many who use it at the same time', async () => {
	const unit = await makeUnit();
	const place = await makePlace(unit.id, { kind: 'kiosk' });
	const admin = await makeActor([[unit.id, 'admin']]);
	const token = await createKioskLink(admin, place.id);
	await requireKioskLink(token);
	const tries = await Promise.allSettled(Array.from({ length: 10 }, () => pairKiosk(token)));
	const paired = tries.filter((one) => one.status === 'fulfilled');
	expect(paired).toHaveLength(1);
	await expect(requireKioskLink(token)).rejects.toThrow(NotFound);
	expect((await placeOfKiosk(paired[0]?.value ?? '')).unit.id).toBe(unit.id);
	await withdrawKiosks(admin, place.id);
	await expect(placeOfKiosk(paired[0]?.value ?? '')).rejects.toThrow(NotFound);
});

test('a link is made by an administrator of the place alone', async () => {
	const unit = await makeUnit();
	const place = await makePlace(unit.id, { kind: 'kiosk' });
	const stranger = await makeActor([[(await makeUnit()).id, 'admin']]);
	await expect(createKioskLink(stranger, place.id)).rejects.toThrow(NotFound);
});
