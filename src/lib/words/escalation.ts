import type { EscalationMode, EscalationPurpose, EscalationState } from '#lib/cases/vocabulary.ts';
import { m } from '#lib/paraglide/messages.js';
import type { Words } from './cases.ts';

const escalationStates: Words<EscalationState> = {
	waiting: m.escalation_state_waiting,
	sending: m.escalation_state_sending,
	sent: m.escalation_state_sent,
	unknown: m.escalation_state_unknown,
	rejected: m.escalation_state_rejected,
	stuck: m.escalation_state_stuck,
	closed: m.escalation_state_closed
};
const escalationPurposes: Words<EscalationPurpose> = {
	record: m.escalation_purpose_record,
	transfer: m.escalation_purpose_transfer
};
const escalationPurposeHints: Words<EscalationPurpose> = {
	record: m.escalation_purpose_record_hint,
	transfer: m.escalation_purpose_transfer_hint
};
const escalationModes: Words<EscalationMode> = { manual: m.escalation_mode_manual, api: m.escalation_mode_api };

export const escalationStateWord = (state: EscalationState) => escalationStates[state]();
export const escalationPurposeWord = (purpose: EscalationPurpose) => escalationPurposes[purpose]();
export const escalationPurposeHint = (purpose: EscalationPurpose) => escalationPurposeHints[purpose]();
export const escalationModeWord = (mode: EscalationMode) => escalationModes[mode]();
