import type { AuditAction } from '#lib/words/audit.ts';
import { and, eq, gt, isNull } from 'drizzle-orm';
import { HOUR_MS } from '#lib/calendar/durations.ts';
import type { KioskMode } from '#lib/ratings/kiosk.ts';
import { pairingInput } from '#lib/ratings/kiosk-schema.ts';
import { checked } from '#lib/server/checked.ts';
import { fromNow, now } from '#lib/server/clock.ts';
import { db, oneRow, transaction, type Tx } from '#lib/server/db/index.ts';
import { kiosks } from '#lib/server/db/schema/units.ts';
import { Conflict, invalid } from '#lib/server/errors.ts';
import { randomSecret, sha256Hex } from '#lib/server/keys.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { recordChange } from '#lib/server/people/audit.ts';
import { hashPassword } from '#lib/server/people/sign-in/password.ts';
import { referenceData } from '#lib/server/reference/reference.ts';
import { desksAt } from './duty.ts';
import { placeForAdmin, placeWithdrawn, type Place } from './places.ts';
import { takesDevices } from '#lib/places/duty.ts';

const LINK_HOURS = 24;

/**
 * Creates a link that pairs one device with a place. It works once and for 24 hours. The input sets the device's mode,
 * the desk it stands at, and the PIN for leaving its page. Only hashes of the token and of the PIN (argon2id) are
 * stored.
 * @returns the token of `/kiosk/{token}`
 * @throws NotFound if the actor does not administer the place
 * @throws Conflict if the place is withdrawn, or is a box or a poster
 * @throws Invalid `kiosk_mode`, `kiosk_pin` (4 to 8 digits), or `kiosk_desk` if the desk is not in use at the same
 * office
 */
export async function createKioskLink(actor: Actor, placeId: string, raw: unknown): Promise<string> {
	const { mode, desk, pin } = checked(pairingInput, raw);
	const token = randomSecret(16);
	const pinHash = await hashPassword(pin);
	await transaction(async (tx) => {
		const place = await placeForAdmin(actor, placeId, tx);
		if (place.withdrawnAt) throw placeWithdrawn();
		// The page of a box or a poster lists no devices, so nobody would see the link there.
		if (!takesDevices(place.kind)) throw new Conflict('invalid-move', { reason: 'kiosk_place' });
		const deskName = desk ? await requireDesk(place, desk) : null;
		const [made] = await tx
			.insert(kiosks)
			.values({
				placeId: place.id,
				mode,
				deskId: desk ?? null,
				pinHash,
				tokenHash: sha256Hex(token),
				linkExpiresAt: fromNow(LINK_HOURS * HOUR_MS)
			})
			.returning({ number: kiosks.number });
		const after = { device: made?.number, mode, desk: deskName };
		await recordChange(tx, actor, { unitId: place.unitId, action: 'kiosk.link_made', subject: place.name, after });
	});
	return token;
}

/** Returns the name of a desk in use at the place's office. @throws Invalid `kiosk_desk` */
async function requireDesk(place: Place, deskId: string): Promise<string> {
	const desk = (await desksAt(place.unitId)).find(({ id }) => id === deskId);
	if (!desk) throw invalid('desk', 'kiosk_desk');
	return desk.name;
}

/**
 * Returns the mode, number and place of the device for which the link was made.
 * @throws NotFound if the link cannot be used any more
 */
export async function requireKioskLink(token: string): Promise<{ mode: KioskMode; number: number; place: string }> {
	const link = await db().select().from(kiosks).where(isUsableLink(token)).then(oneRow);
	const place = (await referenceData()).placeById.get(link.placeId);
	return { mode: link.mode, number: link.number, place: place?.name ?? '' };
}

function isUsableLink(token: string) {
	return and(
		eq(kiosks.tokenHash, sha256Hex(token)),
		isNull(kiosks.pairedAt),
		isNull(kiosks.withdrawnAt),
		gt(kiosks.linkExpiresAt, now())
	);
}

/**
 * Uses a pairing link. Of any number of concurrent requests only one succeeds.
 * @returns the device's id
 * @throws NotFound if the link is unknown, used, withdrawn or expired
 */
export async function pairKiosk(token: string): Promise<string> {
	return transaction(async (tx) => {
		const paired = await tx
			.update(kiosks)
			.set({ pairedAt: now(), seenAt: now() })
			.where(isUsableLink(token))
			.returning({ id: kiosks.id, placeId: kiosks.placeId, mode: kiosks.mode, number: kiosks.number })
			.then(oneRow);
		await logDeviceAction(tx, paired.placeId, 'kiosk.paired', { device: paired.number, mode: paired.mode });
		return paired.id;
	});
}

/** Logs an action of a device, where no account is signed in. */
export async function logDeviceAction(tx: Tx, placeId: string, action: AuditAction, after?: object): Promise<void> {
	const place = (await referenceData()).placeById.get(placeId);
	await recordChange(tx, null, { unitId: place?.unitId ?? null, action, subject: place?.name ?? '', after });
}
