import { and, desc, eq, gt, isNull, lte } from 'drizzle-orm';
import { ROLES, type ServiceKind } from '#lib/cases/vocabulary.ts';
import { MINUTE_MS } from '#lib/calendar/durations.ts';
import type { LocalDate } from '#lib/calendar/days.ts';
import { SOONEST_SECONDS } from '#lib/visits/vocabulary.ts';
import { keyedHash, sha256Hex } from '#lib/server/keys.ts';
import { now } from '#lib/server/clock.ts';
import { db, type Tx } from '#lib/server/db/index.ts';
import { visits } from '#lib/server/db/schema/visits.ts';
import { officers, units } from '#lib/server/db/schema/units.ts';
import { holds, type Actor } from '#lib/server/people/actor.ts';

const TOKEN_BYTES = 16;

/**
 * The one-time token of a visit: the first 128 bits of HMAC-SHA-256 under a key derived from APP_KEY, base64url. It can be shown
 * again on the desk's screen, a slip or a display without being stored (docs/decisions/0010); the database holds its hash.
 */
export function visitToken(visitId: string): string {
	return keyedHash('visit-token', visitId).subarray(0, TOKEN_BYTES).toString('base64url');
}

/** Who holds a visit's link in hand, as far as the browser or the API token tells. */
export interface Opener {
	/** Signed in there, or whose token it is. */
	actor: Actor | null;
	/** As `deviceKey` hashes it. */
	device: string | null;
	/** A browser goes to the link's page with it. Sending the form is no opening, nor is a preview or a page fetched ahead. */
	goesThere?: boolean;
}

/**
 * Whether it is sooner after a moment of a visit than its visitor is believed to be: whoever opens the link so soon after
 * the visit was noted, or answers so soon after it ended, or before, may be who has it in hand at the office.
 */
export const isTooSoon = (since: Date | null): boolean =>
	now().getTime() - (since ?? now()).getTime() < SOONEST_SECONDS * 1000;

/**
 * Whether a link is opened by the office and not by its visitor: on the device or with the account that noted the visit,
 * by the officer who served, or while somebody who works at the office is signed in. Of API tokens those of its officers
 * alone: a system's account has roles there, notes visits and passes on what is answered on its own terminal, and is no person.
 */
export async function isFromOffice(
	visit: { unitId: string; officerId: string | null; createdBy: string | null; madeByDevice: string | null },
	{ actor, device }: Pick<Opener, 'actor' | 'device'>
): Promise<boolean> {
	if (visit.madeByDevice !== null && visit.madeByDevice === device) return true;
	if (actor === null) return false;
	if (actor.scopes === null) {
		if (visit.createdBy !== null && visit.createdBy === actor.accountId) return true;
		if (holds(actor, visit.unitId, ...ROLES)) return true;
	}
	if (actor.officerId === null) return false;
	if (actor.officerId === visit.officerId) return true;
	const [person] = await db()
		.select({ unitId: officers.unitId })
		.from(officers)
		.where(eq(officers.id, actor.officerId));
	return person?.unitId === visit.unitId;
}

export type FoundVisit =
	| { state: 'unknown' }
	| {
			state: 'open' | 'used' | 'expired';
			unit: { id: string; slug: string; name: string };
			officer: { id: string; name: string } | null;
			service: ServiceKind | null;
			/** It was opened by the office. `used` is then never answered: nobody there learns who has rated. */
			fromOffice: boolean;
	  };

/**
 * What a one-time token stands for, so that a page can say why it opens nothing and offer the open form. That the office
 * itself opened it is kept with the visit, and that a browser did too soon: what is rated with it from then on is not verified.
 */
export async function openVisit(token: string, opener: Opener): Promise<FoundVisit> {
	const [row] = await db()
		.select({
			id: visits.id,
			unitId: visits.unitId,
			officerId: visits.officerId,
			createdBy: visits.createdBy,
			madeByDevice: visits.madeByDevice,
			openedByMaker: visits.openedByMaker,
			openedTooSoon: visits.openedTooSoon,
			createdAt: visits.createdAt,
			usedOn: visits.usedOn,
			expiresAt: visits.expiresAt,
			service: visits.service,
			unit: { id: units.id, slug: units.slug, name: units.name },
			officer: { id: officers.id, name: officers.name }
		})
		.from(visits)
		.innerJoin(units, eq(units.id, visits.unitId))
		.leftJoin(officers, eq(officers.id, visits.officerId))
		.where(eq(visits.tokenHash, sha256Hex(token)));
	if (!row) return { state: 'unknown' };
	const fromOffice = await isFromOffice(row, opener);
	if (fromOffice && !row.openedByMaker) {
		await db().update(visits).set({ openedByMaker: true }).where(eq(visits.id, row.id));
	}
	// What was rated with a used link has been judged.
	if (!fromOffice && opener.goesThere && row.usedOn === null && !row.openedTooSoon && isTooSoon(row.createdAt)) {
		await db().update(visits).set({ openedTooSoon: true }).where(eq(visits.id, row.id));
	}
	const expired = row.expiresAt <= now();
	const used = row.usedOn !== null && !fromOffice;
	const { unit, officer } = row;
	const service = row.service as ServiceKind | null;
	return { state: used ? 'used' : expired ? 'expired' : 'open', unit, officer, service, fromOffice };
}

/** For how many minutes a desk shows the link of the visit that ended there. */
export const SHOWN_MINUTES = 5;

/**
 * The visit whose link a desk's screen shows: the last one closed there within five minutes. For exactly that long, used
 * or not: a link that vanished on use would tell the officer who has rated.
 */
export async function shownVisit(placeId: string, at = now()) {
	const since = new Date(at.getTime() - SHOWN_MINUTES * MINUTE_MS);
	const [last] = await db()
		.select({ id: visits.id, closedAt: visits.closedAt })
		.from(visits)
		.where(and(eq(visits.placeId, placeId), gt(visits.closedAt, since), lte(visits.closedAt, at)))
		.orderBy(desc(visits.closedAt), desc(visits.id))
		.limit(1);
	return last?.closedAt ? { visitId: last.id, token: visitToken(last.id), closedAt: last.closedAt } : null;
}

/**
 * Uses a token up in the transaction that stores its rating. Of any number at once one gets `true`. Kept is the day
 * alone: which rating it was stays unknown.
 */
export async function useToken(tx: Tx, tokenHash: string, day: LocalDate): Promise<boolean> {
	const used = await tx
		.update(visits)
		.set({ usedOn: day })
		.where(and(eq(visits.tokenHash, tokenHash), isNull(visits.usedOn), gt(visits.expiresAt, now())))
		.returning({ id: visits.id });
	return used.length === 1;
}
