import { and, eq, inArray } from 'drizzle-orm';
import type { Role } from '#lib/cases/vocabulary.ts';
import type { Reader } from '#lib/server/db/index.ts';
import { apiTokens } from '#lib/server/db/schema/people.ts';
import { ratings } from '#lib/server/db/schema/ratings.ts';
import { officers } from '#lib/server/db/schema/units.ts';
import { withUnitsBelow } from '../actor.ts';
import { notInTrial } from '../units/trial.ts';
import { RATING_ROLES, RATING_SCOPE, type AccessChange, type AccessRemoval } from './kinds.ts';
import { unitsHeldSoon, unitsRecentlyLost } from './role-units.ts';

/**
 * Units whose ratings a change would open to an officer whom they rate: the requester is an officer there or below and
 * could use the account that the change concerns. Figures leave out only the ratings of their own reader, so with
 * another account or its token an officer could read their own ratings day by day. Changes by all others, and of the
 * officer's own account while it is linked, open no such ratings.
 */
export async function ratingUnitsConcerned(
	on: Reader,
	change: AccessChange | AccessRemoval,
	requestedBy: string | null
): Promise<string[]> {
	if (requestedBy === null || (change.accountId === requestedBy) !== (change.kind === 'officer_link')) return [];
	const records = await on.select().from(officers).where(eq(officers.accountId, requestedBy));
	if (records.length === 0) return [];
	const found: string[] = [];
	for (const unitId of new Set(await unitsRead(on, change))) {
		const reach = await withUnitsBelow([unitId]);
		// Ratings keep the office that the officer left.
		const ids = records.map(({ id }) => id);
		const rated = records.some((officer) => reach.includes(officer.unitId))
			? undefined
			: inArray(ratings.officerId, ids);
		const [one] = await on
			.select({ id: ratings.id })
			.from(ratings)
			.where(and(inArray(ratings.unitId, reach), notInTrial(ratings.unitId), rated))
			.limit(1);
		if (one) found.push(unitId);
	}
	return found;
}

/** Roles that read ratings, and the one that can give these roles to a third account. */
const managed: readonly Role[] = [...RATING_ROLES, 'admin'];

/** Units whose ratings the account can read after a change, or by the sign-in that it changes. */
async function unitsRead(on: Reader, change: AccessChange | AccessRemoval): Promise<string[]> {
	switch (change.kind) {
		case 'role':
		case 'role_removed':
			return managed.includes(change.role) ? [change.unitId] : [];
		case 'token': {
			const [token] = await on.select().from(apiTokens).where(eq(apiTokens.id, change.tokenId));
			return token?.scopes.includes(RATING_SCOPE) ? [change.unitId] : [];
		}
		case 'officer_link':
			return [change.unitId];
		case 'email': {
			const { accountId } = change;
			return [...(await unitsHeldSoon(on, accountId, managed)), ...(await unitsRecentlyLost(on, accountId, managed))];
		}
		case 'password_link':
		case 'reactivation':
		case 'second_factor_reset':
		case 'switched_off':
			return unitsHeldSoon(on, change.accountId, managed);
		case 'connection':
		case 'officer_linked':
			return [];
	}
}
