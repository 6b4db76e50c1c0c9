import type { EscalationMode, EscalationPurpose, EscalationState } from '#lib/cases/vocabulary.ts';
import { m } from '#lib/paraglide/messages.js';
import { wordOf } from './cases.ts';

const states = wordOf<EscalationState>({
	waiting: m.escalation_state_waiting,
	sending: m.escalation_state_sending,
	sent: m.escalation_state_sent,
	unknown: m.escalation_state_unknown,
	rejected: m.escalation_state_rejected,
	stuck: m.escalation_state_stuck,
	closed: m.escalation_state_closed
});
/** @param mode null if forwards of both modes are meant: the site sends those by API, a person copies the others. */
export function escalationStateWord(state: EscalationState, mode: EscalationMode | null): string {
	if (state !== 'waiting' || mode === 'api') return states(state);
	return mode ? m.escalation_state_waiting_copy() : m.escalation_state_waiting_both();
}
export const escalationPurposeWord = wordOf<EscalationPurpose>({
	record: m.escalation_purpose_record,
	transfer: m.escalation_purpose_transfer
});
export const escalationPurposeHint = wordOf<EscalationPurpose>({
	record: m.escalation_purpose_record_hint,
	transfer: m.escalation_purpose_transfer_hint
});
export const escalationModeWord = wordOf<EscalationMode>({
	manual: m.escalation_mode_manual,
	api: m.escalation_mode_api
});

/** Texts of the institution search box. */
export const institutionBoxWords = () => ({
	find: m.escalation_institution_find(),
	choose: m.escalation_institution_choose(),
	chosen: (id: string) => m.escalation_institution_chosen({ id }),
	nothing: m.escalation_institution_nothing(),
	count: (count: number) => m.escalation_institution_count({ count }),
	more: (count: number) => m.escalation_institution_more({ count })
});
