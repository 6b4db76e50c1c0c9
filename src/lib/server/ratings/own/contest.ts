import { contestInput } from '#lib/ratings/schema.ts';
import { checked } from '#lib/server/checked.ts';
import { now } from '#lib/server/clock.ts';
import { transaction } from '#lib/server/db/index.ts';
import { ratingContests } from '#lib/server/db/schema/ratings.ts';
import { Conflict, NotFound } from '#lib/server/errors.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { recordChange } from '#lib/server/people/audit.ts';
import { batchesOut, ratedPerson } from './batches.ts';
import { shownComments } from './comments.ts';

/**
 * An officer objects to a comment on the own page, once and with words of their own. A manager decides; what the officer
 * may know of the rating does not grow by it.
 *
 * @throws NotFound on a comment that is not shown to this officer, Conflict where it was contested before
 */
export async function contestComment(actor: Actor, raw: unknown): Promise<void> {
	const { comment: handle, words } = checked(contestInput, raw);
	const me = actor.officerId === null ? undefined : await ratedPerson(actor.officerId);
	if (!me) throw new NotFound(handle);
	const shown = (await shownComments(me.id, await batchesOut(me))).flat();
	const comment = shown.find((each) => each.handle === handle);
	if (!comment) throw new NotFound(handle);
	await transaction(async (tx) => {
		const [contest] = await tx
			.insert(ratingContests)
			.values({ ratingId: comment.ratingId, officerId: me.id, words, contestedAt: now(), state: 'pending' })
			.onConflictDoNothing({ target: ratingContests.ratingId })
			.returning({ id: ratingContests.id });
		if (!contest) throw new Conflict('invalid-move', { reason: 'rating_contested' });
		await recordChange(tx, actor, { unitId: me.unitId, action: 'rating.contested', subject: contest.id });
	});
}
