import { and, eq, isNotNull, isNull, lt, or } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import { now } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import { kiosks, places, units } from '#lib/server/db/schema/units.ts';
import { NotFound } from '#lib/server/errors.ts';
import { isId } from '#lib/server/people/ids.ts';

/** How exact "last seen" is; a display asks every few seconds. */
const SEEN_MS = 60 * 1000;

export type PairedKiosk = Awaited<ReturnType<typeof pairedKiosk>>;

/**
 * A device that was paired once, with its place, desk and office. One that was withdrawn, by itself, with its place or with
 * its office, is `ended`: it takes nothing more, but what it kept is still taken in.
 *
 * @throws NotFound if no such device was ever paired
 */
export async function pairedKiosk(kioskId: string) {
	const desk = alias(places, 'desk');
	const [found] = isId(kioskId)
		? await db()
				.select({
					id: kiosks.id,
					number: kiosks.number,
					mode: kiosks.mode,
					pairedAt: kiosks.pairedAt,
					withdrawnAt: kiosks.withdrawnAt,
					publicKey: kiosks.publicKey,
					place: { id: places.id, name: places.name, code: places.code, withdrawnAt: places.withdrawnAt },
					desk: { id: desk.id, name: desk.name, code: desk.code },
					unit: {
						id: units.id,
						code: units.code,
						slug: units.slug,
						name: units.name,
						accent: units.accent,
						timeZone: units.timeZone,
						active: units.active
					}
				})
				.from(kiosks)
				.innerJoin(places, eq(places.id, kiosks.placeId))
				.innerJoin(units, eq(units.id, places.unitId))
				.leftJoin(desk, and(eq(desk.id, kiosks.deskId), isNull(desk.withdrawnAt)))
				.where(and(eq(kiosks.id, kioskId), isNotNull(kiosks.pairedAt)))
		: [];
	if (!found?.pairedAt) throw new NotFound(`kiosk ${kioskId}`);
	const { pairedAt, withdrawnAt, place, unit, ...more } = found;
	const ended = withdrawnAt !== null || place.withdrawnAt !== null || !unit.active;
	return { ...more, pairedAt, place, unit, ended };
}

/** Notes that a device spoke to the site, to the minute. */
export async function noteSeen(kioskId: string): Promise<void> {
	const at = now();
	await db()
		.update(kiosks)
		.set({ seenAt: at })
		.where(and(eq(kiosks.id, kioskId), or(isNull(kiosks.seenAt), lt(kiosks.seenAt, new Date(at.getTime() - SEEN_MS)))));
}
