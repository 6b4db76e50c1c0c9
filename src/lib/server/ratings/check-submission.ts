import { eq, sql, type SQL } from 'drizzle-orm';
import type { LocalDate } from '#lib/calendar/days.ts';
import { DAY_MS } from '#lib/calendar/durations.ts';
import type { RatingInput } from '#lib/ratings/schema.ts';
import { SAME_TEXT_DAYS } from '#lib/ratings/signals.ts';
import { LATEST_DAYS } from '#lib/ratings/vocabulary.ts';
import { ago, isTooFarAhead, now } from '#lib/server/clock.ts';
import { isUuid } from '#lib/text/uuid.ts';
import { db } from '#lib/server/db/index.ts';
import { ratings } from '#lib/server/db/schema/ratings.ts';
import { visits } from '#lib/server/db/schema/visits.ts';
import { Invalid, NotFound, type Issue } from '#lib/server/errors.ts';
import { keyedHex, sha256Hex } from '#lib/server/keys.ts';
import { wasInNetwork } from '#lib/server/rate-limits.ts';
import { findUnit, type Unit } from '#lib/server/people/units/find-unit.ts';
import { referenceData } from '#lib/server/reference/reference.ts';

/** Everything that a submission is checked against, loaded by one statement. */
export type SubmissionContext = Awaited<ReturnType<typeof loadSubmissionContext>>;

export const ratingSubmissionHash = (input: Pick<RatingInput, 'submission_id'>): string =>
	keyedHex('submission-hash', input.submission_id, 'rating');

export async function wasSubmitted(submission_id: string): Promise<boolean> {
	return (await db().$count(ratings, eq(ratings.submissionHash, ratingSubmissionHash({ submission_id })))) > 0;
}

/**
 * Keyed hash of the content. It excludes the visit's token and the time of day: somebody with the key could
 * otherwise find them by trying candidates.
 */
export function ratingContentHash(input: RatingInput, unitCode: string, day: LocalDate): string {
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
export async function submissionUnit(name: string): Promise<Unit> {
	const unit = await findUnit(name);
	if (!unit) throw new NotFound(name);
	return unit;
}

/** What `loadSubmissionContext` compares a rating with. */
interface Submission {
	input: RatingInput;
	unit: Unit;
	/** The scanned place, or the place of a tablet. */
	placeId: string | undefined;
	token: string | undefined;
	day: LocalDate;
	commentHash: string | undefined;
	/** Hashes of the browser's address. */
	addresses: readonly string[];
}

export async function loadSubmissionContext(submission: Submission) {
	const { input, unit, token } = submission;
	const { officerById, placeById, placeByCode } = await referenceData();
	const officer = officerById.get(input.officer?.toLowerCase() ?? '') ?? null;
	const name = input.place ?? submission.placeId ?? '';
	// By its id, or by its printed code while it is in use.
	const byCode = placeByCode.get(name.toUpperCase());
	const place = isUuid(name) ? placeById.get(name.toLowerCase()) : byCode?.withdrawnAt === null ? byCode : undefined;
	const [row] = await db()
		.select({
			former: { id: ratings.id, verified: ratings.verified, contentHash: ratings.contentHash },
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
			},
			visitsThatDay: {
				ofOfficer: token === undefined ? NONE : visitsThatDay(sql`other.officer_id = ${visits.officerId}`),
				ofUnit: token === undefined ? NONE : visitsThatDay(sql`other.unit_id = ${visits.unitId}`)
			},
			sameText: sameTextBefore(submission, officer?.id ?? null),
			inNetwork: officer?.accountId ? wasInNetwork(officer.accountId, submission.addresses) : sql<boolean>`false`
		})
		.from(sql`(select 1) submission`)
		.leftJoin(ratings, eq(ratings.submissionHash, ratingSubmissionHash(input)))
		.leftJoin(visits, token === undefined ? sql`false` : eq(visits.tokenHash, sha256Hex(token)));
	if (!row) throw new Error('a statement without a condition returned no row');
	return {
		...row,
		unit,
		officer,
		placeId: place?.unitId === unit.id ? place.id : null
	};
}

/** Replaces a count that is known to be zero, so that the database does not compute it. */
const NONE = sql<number>`0`;

/** How many visits were on the day of the visit, itself included. */
const visitsThatDay = (whose: SQL) =>
	sql<number>`(select count(*)::int from ${visits} other where ${whose} and other.day = ${visits.day})`;

/**
 * Counts earlier ratings of the officer with the same words. If the rating is by a visit's link and the visit has an
 * officer, this officer counts.
 */
function sameTextBefore({ commentHash, day }: Submission, officerId: string | null): SQL<number> {
	if (commentHash === undefined) return NONE;
	return sql<number>`(select count(*)::int from ${ratings} earlier
		where earlier.officer_id = coalesce(${visits.officerId}, ${officerId}) and earlier.comment_hash = ${commentHash}
		and earlier.day >= greatest(${visits.day}, ${day}) - ${SAME_TEXT_DAYS}::int)`;
}

/**
 * Refuses an invalid submission before anything is stored.
 * @param leaveToken the rating does not use the token, so the token may have been used before
 * @param fromTablet a tablet stored the rating and thanked the visitor, so an officer deactivated since then is
 * accepted
 */
export function checkSubmission(
	input: RatingInput,
	found: SubmissionContext,
	token: string | undefined,
	{ leaveToken, fromTablet }: { leaveToken: boolean; fromTablet: boolean }
): void {
	const issues: Issue[] = [];
	const issue = (path: string, code: string) => issues.push({ path, code });
	if (token !== undefined) {
		const problem = tokenProblem(found);
		if (problem) issue('visit_token', problem);
	}
	const visitOfficer = token === undefined ? null : (found.visit?.officerId ?? null);
	if (input.officer && visitOfficer !== null && visitOfficer !== input.officer)
		issue('officer', 'rating_officer_of_visit');
	else if (input.officer && visitOfficer === null && !worksHere(found, fromTablet)) issue('officer', 'rating_officer');
	if (input.place && found.placeId === null) issue('place', 'rating_place');
	const givenAt = input.given_at ? new Date(input.given_at) : now();
	if (givenAt < ago(LATEST_DAYS * DAY_MS)) issue('given_at', 'rating_given_at_old');
	if (isTooFarAhead(givenAt)) issue('given_at', 'rating_given_at_ahead');
	// Checked last: a submission that fails for another reason must not reveal whether a link was used.
	if (issues.length === 0 && isUsed(found, token, leaveToken)) issue('visit_token', 'rating_token_used');
	if (issues.length > 0) throw new Invalid(issues);
}

function worksHere({ officer, unit }: SubmissionContext, fromTablet: boolean): boolean {
	return officer !== null && (officer.active || fromTablet) && officer.unitId === unit.id;
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
