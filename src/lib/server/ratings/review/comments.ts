import { eq } from 'drizzle-orm';
import type { CommentFlag } from '#lib/ratings/screening.ts';
import { transaction } from '#lib/server/db/index.ts';
import { ratings } from '#lib/server/db/schema/ratings.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { recordChange } from '#lib/server/people/audit.ts';
import { lockedRating } from '../moves.ts';

const HIDDEN: CommentFlag[] = ['manager'];

/**
 * Lets the officer read a comment that was flagged, or hides one again. Its words stay what they are; the log says what it
 * was flagged for, never what it says.
 *
 * @throws NotFound as `lockedRating`
 */
export async function showComment(actor: Actor, id: string, shown: boolean): Promise<void> {
	await transaction(async (tx) => {
		const rating = await lockedRating(tx, actor, id);
		const flags = shown ? [] : HIDDEN;
		await tx.update(ratings).set({ commentFlags: flags }).where(eq(ratings.id, rating.id));
		await recordChange(tx, actor, {
			unitId: rating.unitId,
			action: shown ? 'rating.comment_shown' : 'rating.comment_hidden',
			subject: rating.id,
			before: { flags: rating.commentFlags },
			after: { flags }
		});
	});
}
