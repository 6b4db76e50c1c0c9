import { and, eq, isNull } from 'drizzle-orm';
import { importJWK } from 'jose';
import { DEVICE_ALGORITHM } from '#lib/ratings/kiosk.ts';
import { deviceKey } from '#lib/ratings/kiosk-schema.ts';
import { checked } from '#lib/server/checked.ts';
import { transaction } from '#lib/server/db/index.ts';
import { kiosks } from '#lib/server/db/schema/units.ts';
import { Conflict, Invalid } from '#lib/server/errors.ts';
import { recordOfPlace } from './kiosk-pairing.ts';
import type { PairedKiosk } from './kiosks.ts';

/**
 * Stores the public key of a device, once: from then on what it kept has to be signed with it. The same key again is fine,
 * for the answer of the first time may have been lost.
 *
 * @throws Invalid `device_key` on what is no point of P-256
 * @throws Conflict if the device has another key: its storage was emptied, and it has to be paired again
 * @throws Conflict if the device was ended: it takes no ratings that a new key could vouch for
 */
export async function registerDeviceKey(
	kiosk: Pick<PairedKiosk, 'id' | 'number' | 'place' | 'ended'>,
	raw: unknown
): Promise<void> {
	const key = checked(deviceKey, raw);
	try {
		await importJWK({ ...key }, DEVICE_ALGORITHM);
	} catch {
		throw new Invalid([{ path: '', code: 'device_key' }]);
	}
	if (kiosk.ended) throw new Conflict('invalid-move', { reason: 'device_ended' });
	await transaction(async (tx) => {
		const stored = await tx
			.update(kiosks)
			.set({ publicKey: key })
			.where(and(eq(kiosks.id, kiosk.id), isNull(kiosks.publicKey)))
			.returning({ id: kiosks.id });
		if (stored.length === 1) return recordOfPlace(tx, kiosk.place.id, 'kiosk.key_stored', { device: kiosk.number });
		const [known] = await tx.select({ key: kiosks.publicKey }).from(kiosks).where(eq(kiosks.id, kiosk.id));
		if (known?.key?.x !== key.x || known.key.y !== key.y) {
			throw new Conflict('invalid-move', { reason: 'device_key' });
		}
	});
}
