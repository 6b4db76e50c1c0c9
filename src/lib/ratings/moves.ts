import type { RatingState } from './vocabulary.ts';

export const RATING_MOVES = ['keep', 'void', 'restore'] as const;
export type RatingMove = (typeof RATING_MOVES)[number];

/** All allowed moves of a stored rating. */
const MOVES: Record<RatingMove, { from: readonly RatingState[]; to: RatingState }> = {
	/** From `counted`: it was reviewed and still counts. */
	keep: { from: ['held', 'counted'], to: 'counted' },
	void: { from: ['counted', 'held'], to: 'voided' },
	restore: { from: ['voided'], to: 'counted' }
};

/** The state after `move`; undefined if the present state does not allow it. */
export function stateAfter(move: RatingMove, present: RatingState): RatingState | undefined {
	return MOVES[move].from.includes(present) ? MOVES[move].to : undefined;
}

/**
 * Result of a decision. `proposed`: others must agree first. `withdrawn`: it closed a proposal and changed nothing
 * else. `figures`: the figures changed. `noted`: it was logged and the figures did not change.
 */
export const OUTCOMES = ['proposed', 'withdrawn', 'figures', 'noted'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** The state of a rating after the move. */
export const outcomeOf = (move: RatingMove): RatingState => MOVES[move].to;

/** Moves allowed in this state, in the order of the table. */
export function movesFrom(present: RatingState): RatingMove[] {
	return RATING_MOVES.filter((move) => MOVES[move].from.includes(present));
}

/** Up to this score only the parent unit may exclude a rating, so that an office cannot remove its own low ratings. */
export const GUARDED_SCORE = 2;

/** Whether `move` excludes a rating with a score that only the parent unit may exclude. */
export function isGuarded(move: RatingMove, score: number): boolean {
	return move === 'void' && score <= GUARDED_SCORE;
}
