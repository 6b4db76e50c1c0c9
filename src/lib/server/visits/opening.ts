import { eq } from 'drizzle-orm';
import { ROLES, type ServiceKind } from '#lib/cases/vocabulary.ts';
import { SOONEST_SECONDS } from '#lib/visits/vocabulary.ts';
import { now } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import { visits } from '#lib/server/db/schema/visits.ts';
import { officers, units } from '#lib/server/db/schema/units.ts';
import { sha256Hex } from '#lib/server/keys.ts';
import { holds, type Actor } from '#lib/server/people/actor.ts';

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
