import { eq } from 'drizzle-orm';
import { localDate } from '#lib/calendar/days.ts';
import type { ServiceKind } from '#lib/cases/vocabulary.ts';
import { ratingInput } from '#lib/ratings/schema.ts';
import { heldBy, type Signal } from '#lib/ratings/signals.ts';
import { OVER_BUDGET, type RatingSource, type Score } from '#lib/ratings/vocabulary.ts';
import { checked } from '#lib/server/checked.ts';
import { now } from '#lib/server/clock.ts';
import { transaction, type Tx } from '#lib/server/db/index.ts';
import { ratings } from '#lib/server/db/schema/ratings.ts';
import { Conflict, Invalid } from '#lib/server/errors.ts';
import { sha256Hex } from '#lib/server/keys.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { useToken } from '#lib/server/visits/link.ts';
import { countIn } from './figures/sums.ts';
import { commentFlags, commentHash, signalsOf, UNVERIFIED, visitDoubts, type Sender } from './signals.ts';
import { checkSubmission, contentHash, lookAround, notAhead, submissionHash } from './submission.ts';

/** Sources whose own time is trusted. */
const CLOCKS: readonly RatingSource[] = ['kiosk', 'api'];

/** How a rating arrived, apart from its content. */
export interface RatingContext {
	/** Ignored with a token, which makes it `visit`. */
	source: RatingSource;
	/** The scanned place; ignored if it belongs to another unit. */
	placeId?: string;
	/** The token of the address `/nilai/[token]`; takes precedence over `visit_token`. */
	visitToken?: string;
	/** Signals from the form's page. Some hold the rating until a manager decides; none refuses it. */
	noticed?: readonly Signal[];
	/** The browser that sends it, if any. */
	sender?: Sender;
	/** Whose API token sends it. */
	tokenOf?: Actor;
	/**
	 * Time at which a paired tablet stored it and thanked the visitor. Such a rating may be older than seven days and is not
	 * refused for later changes at the office. The time is an estimate, so it is not part of the content hash.
	 */
	keptSince?: Date;
}

/**
 * Stores a rating (`POST ratings`) once, however often and concurrently it is sent: the keyed hash of its `submission_id` is
 * unique. The day is computed in the unit's zone and never changes. The same transaction marks a visit's token as used, which
 * makes the rating verified unless there are doubts about the visitor (`visitDoubts`). Officer and service of the visit become
 * the rating's. A rating by the office does not use the token.
 *
 * @throws NotFound on an unknown unit
 * @returns `repeated`: the submission was stored before; this is the first answer again
 * @throws Invalid on an officer, place or time that can't be, on a closed unit, and on a token that opens nothing
 * @throws Conflict `submission-reused` if the id was used for other content; it tells nothing of the first
 */
export async function submitRating(raw: unknown, context: RatingContext) {
	const input = checked(ratingInput, raw);
	const token = context.visitToken ?? input.visit_token;
	const found = await lookAround(input, context.placeId, token);
	const told = input.given_at ? new Date(input.given_at) : undefined;
	const givenAt = context.keptSince ?? (told && notAhead(told));
	const dayOf = (moment: Date = now()) => localDate(moment, found.unit.timeZone);
	const said = dayOf(givenAt);
	// Uses the given time, so that a repetition after midnight has the same hash.
	const content = contentHash(input, found.unit.code, dayOf(told));
	// A rating is never dated before its visit.
	const day = found.visit && found.visit.day > said ? found.visit.day : said;
	if (found.former) return repeated(found.former, content);
	const { fromOffice, doubts } = await visitDoubts(found.visit, context);
	checkSubmission(input, found, token, { leaveToken: fromOffice, kept: context.keptSince !== undefined });
	const officerId = found.visit?.officerId ?? input.officer ?? null;
	const hash = commentHash(input.comment);
	const signals = await signalsOf({
		unit: found.unit,
		officerId,
		day,
		sender: context.sender,
		noticed: [...(context.noticed ?? []), ...doubts],
		invited: token !== undefined || found.placeId !== null,
		byVisit: token !== undefined,
		takenAt: CLOCKS.includes(context.source) ? givenAt : undefined,
		commentHash: hash
	});
	const held = heldBy(signals);
	const used = fromOffice ? undefined : token;
	const row = {
		unitId: found.unit.id,
		officerId,
		placeId: found.placeId,
		service: (found.visit?.service as ServiceKind | undefined) ?? input.service ?? null,
		score: input.score as Score,
		courtesy: input.aspects?.courtesy,
		speed: input.aspects?.speed,
		knowledge: input.aspects?.knowledge,
		tags: [...new Set(input.tags)],
		comment: input.comment,
		source: used === undefined ? context.source : 'visit',
		verified: used !== undefined && !doubts.some((doubt) => UNVERIFIED.includes(doubt)),
		day,
		state: held ? 'held' : 'counted',
		stateReason: held && signals.includes(OVER_BUDGET) ? OVER_BUDGET : null,
		signals,
		commentHash: hash,
		commentFlags: await commentFlags(input.comment, found.unit.id),
		submissionHash: submissionHash(input),
		contentHash: content
	} satisfies typeof ratings.$inferInsert;
	return transaction(async (tx) => {
		const [stored] = await tx
			.insert(ratings)
			.values(row)
			.onConflictDoNothing({ target: ratings.submissionHash })
			.returning({ id: ratings.id });
		if (!stored) return repeated(await formerRating(tx, row.submissionHash), content);
		if (used !== undefined && !(await useToken(tx, sha256Hex(used), day))) {
			throw new Invalid([{ path: 'visit_token', code: 'rating_token_used' }]);
		}
		if (row.state === 'counted') await countIn(tx, row);
		return { id: stored.id, verified: row.verified, repeated: false };
	});
}

/** Reads the rating of the faster request. Its transaction has ended; otherwise the insert would still wait. */
async function formerRating(tx: Tx, hash: string) {
	const [former] = await tx.select().from(ratings).where(eq(ratings.submissionHash, hash));
	if (!former) throw new Error('a stored rating was not found again');
	return former;
}

function repeated(former: Pick<typeof ratings.$inferSelect, 'id' | 'verified' | 'contentHash'>, content: string) {
	if (former.contentHash !== content) throw new Conflict('submission-reused');
	return { id: former.id, verified: former.verified, repeated: true };
}
