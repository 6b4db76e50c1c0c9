import { and, eq, isNotNull, isNull, lt, or, asc, gt } from 'drizzle-orm';
import { importJWK } from 'jose';
import { MINUTE_MS } from '#lib/calendar/durations.ts';
import { isUuid } from '#lib/text/uuid.ts';
import { type KioskMode, DEVICE_ALGORITHM } from '#lib/ratings/kiosk.ts';
import { pinInput, deviceKey } from '#lib/ratings/kiosk-schema.ts';
import { now } from '#lib/server/clock.ts';
import { db, transaction } from '#lib/server/db/index.ts';
import { isId } from '#lib/server/db/is-id.ts';
import { kiosks, places } from '#lib/server/db/schema/units.ts';
import { Conflict, NotFound, invalid } from '#lib/server/errors.ts';
import { checked } from '#lib/server/checked.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { recordChange } from '#lib/server/people/audit.ts';
import { resetFailures } from '#lib/server/rate-limits.ts';
import { hashPassword, passwordMatches } from '#lib/server/people/sign-in/password.ts';
import { referenceData } from '#lib/server/reference/reference.ts';
import { AttemptQueue } from '#lib/server/people/sign-in/attempt-queue.ts';
import { checkAfterWait } from '#lib/server/people/sign-in/sign-in.ts';
import { isOpenToPublic } from '#lib/server/people/units/find-unit.ts';
import { desksAt } from './duty.ts';
import { placeForAdmin } from './places.ts';
import { logDeviceAction } from './kiosk-pairing.ts';

/** Precision of the time last seen; a display sends a request every few seconds. */
const SEEN_MS = MINUTE_MS;

export type PairedKiosk = Awaited<ReturnType<typeof pairedKiosk>>;

/**
 * Returns a device that has been paired, with its place, desk and unit. `ended` is true if the device or its place was
 * withdrawn. An ended device, and any device of an office that is not open (`closed`), accepts no new ratings, but
 * ratings already stored on it are still accepted.
 * @throws NotFound if no such device was ever paired
 */
export async function pairedKiosk(kioskId: string) {
	const isPaired = and(isId(kiosks.id, kioskId), isNotNull(kiosks.pairedAt));
	const [kiosk] = await db().select().from(kiosks).where(isPaired);
	const { placeById, unitById } = await referenceData();
	const place = placeById.get(kiosk?.placeId ?? '');
	const unit = unitById.get(place?.unitId ?? '');
	if (!kiosk?.pairedAt || !place || !unit) throw new NotFound(`kiosk ${kioskId}`);
	const { id, number, mode, pairedAt, publicKey, withdrawnAt } = kiosk;
	const desk = placeById.get(kiosk.deskId ?? '');
	return {
		id,
		number,
		mode,
		pairedAt,
		publicKey,
		place,
		unit: {
			id: unit.id,
			code: unit.code,
			slug: unit.slug,
			name: unit.name,
			accent: unit.accent,
			timeZone: unit.timeZone
		},
		desk: desk?.withdrawnAt === null ? desk : null,
		ended: withdrawnAt !== null || place.withdrawnAt !== null,
		closed: !isOpenToPublic(unit)
	};
}

/** Stores the time of a device's request, with a precision of one minute. */
export async function noteSeen(kioskId: string): Promise<void> {
	const at = now();
	await db()
		.update(kiosks)
		.set({ seenAt: at })
		.where(and(eq(kiosks.id, kioskId), or(isNull(kiosks.seenAt), lt(kiosks.seenAt, new Date(at.getTime() - SEEN_MS)))));
}

/** The name that people use for a device, such as "Tablet 3". */
export interface NamedKiosk {
	mode: KioskMode;
	number: number;
}

const itsName = { mode: kiosks.mode, number: kiosks.number };

/** Condition for the listed rows of a place: paired devices and valid links, without those that were withdrawn. */
const isListed = (placeId: string, kioskId?: string) =>
	and(
		eq(kiosks.placeId, placeId),
		isNull(kiosks.withdrawnAt),
		or(isNotNull(kiosks.pairedAt), gt(kiosks.linkExpiresAt, now())),
		kioskId ? eq(kiosks.id, kioskId) : undefined
	);

/**
 * The devices of a place that were not withdrawn, ordered by time of pairing, then unused links that are still valid.
 * @throws NotFound if the actor does not administer the place
 */
export async function listKiosks(actor: Actor, placeId: string) {
	const place = await placeForAdmin(actor, placeId);
	const { id, mode, number, pairedAt, seenAt, linkExpiresAt } = kiosks;
	return db()
		.select({ id, mode, number, pairedAt, seenAt, linkExpiresAt, desk: places.name })
		.from(kiosks)
		.leftJoin(places, eq(places.id, kiosks.deskId))
		.where(isListed(place.id))
		.orderBy(asc(pairedAt), asc(linkExpiresAt));
}
/** A row of that list. Without `pairedAt` it is a link that is still valid. */
export type ListedKiosk = Awaited<ReturnType<typeof listKiosks>>[number];

/** The desks at which a device of this place can stand. @throws NotFound if the actor does not administer the place */
export async function desksBeside(actor: Actor, placeId: string) {
	return desksAt((await placeForAdmin(actor, placeId)).unitId);
}

/**
 * Withdraws one device of a place, or all of them. To use a device again it needs a new link. Ratings still stored on a
 * tablet are accepted later and held for review.
 * @returns the withdrawn devices
 * @throws NotFound if the actor does not administer the place
 * @throws Conflict if this device was withdrawn before, or its unused link has expired
 */
export async function withdrawKiosks(actor: Actor, placeId: string, kioskId?: string): Promise<NamedKiosk[]> {
	if (kioskId !== undefined && !isUuid(kioskId)) throw new NotFound(`kiosk ${kioskId}`);
	return transaction(async (tx) => {
		const place = await placeForAdmin(actor, placeId, tx);
		const ended = await tx
			.update(kiosks)
			.set({ withdrawnAt: now() })
			.where(isListed(place.id, kioskId))
			.returning(itsName);
		if (kioskId && ended.length === 0) throw new Conflict('invalid-move', { reason: 'device_ended' });
		if (ended.length === 0) return [];
		ended.sort((a, b) => a.number - b.number);
		const after = { devices: ended.map(({ number }) => number) };
		await recordChange(tx, actor, { unitId: place.unitId, action: 'kiosk.withdrawn', subject: place.name, after });
		return ended;
	});
}

/**
 * Sets a new PIN for a device and resets its failed tries.
 * @throws NotFound if the actor does not administer the place
 * @throws Invalid `kiosk_pin`
 * @throws Conflict if the device was withdrawn, or its unused link has expired
 */
export async function setKioskPin(actor: Actor, placeId: string, kioskId: string, raw: unknown): Promise<NamedKiosk> {
	const { pin } = checked(pinInput, raw);
	if (!isUuid(kioskId)) throw new NotFound(`kiosk ${kioskId}`);
	const pinHash = await hashPassword(pin);
	const device = await transaction(async (tx) => {
		const place = await placeForAdmin(actor, placeId, tx);
		const [changed] = await tx.update(kiosks).set({ pinHash }).where(isListed(place.id, kioskId)).returning(itsName);
		if (!changed) throw new Conflict('invalid-move', { reason: 'device_ended' });
		const after = { device: changed.number };
		await recordChange(tx, actor, { unitId: place.unitId, action: 'kiosk.pin_set', subject: place.name, after });
		return changed;
	});
	await resetFailures('kiosk_pin', kioskId);
	return device;
}

/**
 * Stores the public key of a device, once. From then on every rating stored on the device must be signed with it.
 * Sending the same key again is accepted, because the first response may have been lost.
 * @throws Invalid `device_key` if the key is not a point of P-256
 * @throws Conflict if the device has another key: its storage was emptied, so it must be paired again
 * @throws Conflict if the device has ended: a new key could not vouch for ratings already stored on it
 */
export async function registerDeviceKey(
	kiosk: Pick<PairedKiosk, 'id' | 'number' | 'place' | 'ended'>,
	raw: unknown
): Promise<void> {
	const key = checked(deviceKey, raw);
	try {
		await importJWK({ ...key }, DEVICE_ALGORITHM);
	} catch {
		throw invalid('', 'device_key');
	}
	if (kiosk.ended) throw new Conflict('invalid-move', { reason: 'device_ended' });
	await transaction(async (tx) => {
		const stored = await tx
			.update(kiosks)
			.set({ publicKey: key })
			.where(and(eq(kiosks.id, kiosk.id), isNull(kiosks.publicKey)))
			.returning({ id: kiosks.id });
		if (stored.length === 1) return logDeviceAction(tx, kiosk.place.id, 'kiosk.key_stored', { device: kiosk.number });
		const [known] = await tx.select({ key: kiosks.publicKey }).from(kiosks).where(eq(kiosks.id, kiosk.id));
		if (known?.key?.x !== key.x || known.key.y !== key.y) {
			throw new Conflict('invalid-move', { reason: 'device_key' });
		}
	});
}

/** Two tries per kiosk wait at the same time, so with waits of 30 seconds at most 5,760 PINs a day are checked. */
const pinQueue = new AttemptQueue({ target: 2, source: 2, all: 64 });

/**
 * Checks the PIN for leaving a kiosk's page. After five wrong PINs in an hour each try waits, at most 30 seconds. A
 * right PIN is accepted after its wait, so a visitor who plays with the PIN cannot lock out an officer.
 * @throws Invalid `kiosk_pin_wrong`, or `kiosk_pin_wrong_slow` if the next try waits `seconds`
 * @throws TooMany if two other tries are waiting; then the PIN was not checked
 */
export async function checkKioskPin(kioskId: string, raw: unknown): Promise<void> {
	const { pin } = checked(pinInput, raw);
	const keys = { target: kioskId, source: kioskId };
	const queued = { queue: pinQueue, keys, slowdown: 'kiosk_pin', key: kioskId } as const;
	await checkAfterWait(queued, { path: 'pin', code: 'kiosk_pin_wrong' }, () => pinFits(kioskId, pin));
	await resetFailures('kiosk_pin', kioskId);
}

async function pinFits(kioskId: string, pin: string): Promise<boolean> {
	const [kiosk] = await db().select({ pinHash: kiosks.pinHash }).from(kiosks).where(eq(kiosks.id, kioskId));
	return passwordMatches(kiosk?.pinHash, pin);
}
