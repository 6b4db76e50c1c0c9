import { m } from '#lib/paraglide/messages.js';

const steps: Record<string, () => string> = {
	upload: m.escalation_step_upload,
	create: m.escalation_step_create,
	lookup: m.escalation_step_lookup,
	followup: m.escalation_step_followup,
	detail: m.escalation_step_detail,
	followups: m.escalation_step_followups
};
const outcomes: Record<string, () => string> = {
	uploaded: m.escalation_outcome_uploaded,
	accepted: m.escalation_outcome_accepted,
	sent: m.escalation_outcome_sent,
	not_sent: m.escalation_outcome_not_sent,
	retry: m.escalation_outcome_retry,
	rejected: m.escalation_outcome_rejected,
	refused: m.escalation_outcome_refused,
	halted: m.escalation_outcome_halted,
	unknown: m.escalation_outcome_unknown,
	found: m.escalation_outcome_found,
	absent: m.escalation_outcome_absent,
	unclear: m.escalation_outcome_unclear,
	gone: m.escalation_outcome_gone
};

export const stepWord = (step: string): string => steps[step]?.() ?? step;

export function outcomeWord(outcome: string | null): string {
	if (outcome?.startsWith('late_')) return m.escalation_outcome_late();
	return outcomes[outcome ?? '']?.() ?? '–';
}

const followupStates: Record<string, () => string> = {
	waiting: m.escalation_followup_waiting,
	sending: m.escalation_state_sending,
	sent: m.escalation_state_sent,
	unknown: m.escalation_followup_unknown,
	rejected: m.escalation_followup_rejected
};
export function followupStateWord(state: string, byHand: boolean): string {
	if (byHand && state === 'waiting') return m.escalation_followup_waiting_manual();
	return followupStates[state]?.() ?? state;
}

const leftOut: Record<string, () => string> = {
	too_large: m.escalation_left_too_large,
	file_missing: m.escalation_left_file_missing,
	unreadable: m.escalation_left_without_id
};

/** Reason why a file is not sent: our own reason code in words, or LAPOR's text. */
export const leftOutWord = (why: string): string => leftOut[why]?.() ?? m.escalation_left_refused({ text: why });
