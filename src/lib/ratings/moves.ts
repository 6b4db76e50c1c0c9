import type { RatingState } from '#lib/ratings/vocabulary.ts';

export const RATING_MOVES = ['void', 'restore', 'hold', 'keep'] as const;
export type RatingMove = (typeof RATING_MOVES)[number];

/** The one table of what may become of a rating once it is stored. */
const MOVES: Record<RatingMove, { from: readonly RatingState[]; to: RatingState }> = {
	void: { from: ['counted', 'held'], to: 'voided' },
	restore: { from: ['voided'], to: 'counted' },
	hold: { from: ['counted'], to: 'held' },
	keep: { from: ['held'], to: 'counted' }
};

/** The state after `move`; undefined where the present one does not admit it. */
export function stateAfter(move: RatingMove, present: RatingState): RatingState | undefined {
	return MOVES[move].from.includes(present) ? MOVES[move].to : undefined;
}

/** The moves that a rating in this state admits, in the order of the table. */
export function movesFrom(present: RatingState): RatingMove[] {
	return RATING_MOVES.filter((move) => MOVES[move].from.includes(present));
}
