import { and, asc, eq, gt, isNotNull, isNull, or } from 'drizzle-orm';
import type { KioskMode } from '#lib/ratings/kiosk.ts';
import { pinInput } from '#lib/ratings/kiosk-schema.ts';
import { checked } from '#lib/server/checked.ts';
import { now } from '#lib/server/clock.ts';
import { db, transaction } from '#lib/server/db/index.ts';
import { kiosks, places } from '#lib/server/db/schema/units.ts';
import { Conflict, NotFound } from '#lib/server/errors.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { recordChange } from '#lib/server/people/audit.ts';
import { isId } from '#lib/server/people/ids.ts';
import { forgetFailures } from '#lib/server/people/limits.ts';
import { hashPassword } from '#lib/server/people/sign-in/password.ts';
import { placeForAdmin } from './places.ts';

/** What people call a device by: "Tablet 3". */
export interface NamedKiosk {
	mode: KioskMode;
	number: number;
}

const itsName = { mode: kiosks.mode, number: kiosks.number };

/** A device as the administration lists it; one that isn't paired yet is a link that still works. */
export interface ListedKiosk extends NamedKiosk {
	id: string;
	desk: string | null;
	pairedAt: Date | null;
	seenAt: Date | null;
	linkExpiresAt: Date;
	/** Devices that were paired before PINs were asked for have none. */
	hasPin: boolean;
}

/** The devices of a place that were not withdrawn, by when they were paired; links that still work last. @throws NotFound */
export async function listKiosks(actor: Actor, placeId: string): Promise<ListedKiosk[]> {
	const place = await placeForAdmin(actor, placeId);
	const rows = await db()
		.select({ kiosk: kiosks, desk: places.name })
		.from(kiosks)
		.leftJoin(places, eq(places.id, kiosks.deskId))
		.where(
			and(
				eq(kiosks.placeId, place.id),
				isNull(kiosks.withdrawnAt),
				or(isNotNull(kiosks.pairedAt), gt(kiosks.linkExpiresAt, now()))
			)
		)
		.orderBy(asc(kiosks.pairedAt), asc(kiosks.linkExpiresAt));
	return rows.map(({ kiosk: { id, mode, number, pairedAt, seenAt, linkExpiresAt, pinHash }, desk }) => ({
		...{ id, mode, number, desk, pairedAt, seenAt, linkExpiresAt },
		hasPin: pinHash !== null
	}));
}

/** The desks a device of this place can stand at. @throws NotFound */
export async function desksBeside(actor: Actor, placeId: string): Promise<{ id: string; name: string }[]> {
	const place = await placeForAdmin(actor, placeId);
	return db()
		.select({ id: places.id, name: places.name })
		.from(places)
		.where(and(eq(places.unitId, place.unitId), eq(places.kind, 'desk'), isNull(places.withdrawnAt)))
		.orderBy(asc(places.name), asc(places.id));
}

const inUse = (placeId: string, kioskId?: string) =>
	and(eq(kiosks.placeId, placeId), isNull(kiosks.withdrawnAt), kioskId ? eq(kiosks.id, kioskId) : undefined);

/**
 * Ends one device of a place, or all; a new link pairs again. What a tablet still keeps is taken in and held for review.
 *
 * @returns those that were ended
 * @throws NotFound · Conflict if the device was ended before
 */
export async function withdrawKiosks(actor: Actor, placeId: string, kioskId?: string): Promise<NamedKiosk[]> {
	if (kioskId !== undefined && !isId(kioskId)) throw new NotFound(`kiosk ${kioskId}`);
	return transaction(async (tx) => {
		const place = await placeForAdmin(actor, placeId, tx);
		const ended = await tx
			.update(kiosks)
			.set({ withdrawnAt: now() })
			.where(inUse(place.id, kioskId))
			.returning(itsName);
		if (kioskId && ended.length === 0) throw new Conflict('invalid-move', { reason: 'device_ended' });
		ended.sort((a, b) => a.number - b.number);
		const after = { devices: ended.map(({ number }) => number) };
		await recordChange(tx, actor, { unitId: place.unitId, action: 'kiosk.withdrawn', subject: place.name, after });
		return ended;
	});
}

/**
 * Gives a device another PIN, and with it new tries to whoever stands before it.
 *
 * @throws NotFound · Invalid `kiosk_pin` · Conflict if the device was ended
 */
export async function setKioskPin(actor: Actor, placeId: string, kioskId: string, raw: unknown): Promise<NamedKiosk> {
	const { pin } = checked(pinInput, raw);
	if (!isId(kioskId)) throw new NotFound(`kiosk ${kioskId}`);
	const pinHash = await hashPassword(pin);
	const device = await transaction(async (tx) => {
		const place = await placeForAdmin(actor, placeId, tx);
		const [changed] = await tx.update(kiosks).set({ pinHash }).where(inUse(place.id, kioskId)).returning(itsName);
		if (!changed) throw new Conflict('invalid-move', { reason: 'device_ended' });
		const after = { device: changed.number };
		await recordChange(tx, actor, { unitId: place.unitId, action: 'kiosk.pin_set', subject: place.name, after });
		return changed;
	});
	await forgetFailures('kiosk_pin', kioskId);
	return device;
}
