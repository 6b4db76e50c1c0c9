import { and, eq, isNull, or, sql } from 'drizzle-orm';
import { localDate, type LocalDate } from '../../calendar/days.ts';
import type { RatingInput } from '../../ratings/schema.ts';
import { LATEST_DAYS } from '../../ratings/vocabulary.ts';
import { now } from '../clock.ts';
import { isUuid } from '../../text/uuid.ts';
import { db } from '../db/index.ts';
import { ratings, visits } from '../db/schema/ratings.ts';
import { officers, places, units } from '../db/schema/units.ts';
import { Invalid, NotFound, type Issue } from '../errors.ts';
import { keyedHex, sha256Hex } from '../keys.ts';

/** Everything a submission is checked against, in one query. */
export type Surroundings = Awaited<ReturnType<typeof lookAround>>;

const DAY = 24 * 60 * 60 * 1000;

export function submissionHash(input: RatingInput): string {
	return keyedHex('submission-hash', input.submission_id, 'rating');
}

/**
 * Hash of what the person said. Left out are the token, which would bind the rating to its visit, and the time of day,
 * which would bind it to a moment: both could be tried out by whoever holds the key.
 */
export function contentHash(input: RatingInput, unitCode: string, day: LocalDate): string {
	const said = [
		unitCode,
		input.officer ?? null,
		input.place ?? null,
		input.service ?? null,
		input.score,
		input.aspects?.courtesy ?? null,
		input.aspects?.speed ?? null,
		input.aspects?.knowledge ?? null,
		[...new Set(input.tags)].sort(),
		input.comment ?? null,
		input.given_at ? day : null
	];
	return keyedHex('content-hash', JSON.stringify(said), 'rating');
}

/** @throws NotFound on a unit that is not there */
export async function lookAround(input: RatingInput, placeId: string | undefined, token: string | undefined) {
	const place = input.place ?? placeId;
	const hasDesk = sql<boolean>`exists (select 1 from ${places} desk where desk.officer_id = ${officers.id}
		and desk.unit_id = ${units.id} and desk.withdrawn_at is null)`;
	const none = sql`false`;
	const [row] = await db()
		.select({
			unit: { id: units.id, code: units.code, timeZone: units.timeZone, active: units.active },
			former: { id: ratings.id, verified: ratings.verified, contentHash: ratings.contentHash },
			officer: { id: officers.id, unitId: officers.unitId, active: officers.active },
			officerHasDesk: hasDesk,
			placeId: places.id,
			visit: {
				unitId: visits.unitId,
				officerId: visits.officerId,
				service: visits.service,
				usedOn: visits.usedOn,
				expiresAt: visits.expiresAt
			}
		})
		.from(units)
		.leftJoin(ratings, eq(ratings.submissionHash, submissionHash(input)))
		.leftJoin(officers, input.officer ? eq(officers.id, input.officer) : none)
		.leftJoin(places, and(eq(places.unitId, units.id), place === undefined ? none : placeCondition(place)))
		.leftJoin(visits, token === undefined ? none : eq(visits.tokenHash, sha256Hex(token)))
		.where(or(eq(units.code, input.unit), eq(units.slug, input.unit)))
		.limit(1);
	if (!row) throw new NotFound(input.unit);
	return row;
}

/** A place is named by its id, or by its printed code, which is no longer good once it was withdrawn. */
function placeCondition(place: string) {
	return isUuid(place) ? eq(places.id, place) : and(eq(places.code, place.toUpperCase()), isNull(places.withdrawnAt));
}

/** The day of the rating in the unit's zone. */
export function dayOf(input: RatingInput, timeZone: string): LocalDate {
	return localDate(input.given_at ? new Date(input.given_at) : now(), timeZone);
}

/** Refuses what can't be accepted; nothing was stored yet. */
export function checkSubmission(input: RatingInput, found: Surroundings, token: string | undefined): void {
	const issues: Issue[] = [];
	const issue = (path: string, code: string) => issues.push({ path, code });
	if (!found.unit.active) issue('unit', 'rating_unit_closed');
	if (token !== undefined) {
		const refusal = refusalOf(found);
		if (refusal) issue('visit_token', refusal);
	}
	const frozen = token === undefined ? null : (found.visit?.officerId ?? null);
	if (input.officer && frozen !== null && frozen !== input.officer) issue('officer', 'rating_officer_of_visit');
	else if (input.officer && frozen === null && !worksHere(found)) issue('officer', 'rating_officer');
	if (input.place && found.placeId === null) issue('place', 'rating_place');
	const age = input.given_at ? now().getTime() - new Date(input.given_at).getTime() : 0;
	if (age > LATEST_DAYS * DAY) issue('given_at', 'rating_given_at_old');
	if (age < 0) issue('given_at', 'rating_given_at_ahead');
	if (issues.length > 0) throw new Invalid(issues);
}

function worksHere({ officer, officerHasDesk, unit }: Surroundings): boolean {
	return officer !== null && officer.active && (officer.unitId === unit.id || officerHasDesk);
}

/** Why a token opens nothing; undefined where it does. */
function refusalOf({ visit, unit }: Surroundings): string | undefined {
	if (!visit) return 'rating_token_unknown';
	if (visit.unitId !== unit.id) return 'rating_token_foreign';
	if (visit.usedOn !== null) return 'rating_token_used';
	return visit.expiresAt <= now() ? 'rating_token_expired' : undefined;
}
