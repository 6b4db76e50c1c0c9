import type { CaseKind, CaseStatus, Category } from './vocabulary.ts';

/** `same`: the verb is allowed and keeps the status. `back`: return to the status before this one. */
type Targets = Partial<Record<CaseStatus, CaseStatus | 'same' | 'back'>>;

/**
 * The table of allowed moves. Every other move is a conflict. `answer` and `escalate` on `received` are conflicts, because a
 * report must be verified before it is answered. A move in the table can need more than the status: see `mayEscalate`.
 */
const MOVES = {
	verify: { received: 'verified' },
	assign: { received: 'same', verified: 'in_progress', in_progress: 'same', needs_info: 'same' },
	answer: { verified: 'in_progress', in_progress: 'same' },
	escalate: { verified: 'in_progress', in_progress: 'same', needs_info: 'same', answered: 'same', closed: 'same' },
	ask: { received: 'needs_info', verified: 'needs_info', in_progress: 'needs_info' },
	give_info: { needs_info: 'back' },
	publish_answer: { in_progress: 'answered' },
	accept: { answered: 'closed' },
	turn_over: { answered: 'closed' },
	dispute: { answered: 'in_progress', closed: 'in_progress' },
	archive: { received: 'archived', verified: 'archived', in_progress: 'archived', needs_info: 'archived' },
	reopen: { archived: 'back' },
	decline_objection: { archived: 'same' },
	// From `answered` and `closed` only for a case that is at another agency and moves on to a third.
	transfer: {
		verified: 'answered',
		in_progress: 'answered',
		needs_info: 'answered',
		answered: 'same',
		closed: 'answered'
	},
	return_to_office: { answered: 'in_progress', closed: 'in_progress' },
	classify: { verified: 'same', in_progress: 'same', needs_info: 'same' },
	hand_over: { received: 'same', verified: 'same', in_progress: 'same', needs_info: 'same' },
	split: { received: 'same', verified: 'same', in_progress: 'same', needs_info: 'same' }
} satisfies Record<string, Targets>;

/** A change to a case. */
export type Move = keyof typeof MOVES;
const moves: Readonly<Record<Move, Targets>> = MOVES;
export const ALL_MOVES = Object.keys(MOVES) as Move[];

/**
 * Returns the status after a move, or undefined if it is not allowed. `back` is the status before `needs_info` or
 * `archived`.
 */
export function target(move: Move, from: CaseStatus, back: CaseStatus | null): CaseStatus | undefined {
	const to = moves[move][from];
	if (to === 'same') return from;
	if (to === 'back') return back ?? undefined;
	return to;
}

/** Whether the move is in the table for this status. */
export function allows(move: Move, from: CaseStatus): boolean {
	return from in moves[move];
}

/** Statuses in which the office still has work to do. */
export const OPEN_STATUSES: readonly CaseStatus[] = ['received', 'verified', 'in_progress', 'needs_info'];
/** Open, or answered but not yet closed: the reporter may still score or object. */
export const ONGOING_STATUSES: readonly CaseStatus[] = [...OPEN_STATUSES, 'answered'];

/**
 * Whether an answer or archiving of this kind needs a second person. Others may be verified, assigned and answered in
 * one step.
 */
export function needsSecondPerson(kind: CaseKind): boolean {
	return kind === 'complaint';
}

/** Whether a report of this kind and category may be verified, assigned and answered in one step. */
export const mayAnswerDirectly = ({ kind, category }: { kind: CaseKind; category: Category | null }): boolean =>
	!needsSecondPerson(kind) && category !== 'integrity';

/** Whether a report is not verified yet, also while a question about it is open. */
export const isUnverified = ({
	status,
	returnStatus
}: {
	status: CaseStatus;
	returnStatus: CaseStatus | null;
}): boolean => (status === 'needs_info' ? returnStatus : status) === 'received';

/** Whether a report may be forwarded now, as far as its status tells. */
export const mayEscalate = (row: { status: CaseStatus; returnStatus: CaseStatus | null }): boolean =>
	allows('escalate', row.status) && !isUnverified(row);

/** How often a reporter may say "not satisfied" before the supervisor's answer is final. */
const DISPUTES_BEFORE_FINAL = 2;

/** Whether the newest answer, or the next one of an open case, is final. Only a supervisor may write it. */
export const isAnswerFinal = ({ disputes }: { disputes: number }): boolean => disputes >= DISPUTES_BEFORE_FINAL;

/** Whether the office has answered, also if the case was closed since. */
export const isAnswered = (status: CaseStatus): boolean => status === 'answered' || status === 'closed';

/** A score up to this one means that the reporter is not satisfied. */
export const GREATEST_DISPUTING_SCORE = 2;
