import { and, eq, gt, isNull } from 'drizzle-orm';
import { now } from '../clock.ts';
import { db, transaction } from '../db/index.ts';
import { kiosks, places, units } from '../db/schema/units.ts';
import { NotFound } from '../errors.ts';
import { randomSecret, sha256Hex } from '../keys.ts';
import type { Actor } from '../people/actor.ts';
import { recordChange } from '../people/audit.ts';
import { placeForAdmin } from './places.ts';

const LINK_HOURS = 24;

/**
 * A link that pairs one tablet with a place, once, within 24 hours.
 *
 * @returns the token of `/kiosk/{token}`; stored is its hash
 * @throws NotFound where the place isn't the administrator's
 */
export async function createKioskLink(actor: Actor, placeId: string): Promise<string> {
	const place = await placeForAdmin(actor, placeId);
	const token = randomSecret(16);
	await transaction(async (tx) => {
		await tx.insert(kiosks).values({
			placeId: place.id,
			tokenHash: sha256Hex(token),
			linkExpiresAt: new Date(now().getTime() + LINK_HOURS * 60 * 60 * 1000),
			createdBy: actor.accountId
		});
		await recordChange(tx, actor, { unitId: place.unitId, action: 'kiosk.link_made', subject: place.name });
	});
	return token;
}

/** Ends every tablet of a place at once; a new link pairs anew. */
export async function withdrawKiosks(actor: Actor, placeId: string): Promise<void> {
	const place = await placeForAdmin(actor, placeId);
	await transaction(async (tx) => {
		await tx
			.update(kiosks)
			.set({ withdrawnAt: now() })
			.where(and(eq(kiosks.placeId, place.id), isNull(kiosks.withdrawnAt)));
		await recordChange(tx, actor, { unitId: place.unitId, action: 'kiosk.withdrawn', subject: place.name });
	});
}

/** Whether a pairing link can still be used. @throws NotFound where it can't */
export async function requireKioskLink(token: string): Promise<void> {
	const [link] = await db().select({ id: kiosks.id }).from(kiosks).where(usable(token));
	if (!link) throw new NotFound();
}

function usable(token: string) {
	return and(
		eq(kiosks.tokenHash, sha256Hex(token)),
		isNull(kiosks.pairedAt),
		isNull(kiosks.withdrawnAt),
		gt(kiosks.linkExpiresAt, now())
	);
}

/** Uses a pairing link up. @throws NotFound where it is unknown, used, withdrawn or too old */
export async function pairKiosk(token: string): Promise<string> {
	const [paired] = await db().update(kiosks).set({ pairedAt: now() }).where(usable(token)).returning({ id: kiosks.id });
	if (!paired) throw new NotFound();
	return paired.id;
}

/** The place and office of a paired tablet. @throws NotFound once the tablet or its place was withdrawn */
export async function placeOfKiosk(kioskId: string) {
	const [found] = await db()
		.select({
			placeId: places.id,
			placeName: places.name,
			officerId: places.officerId,
			unit: { id: units.id, code: units.code, slug: units.slug, name: units.name, accent: units.accent }
		})
		.from(kiosks)
		.innerJoin(places, eq(places.id, kiosks.placeId))
		.innerJoin(units, eq(units.id, places.unitId))
		.where(and(eq(kiosks.id, kioskId), isNull(kiosks.withdrawnAt), isNull(places.withdrawnAt), eq(units.active, true)));
	if (!found) throw new NotFound();
	return found;
}
