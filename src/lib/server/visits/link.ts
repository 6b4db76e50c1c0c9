import { and, desc, eq, gt, isNull, lte } from 'drizzle-orm';
import { ROLES, type ServiceKind } from '#lib/cases/vocabulary.ts';
import { MINUTE_MS } from '#lib/calendar/durations.ts';
import type { LocalDate } from '#lib/calendar/days.ts';
import { keyedHash, sha256Hex } from '#lib/server/keys.ts';
import { ago, now } from '#lib/server/clock.ts';
import { db, type Tx } from '#lib/server/db/index.ts';
import { visits } from '#lib/server/db/schema/visits.ts';
import { holds, recordIdsOf, type Actor } from '#lib/server/people/actor.ts';
import { referenceData } from '#lib/server/reference/reference.ts';

/** Days for which the link of a visit is valid. */
export const LINK_DAYS = 14;
const TOKEN_BYTES = 16;

/**
 * Returns the one-time token of a visit: the first 128 bits of HMAC-SHA-256 with a key derived from APP_KEY, as
 * base64url. It can be recomputed for the desk's screen, a slip or a display, so only its hash is stored
 * (docs/decisions/0010).
 */
export function visitToken(visitId: string): string {
	return keyedHash('visit-token', visitId).subarray(0, TOKEN_BYTES).toString('base64url');
}

/** Browser or API token that opens a visit's link. */
export interface LinkOpener {
	/** Account signed in on the browser, or the owner of the API token. */
	actor: Actor | null;
	/** Hash from `deviceKey`. */
	device: string | null;
	/** True if a browser navigates to the link's page. False for a sent form, a preview or a prefetched page. */
	navigates?: boolean;
}

/** Seconds that a visitor needs at least to scan or open the link, or to rate. */
const SOONEST_SECONDS = 20;

/**
 * Whether fewer than `SOONEST_SECONDS` have passed since a visit was recorded or ended in a browser of the office. A link
 * opened so soon after the visit was recorded, or a rating sent so soon after it ended, may come from that browser's
 * user. A visit that has not ended (null) is always too soon, and one that another system recorded never.
 */
export const isTooSoon = ({ madeByDevice }: { madeByDevice: string | null }, since: Date | null): boolean =>
	madeByDevice !== null && (since ?? now()) > ago(SOONEST_SECONDS * 1000);

/**
 * Whether a link is opened by the office instead of the visitor: on the device or with the account that recorded the
 * visit, by an officer of the office or the one who served the visit before moving to another office, or while an account with a role there is signed in.
 * Among API tokens only those of the office's officers count. The account of another system has roles there, records
 * visits and submits ratings from its own terminal, but it is no person.
 */
export async function isFromOffice(
	visit: { unitId: string; officerId: string | null; createdBy: string | null; madeByDevice: string | null },
	{ actor, device }: Pick<LinkOpener, 'actor' | 'device'>
): Promise<boolean> {
	if (visit.madeByDevice !== null && visit.madeByDevice === device) return true;
	if (actor === null) return false;
	if (actor.scopes === null) {
		if (visit.createdBy !== null && visit.createdBy === actor.accountId) return true;
		if (holds(actor, visit.unitId, ...ROLES)) return true;
	}
	const officer = (await referenceData()).officerById.get(actor.officerId ?? '');
	if (officer?.unitId === visit.unitId) return true;
	return visit.officerId !== null && (await recordIdsOf(actor.officerId)).includes(visit.officerId);
}

export type FoundVisit =
	| { state: 'unknown' }
	| {
			state: 'open' | 'used' | 'expired';
			unit: { id: string; slug: string; name: string };
			officer: { id: string; name: string } | null;
			service: ServiceKind | null;
			/**
			 * Opened by the office. The state is then never `used`, because the office must not learn who has rated.
			 */
			fromOffice: boolean;
	  };

/**
 * Finds the visit of a one-time token and its state. Stores whether the office opened the link, and whether a browser
 * opened it too soon. In both cases a later rating with the link is not verified.
 */
export async function openVisit(token: string, opener: LinkOpener): Promise<FoundVisit> {
	const [row] = await db()
		.select()
		.from(visits)
		.where(eq(visits.tokenHash, sha256Hex(token)));
	const { unitById, officerById } = await referenceData();
	const unit = unitById.get(row?.unitId ?? '');
	if (!row || !unit) return { state: 'unknown' };
	const fromOffice = await isFromOffice(row, opener);
	if (fromOffice && !row.openedByMaker) {
		await db().update(visits).set({ openedByMaker: true }).where(eq(visits.id, row.id));
	}
	// The rating of a used link has already been checked.
	if (!fromOffice && opener.navigates && row.usedOn === null && !row.openedTooSoon && isTooSoon(row, row.createdAt)) {
		await db().update(visits).set({ openedTooSoon: true }).where(eq(visits.id, row.id));
	}
	const expired = row.expiresAt <= now();
	const used = row.usedOn !== null && !fromOffice;
	const officer = officerById.get(row.officerId ?? '');
	return {
		state: used ? 'used' : expired ? 'expired' : 'open',
		unit: { id: unit.id, slug: unit.slug, name: unit.name },
		officer: officer ? { id: officer.id, name: officer.name } : null,
		service: row.service as ServiceKind | null,
		fromOffice
	};
}

/** Minutes for which a desk shows the link of the visit that ended there. */
export const SHOWN_MINUTES = 5;

/**
 * Returns the visit whose link a desk's screen shows: the last one that ended there within five minutes. The link is
 * shown for exactly that time, used or not. If it disappeared on use, the officer would learn who has rated.
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
 * Marks a token as used in the transaction that stores its rating. Of any number of concurrent calls one gets `true`.
 * Only the day is stored, so the visit does not show which rating it was.
 */
export async function useToken(tx: Tx, tokenHash: string, day: LocalDate): Promise<boolean> {
	const used = await tx
		.update(visits)
		.set({ usedOn: day })
		.where(and(eq(visits.tokenHash, tokenHash), isNull(visits.usedOn), gt(visits.expiresAt, now())))
		.returning({ id: visits.id });
	return used.length === 1;
}
