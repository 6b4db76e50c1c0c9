import { eq } from 'drizzle-orm';
import { pinInput } from '../../ratings/kiosk-schema.ts';
import { checked } from '../checked.ts';
import { db } from '../db/index.ts';
import { kiosks } from '../db/schema/units.ts';
import { Invalid, TooMany } from '../errors.ts';
import { consume, giveBack } from '../people/limits.ts';
import { passwordFits } from '../people/password.ts';

/**
 * Checks the PIN that leads out of a kiosk's page. Tries are counted per device before they are looked at: with five in a
 * quarter of an hour, four digits hold for weeks.
 *
 * @throws TooMany · Invalid `kiosk_pin_wrong`, also where the device has no PIN
 */
export async function checkKioskPin(kioskId: string, raw: unknown): Promise<void> {
	const { pin } = checked(pinInput, raw);
	const tries = await consume('kiosk_pin', kioskId);
	if (!tries.ok) throw new TooMany(tries.retryAfter);
	const [kiosk] = await db().select({ pinHash: kiosks.pinHash }).from(kiosks).where(eq(kiosks.id, kioskId));
	if (!(await passwordFits(kiosk?.pinHash, pin))) throw new Invalid([{ path: 'pin', code: 'kiosk_pin_wrong' }]);
	await giveBack('kiosk_pin', kioskId);
}
