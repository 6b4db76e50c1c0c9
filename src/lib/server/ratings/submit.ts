import { requireOpen } from '#lib/server/people/units/find-unit.ts';
import { eq, getTableColumns, sql, type Placeholder } from 'drizzle-orm';
import { localDate } from '#lib/calendar/days.ts';
import type { ServiceKind } from '#lib/cases/vocabulary.ts';
import { ratingInput } from '#lib/ratings/schema.ts';
import { holdsRating, type Signal } from '#lib/ratings/signals.ts';
import { OVER_BUDGET, type RatingSource, type Score } from '#lib/ratings/vocabulary.ts';
import { checked } from '#lib/server/checked.ts';
import { clampToNow, now } from '#lib/server/clock.ts';
import {
	builtOnce,
	db,
	transaction,
	withoutDeadlock,
	type Database,
	type Reader,
	type Tx
} from '#lib/server/db/index.ts';
import { ratings } from '#lib/server/db/schema/ratings.ts';
import { env } from '#lib/server/env.ts';
import { Conflict, invalid } from '#lib/server/errors.ts';
import { sha256Hex } from '#lib/server/keys.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { useToken } from '#lib/server/visits/link.ts';
import { countedValues, countingOnce } from './figures/sums.ts';
import { commentFlags, commentHash, signalsOf, UNVERIFIED, visitDoubts, type Sender } from './compute-signals.ts';
import {
	checkSubmission,
	loadSubmissionContext,
	ratingContentHash,
	ratingSubmissionHash,
	submissionUnit
} from './check-submission.ts';

/** Sources whose `given_at` is trusted. */
const TRUSTED_CLOCKS: readonly RatingSource[] = ['kiosk', 'api'];

/** How a rating arrived, apart from its content. */
export interface RatingContext {
	/** With a valid token the rating's source becomes `visit` instead, unless the office itself sends the rating. */
	source: RatingSource;
	/** The scanned place; ignored if it belongs to another unit. */
	placeId?: string;
	/** The token in the address `/nilai/[token]`; it takes precedence over `visit_token`. */
	visitToken?: string;
	/** Signals found before the submission, such as `over_budget`. Some hold the rating; none refuses it. */
	noticed?: readonly Signal[];
	sender?: Sender;
	/** The signed-in person who fills in the form. At an office in trial only they may. */
	visitor?: Actor | null;
	/** The owner of the API token that sends the rating. */
	tokenOf?: Actor;
	/**
	 * Time at which a paired tablet stored the rating and thanked the visitor. Such a rating may be older than seven
	 * days, and later changes at the office do not refuse it. The time is an estimate, so it is not part of the content
	 * hash.
	 */
	storedOnTabletAt?: Date;
}

/**
 * Stores a rating (`POST ratings`) exactly once, even if it is sent repeatedly and concurrently: the keyed hash of
 * `submission_id` is unique. The date is computed in the unit's time zone and never changes.
 * With a visit's token, the same transaction marks the token as used. Officer and service of the visit become those of
 * the rating, and the rating is verified unless `visitDoubts` finds a signal in `UNVERIFIED`. A rating sent by the
 * office itself does not use the token.
 * @returns `repeated`: the submission was stored before, and the first result is returned again
 * @throws NotFound if the unit does not exist · OfficeClosed
 * @throws Invalid on an officer, place or time that is not allowed or an invalid token
 * @throws Conflict `submission-reused` if the id was used for other content; the error reveals nothing of the first
 * rating
 */
export async function submitRating(raw: unknown, context: RatingContext) {
	const input = checked(ratingInput, raw);
	const token = context.visitToken ?? input.visit_token;
	const unit = await submissionUnit(input.unit);
	const sentTime = input.given_at ? new Date(input.given_at) : undefined;
	const givenAt = context.storedOnTabletAt ?? (sentTime && clampToNow(sentTime));
	const dayOf = (moment: Date = now()) => localDate(moment, unit.timeZone);
	const givenDay = dayOf(givenAt);
	// Uses the sent time, so that a retry after midnight has the same hash.
	const content = ratingContentHash(input, unit.code, dayOf(sentTime));
	const hash = commentHash(input.comment);
	const found = await loadSubmissionContext({
		input,
		unit,
		token,
		day: givenDay,
		commentHash: hash,
		placeId: context.placeId,
		addresses: context.sender?.addresses ?? []
	});
	// A rating is never dated before its visit.
	const day = found.visit && found.visit.day > givenDay ? found.visit.day : givenDay;
	if (found.former) return repeated(found.former, content);
	// A tablet thanked the visitor when the office was still open. One that never was can't have thanked anybody.
	const tabletThanked = context.storedOnTabletAt !== undefined && unit.state === 'closed';
	if (!tabletThanked) await requireOpen(unit, context.visitor);
	const { fromOffice, doubts } = await visitDoubts(found, context);
	checkSubmission(input, found, token, { leaveToken: fromOffice, fromTablet: context.storedOnTabletAt !== undefined });
	const officerId = found.visit?.officerId ?? found.officer?.id ?? null;
	const signals = await signalsOf({
		found,
		officerId,
		sender: context.sender,
		noticed: [...(context.noticed ?? []), ...doubts],
		invited: token !== undefined || found.placeId !== null,
		byVisit: token !== undefined,
		trustedTime: TRUSTED_CLOCKS.includes(context.source) ? givenAt : undefined
	});
	const held = env().LIMITS && holdsRating(signals);
	const used = fromOffice ? undefined : token;
	const row = {
		unitId: unit.id,
		officerId,
		placeId: found.placeId,
		service: (found.visit?.service as ServiceKind | undefined) ?? input.service ?? null,
		score: input.score as Score,
		courtesy: input.aspects?.courtesy ?? null,
		speed: input.aspects?.speed ?? null,
		knowledge: input.aspects?.knowledge ?? null,
		tags: [...new Set(input.tags)],
		comment: input.comment ?? null,
		source: used === undefined ? context.source : 'visit',
		verified: used !== undefined && !doubts.some((doubt) => UNVERIFIED.includes(doubt)),
		day,
		state: held ? 'held' : 'counted',
		stateReason: held && signals.includes(OVER_BUDGET) ? OVER_BUDGET : null,
		signals,
		commentHash: hash ?? null,
		commentFlags: await commentFlags(input.comment, unit.id),
		submissionHash: ratingSubmissionHash(input),
		contentHash: content
	} satisfies NewRating;
	const values = { ...row, ...(await countedValues(row, !held)) };
	const store = async (on: Reader, storing: ReturnType<typeof storingOn>) => {
		const [stored] = await storing.execute(values);
		if (!stored) return repeated(await formerRating(on, row.submissionHash), content);
		return { id: stored.id, verified: row.verified, repeated: false };
	};
	if (used === undefined) return withoutDeadlock(() => store(db(), storing()));
	return transaction(async (tx) => {
		const stored = await store(tx, storingOn(tx));
		if (!stored.repeated && !(await useToken(tx, sha256Hex(used), day)))
			throw invalid('visit_token', 'rating_token_used');
		return stored;
	});
}

/** Columns that a new rating does not set. */
const UNSET = ['id', 'stateBy', 'decidedLate'] as const;
/** Has each of the other columns, because the prepared statement needs a value for each. */
type NewRating = Omit<Required<typeof ratings.$inferInsert>, (typeof UNSET)[number]>;
const GIVEN = Object.keys(getTableColumns(ratings)).filter((name) => !UNSET.some((unset) => unset === name));
const PLACEHOLDERS = Object.fromEntries(GIVEN.map((name) => [name, sql.placeholder(name)]));

/**
 * The statement that stores a rating and counts it, so that other ratings of the officer wait for nothing but this
 * statement. It returns no row if the submission is stored already.
 */
function storingOn(on: Database | Tx) {
	const inserting = on.insert(ratings).values(PLACEHOLDERS as Record<keyof typeof ratings.$inferInsert, Placeholder>);
	const stored = on
		.$with('stored')
		.as(inserting.onConflictDoNothing({ target: ratings.submissionHash }).returning({ id: ratings.id }));
	const parts = [stored, ...countingOnce(on, sql`${stored}`)] as const;
	return on
		.with(...parts)
		.select({ id: stored.id })
		.from(stored)
		.prepare('store_rating');
}
const storing = builtOnce(storingOn);

/** Reads the rating of a concurrent request. It is committed, because the insert waited for it. */
async function formerRating(on: Reader, hash: string) {
	const [former] = await on.select().from(ratings).where(eq(ratings.submissionHash, hash));
	if (!former) throw new Error('a stored rating was not found again');
	return former;
}

function repeated(former: Pick<typeof ratings.$inferSelect, 'id' | 'verified' | 'contentHash'>, content: string) {
	if (former.contentHash !== content) throw new Conflict('submission-reused');
	return { id: former.id, verified: former.verified, repeated: true };
}
