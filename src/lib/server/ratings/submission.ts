import { and, eq, isNull, or, sql } from 'drizzle-orm';
import type { LocalDate } from '#lib/calendar/days.ts';
import { DAY_MS, MINUTE_MS } from '#lib/calendar/durations.ts';
import type { RatingInput } from '#lib/ratings/schema.ts';
import { LATEST_DAYS } from '#lib/ratings/vocabulary.ts';
import { now } from '#lib/server/clock.ts';
import { isUuid } from '#lib/text/uuid.ts';
import { db } from '#lib/server/db/index.ts';
import { ratings } from '#lib/server/db/schema/ratings.ts';
import { visits } from '#lib/server/db/schema/visits.ts';
import { officers, places, units } from '#lib/server/db/schema/units.ts';
import { Invalid, NotFound, type Issue } from '#lib/server/errors.ts';
import { keyedHex, sha256Hex } from '#lib/server/keys.ts';

/** All rows that a submission is checked against, loaded in one query. */
export type SubmissionContext = Awaited<ReturnType<typeof loadSubmissionContext>>;

/** Milliseconds that another system's clock may be ahead of ours. */
const CLOCK_SKEW = 2 * MINUTE_MS;

export const submissionHash = (input: Pick<RatingInput, 'submission_id'>): string =>
	keyedHex('submission-hash', input.submission_id, 'rating');

export async function wasSubmitted(submission_id: string): Promise<boolean> {
	return (await db().$count(ratings, eq(ratings.submissionHash, submissionHash({ submission_id })))) > 0;
}

/**
 * Keyed hash of the content. It excludes the visit's token and the time of day: somebody with the key could
 * otherwise find them by trying candidates.
 */
export function contentHash(input: RatingInput, unitCode: string, day: LocalDate): string {
	const parts = [
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
	return keyedHex('content-hash', JSON.stringify(parts), 'rating');
}

/** @throws NotFound if the unit does not exist */
export async function loadSubmissionContext(
	input: RatingInput,
	placeId: string | undefined,
	token: string | undefined
) {
	const place = input.place ?? placeId;
	const none = sql`false`;
	const [row] = await db()
		.select({
			unit: { id: units.id, code: units.code, timeZone: units.timeZone, active: units.active, hours: units.hours },
			former: { id: ratings.id, verified: ratings.verified, contentHash: ratings.contentHash },
			officer: { id: officers.id, unitId: officers.unitId, active: officers.active },
			officerHasDesk: sql<boolean>`exists (select 1 from ${places} desk where desk.officer_id = ${officers.id}
				and desk.unit_id = ${units.id} and desk.withdrawn_at is null)`,
			placeId: places.id,
			visit: {
				unitId: visits.unitId,
				officerId: visits.officerId,
				service: visits.service,
				day: visits.day,
				closedAt: visits.closedAt,
				createdBy: visits.createdBy,
				madeByDevice: visits.madeByDevice,
				openedByMaker: visits.openedByMaker,
				openedTooSoon: visits.openedTooSoon,
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

/** Finds a place by its id, or by its printed code while the place is in use. */
function placeCondition(place: string) {
	return isUuid(place) ? eq(places.id, place) : and(eq(places.code, place.toUpperCase()), isNull(places.withdrawnAt));
}

/** Returns the time of a rating, or the current time if it lies in the future. */
export function clampToNow(givenAt: Date): Date {
	const present = now();
	return givenAt > present ? present : givenAt;
}

/**
 * Refuses an invalid submission before anything is stored.
 * @param leaveToken the rating does not use the token, so the token may have been used before
 * @param fromTablet a tablet stored the rating and thanked the visitor, so an office or officer deactivated since then
 * is accepted
 */
export function checkSubmission(
	input: RatingInput,
	found: SubmissionContext,
	token: string | undefined,
	{ leaveToken, fromTablet }: { leaveToken: boolean; fromTablet: boolean }
): void {
	const issues: Issue[] = [];
	const issue = (path: string, code: string) => issues.push({ path, code });
	if (!found.unit.active && !fromTablet) issue('unit', 'rating_unit_closed');
	if (token !== undefined) {
		const problem = tokenProblem(found);
		if (problem) issue('visit_token', problem);
	}
	const visitOfficer = token === undefined ? null : (found.visit?.officerId ?? null);
	if (input.officer && visitOfficer !== null && visitOfficer !== input.officer)
		issue('officer', 'rating_officer_of_visit');
	else if (input.officer && visitOfficer === null && !worksHere(found, fromTablet)) issue('officer', 'rating_officer');
	if (input.place && found.placeId === null) issue('place', 'rating_place');
	const age = input.given_at ? now().getTime() - new Date(input.given_at).getTime() : 0;
	if (age > LATEST_DAYS * DAY_MS) issue('given_at', 'rating_given_at_old');
	if (age < -CLOCK_SKEW) issue('given_at', 'rating_given_at_ahead');
	// Checked last: a submission that fails for another reason must not reveal whether a link was used.
	if (issues.length === 0 && isUsed(found, token, leaveToken)) issue('visit_token', 'rating_token_used');
	if (issues.length > 0) throw new Invalid(issues);
}

function worksHere({ officer, officerHasDesk, unit }: SubmissionContext, fromTablet: boolean): boolean {
	return officer !== null && (officer.active || fromTablet) && (officer.unitId === unit.id || officerHasDesk);
}

/** Whether this rating would use a token that was used before. */
const isUsed = ({ visit }: SubmissionContext, token: string | undefined, leaveToken: boolean): boolean =>
	token !== undefined && !leaveToken && visit !== null && visit.usedOn !== null;

/**
 * Error code of a token that is unknown, of another unit or expired; undefined if the token is valid. It does not check
 * whether the token was used.
 */
function tokenProblem({ visit, unit }: SubmissionContext): string | undefined {
	if (!visit) return 'rating_token_unknown';
	if (visit.unitId !== unit.id) return 'rating_token_foreign';
	return visit.expiresAt <= now() ? 'rating_token_expired' : undefined;
}
