import type { EscalationState } from './vocabulary.ts';

/** States of a forward whose report LAPOR does not have yet. */
export const UNSENT_FORWARDS: readonly EscalationState[] = ['waiting', 'sending', 'stuck'];
