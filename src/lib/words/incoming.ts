import type { ConversationState, DismissalReason, Outcome } from '#lib/cases/incoming.ts';
import { m } from '#lib/paraglide/messages.js';
import { wordNamed, wordOf } from './cases.ts';

export const conversationStateWord = wordOf<ConversationState>({
	waiting: m.incoming_state_waiting,
	case: m.incoming_state_case,
	referred: m.incoming_state_referred,
	dismissed: m.incoming_state_dismissed
});

export const outcomeWord = wordOf<Outcome>({
	opened: m.incoming_outcome_opened,
	joined: m.incoming_outcome_joined,
	referred: m.incoming_state_referred,
	dismissed: m.incoming_state_dismissed,
	waiting: m.incoming_state_waiting
});

export const dismissalWord = wordOf<DismissalReason>({
	greeting: m.incoming_dismissal_greeting,
	spam: m.incoming_dismissal_spam,
	internal: m.incoming_dismissal_internal,
	handled: m.incoming_dismissal_handled,
	other: m.incoming_dismissal_other
});

const failures: Record<string, () => string> = {
	encrypted: m.incoming_reason_encrypted,
	no_sender: m.incoming_reason_no_sender,
	several_senders: m.incoming_reason_several_senders,
	too_large: m.incoming_reason_too_large,
	too_complex: m.incoming_reason_too_complex,
	unreadable: m.incoming_reason_unreadable,
	gone: m.incoming_reason_gone,
	removed: m.incoming_reason_removed,
	gave_up: m.incoming_reason_gave_up,
	unknown_format: m.incoming_reason_unknown_format,
	token_refused: m.incoming_reason_token_refused,
	not_a_number: m.incoming_reason_not_a_number,
	empty: m.incoming_reason_empty,
	// Signs that a program wrote the message.
	auto_submitted: m.incoming_reason_automatic,
	bulk: m.incoming_reason_bulk,
	list: m.incoming_reason_bulk,
	null_sender: m.incoming_reason_server,
	daemon: m.incoming_reason_server,
	report: m.incoming_reason_server,
	delivery_report: m.incoming_reason_server,
	own_address: m.incoming_reason_own_address,
	invitation: m.incoming_reason_invitation,
	system: m.incoming_reason_system
};

/** Why a message was not processed: a fault, or the sign that a program wrote it. */
export function failureWord(code: string | null): string {
	return wordNamed(failures, code) ?? m.incoming_reason_other({ code: code ?? '–' });
}

/** The sender of a message: name and address, or the address alone. null: withheld, undefined: destroyed. */
export function senderWords(sender: { name: string | null; address: string } | null | undefined): string {
	if (!sender) return sender === null ? m.incoming_withheld() : '–';
	return sender.name && sender.name !== sender.address ? `${sender.name} · ${sender.address}` : sender.address;
}
