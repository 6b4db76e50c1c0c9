import { eq } from 'drizzle-orm';
import { pinInput } from '#lib/ratings/kiosk-schema.ts';
import { checked } from '#lib/server/checked.ts';
import { db } from '#lib/server/db/index.ts';
import { kiosks } from '#lib/server/db/schema/units.ts';
import { env } from '#lib/server/env.ts';
import { Invalid } from '#lib/server/errors.ts';
import { countFailure, forgetFailures, secondsToWait } from '#lib/server/people/limits.ts';
import { passwordFits } from '#lib/server/people/sign-in/password.ts';
import { WaitingRoom } from '#lib/server/people/sign-in/waiting-room.ts';

/** One try is checked while the next one waits: with waits of 30 seconds, at most 5,760 PINs a day are tried on a kiosk. */
const room = new WaitingRoom({ target: 2, source: 2, all: 64 });

/**
 * Checks the PIN that leads out of a kiosk's page. After five wrong ones in an hour, each try waits, at most 30 seconds; a
 * right PIN is checked after its wait, so a visitor's play with the PIN shuts no officer out.
 *
 * @throws Invalid `kiosk_pin_wrong`, also where the device has no PIN, or `kiosk_pin_wrong_slow` where the next try will wait
 * `seconds` · TooMany if two other tries are waiting: the PIN was not checked
 */
export async function checkKioskPin(kioskId: string, raw: unknown): Promise<void> {
	const { pin } = checked(pinInput, raw);
	const wait = await secondsToWait('kiosk_pin', kioskId);
	const guest = { target: kioskId, source: kioskId };
	const fits = env().LIMITS
		? await room.check(guest, wait * 1000, () => pinFits(kioskId, pin))
		: await pinFits(kioskId, pin);
	if (fits) return forgetFailures('kiosk_pin', kioskId);
	const seconds = await countFailure('kiosk_pin', kioskId);
	const issue = seconds > 0 ? { code: 'kiosk_pin_wrong_slow', params: { seconds } } : { code: 'kiosk_pin_wrong' };
	throw new Invalid([{ path: 'pin', ...issue }]);
}

async function pinFits(kioskId: string, pin: string): Promise<boolean> {
	const [kiosk] = await db().select({ pinHash: kiosks.pinHash }).from(kiosks).where(eq(kiosks.id, kioskId));
	return passwordFits(kiosk?.pinHash, pin);
}
