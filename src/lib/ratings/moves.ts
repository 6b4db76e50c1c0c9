import type { RatingState } from './vocabulary.ts';

export const RATING_MOVES = ['void', 'restore', 'hold', 'keep'] as const;
export type RatingMove = (typeof RATING_MOVES)[number];

/** The one table of what may become of a rating once it is stored. */
const MOVES: Record<RatingMove, { from: readonly RatingState[]; to: RatingState }> = {
	void: { from: ['counted', 'held'], to: 'voided' },
	restore: { from: ['voided'], to: 'counted' },
	hold: { from: ['counted'], to: 'held' },
	/** A counted rating was reviewed and still counts. */
	keep: { from: ['held', 'counted'], to: 'counted' }
};

/** The state after `move`; undefined if the present one does not admit it. */
export function stateAfter(move: RatingMove, present: RatingState): RatingState | undefined {
	return MOVES[move].from.includes(present) ? MOVES[move].to : undefined;
}

/**
 * What a decision came to: others have to agree first, a proposal ended and nothing else changed, the figures moved, or it
 * was noted and they stand as they stood.
 */
export const OUTCOMES = ['proposed', 'withdrawn', 'figures', 'noted'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** What a rating is after the move, whatever it was before. */
export const outcomeOf = (move: RatingMove): RatingState => MOVES[move].to;

/** The moves that a rating in this state admits, in the order of the table. */
export function movesFrom(present: RatingState): RatingMove[] {
	return RATING_MOVES.filter((move) => MOVES[move].from.includes(present));
}

/** Scores that only the parent unit takes out of the figures: nobody clears the own office of its low ones. */
export const GUARDED_SCORE = 2;

/** Whether `move` takes a rating of this score out of the figures in a way that the parent unit decides. */
export function isGuarded(move: RatingMove, score: number): boolean {
	return (move === 'void' || move === 'hold') && score <= GUARDED_SCORE;
}
