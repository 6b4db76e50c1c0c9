import { and, eq, gt, inArray, isNotNull, isNull, lt, or, sql } from 'drizzle-orm';
import { localDate, type LocalDate } from '../../calendar/days.ts';
import type { ServiceKind } from '../../cases/vocabulary.ts';
import { visitInput } from '../../ratings/schema.ts';
import { checked } from '../checked.ts';
import { now } from '../clock.ts';
import { db, type Tx } from '../db/index.ts';
import { visits } from '../db/schema/ratings.ts';
import { officers, places, units } from '../db/schema/units.ts';
import { Invalid, NotFound } from '../errors.ts';
import { randomSecret, sha256Hex } from '../keys.ts';

const DAY = 24 * 60 * 60 * 1000;
const TOKEN_BYTES = 16;
const LIFE_DAYS = 14;
const REFERENCE_DAYS = 7;

/**
 * Notes one service given to one person (`POST visits`) and makes its one-time token (128 random bits, 14 days). The token is in the
 * answer and nowhere else: stored is its hash.
 *
 * @param accountId who notes it; null for the bootstrap token
 * @param within the units the asker may write to
 * @throws NotFound on a unit that is not there or not among `within`, Invalid on an officer who does not work there
 */
export async function createVisit(
	raw: unknown,
	{ accountId, within }: { accountId: string | null; within: readonly string[] }
): Promise<{ id: string; token: string; expiresAt: Date }> {
	const input = checked(visitInput, raw);
	const [unit] = await db()
		.select({ id: units.id, timeZone: units.timeZone })
		.from(units)
		.where(and(or(eq(units.code, input.unit), eq(units.slug, input.unit)), eq(units.active, true)));
	if (!unit || !within.includes(unit.id)) throw new NotFound(input.unit);
	if (input.officer && !(await worksAt(input.officer, unit.id))) {
		throw new Invalid([{ path: 'officer', code: 'rating_officer' }]);
	}
	const token = randomSecret(TOKEN_BYTES);
	const createdAt = now();
	const expiresAt = new Date(createdAt.getTime() + LIFE_DAYS * DAY);
	const [visit] = await db()
		.insert(visits)
		.values({
			unitId: unit.id,
			service: input.service,
			officerId: input.officer,
			channel: input.channel,
			externalRef: input.external_ref,
			tokenHash: sha256Hex(token),
			day: localDate(createdAt, unit.timeZone),
			createdAt,
			createdBy: accountId,
			expiresAt
		})
		.returning({ id: visits.id });
	if (!visit) throw new Error('the visit was not stored');
	return { id: visit.id, token, expiresAt };
}

/** Whether the officer belongs to the unit, or has a desk there. */
async function worksAt(officerId: string, unitId: string): Promise<boolean> {
	const desks = db()
		.select({ id: places.officerId })
		.from(places)
		.where(and(eq(places.unitId, unitId), isNotNull(places.officerId), isNull(places.withdrawnAt)));
	const [found] = await db()
		.select({ id: officers.id })
		.from(officers)
		.where(
			and(
				eq(officers.id, officerId),
				eq(officers.active, true),
				or(eq(officers.unitId, unitId), inArray(officers.id, desks))
			)
		);
	return found !== undefined;
}

export type FoundVisit =
	| { state: 'unknown' }
	| {
			state: 'open' | 'used' | 'expired';
			unit: { id: string; slug: string; name: string };
			officer: { id: string; name: string } | null;
			service: ServiceKind | null;
	  };

/** What a one-time token stands for, so that a page can say why it opens nothing and offer the open form. */
export async function findVisit(token: string): Promise<FoundVisit> {
	const [row] = await db()
		.select({
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
	const state = row.usedOn !== null ? 'used' : row.expiresAt <= now() ? 'expired' : 'open';
	return { state, unit: row.unit, officer: row.officer, service: row.service as ServiceKind | null };
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

/** Forgets the guest book's own numbers after seven days: from then on a visit leads to nobody. */
export async function forgetExternalReferences(): Promise<number> {
	const forgotten = await db()
		.update(visits)
		.set({ externalRef: null })
		.where(and(sql`external_ref is not null`, lt(visits.createdAt, new Date(now().getTime() - REFERENCE_DAYS * DAY))))
		.returning({ id: visits.id });
	return forgotten.length;
}
