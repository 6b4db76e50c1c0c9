import { and, eq, inArray, isNotNull, isNull, or } from 'drizzle-orm';
import { localDate } from '#lib/calendar/days.ts';
import type { Database, Tx } from '#lib/server/db/index.ts';
import { officers, places } from '#lib/server/db/schema/units.ts';
import { Invalid } from '#lib/server/errors.ts';
import { sha256Hex } from '#lib/server/keys.ts';
import { visitToken } from './token.ts';

const DAY = 24 * 60 * 60 * 1000;
/** How long a visit's link is good for. */
export const LIFE_DAYS = 14;

/** Values stored with every visit: its day in the unit's zone, and the hash of its token. */
export function visitEntry(id: string, unit: { id: string; timeZone: string }, createdAt: Date) {
	return {
		id,
		unitId: unit.id,
		tokenHash: sha256Hex(visitToken(id)),
		day: localDate(createdAt, unit.timeZone),
		createdAt,
		expiresAt: new Date(createdAt.getTime() + LIFE_DAYS * DAY)
	};
}

/** @throws Invalid if the officer neither belongs to the unit nor has a desk there */
export async function requireOfficerOf(on: Database | Tx, unitId: string, officerId: string | undefined) {
	if (officerId === undefined) return undefined;
	const desks = on
		.select({ id: places.officerId })
		.from(places)
		.where(and(eq(places.unitId, unitId), isNotNull(places.officerId), isNull(places.withdrawnAt)));
	const [found] = await on
		.select({ id: officers.id, name: officers.name })
		.from(officers)
		.where(
			and(
				eq(officers.id, officerId),
				eq(officers.active, true),
				or(eq(officers.unitId, unitId), inArray(officers.id, desks))
			)
		);
	if (!found) throw new Invalid([{ path: 'officer', code: 'rating_officer' }]);
	return found;
}

/** @throws Invalid if the desk is not one of the unit's that are in use */
export async function requireDeskOf(on: Database | Tx, unitId: string, placeId: string | undefined) {
	if (placeId === undefined) return undefined;
	const [found] = await on
		.select({ id: places.id, name: places.name })
		.from(places)
		.where(and(eq(places.id, placeId), eq(places.unitId, unitId), eq(places.kind, 'desk'), isNull(places.withdrawnAt)));
	if (!found) throw new Invalid([{ path: 'place', code: 'rating_place' }]);
	return found;
}
