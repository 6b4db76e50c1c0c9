import { m } from '#lib/paraglide/messages.js';
import type { OutboxItem, OutboxList } from '#lib/server/channels/mail-outbox.ts';
import { mailReason, type MailReason } from '#lib/text/mail-reason.ts';

export const listWords: Record<OutboxList, () => string> = {
	waiting: m.letters_list_waiting,
	failed: m.letters_list_failed,
	unknown: m.letters_list_unknown,
	sent: m.letters_list_sent,
	withdrawn: m.letters_list_withdrawn
};

export const listHints: Record<OutboxList, () => string> = {
	waiting: m.letters_hint_waiting,
	failed: m.letters_hint_failed,
	unknown: m.letters_hint_unknown,
	sent: m.letters_hint_sent,
	withdrawn: m.letters_hint_withdrawn
};

export const kindWords: Record<OutboxItem['kind'], () => string> = {
	reporter: m.letters_kind_reporter,
	conversation: m.incoming_mail_kind,
	notice: m.letters_kind_notice,
	digest: m.letters_kind_digest,
	log_head: m.audit_mail_kind,
	test: m.letters_trial,
	invitation: m.access_what_password_link,
	password_link: m.access_what_password_link,
	password_reset: m.login_forgotten_title,
	email_proof: m.account_email_title
};

const reasons: Record<MailReason, () => string> = {
	unreachable: m.letters_reason_unreachable,
	slow: m.letters_reason_slow,
	later: m.letters_reason_later,
	sign_in: m.letters_reason_sign_in,
	address: m.letters_reason_address,
	full: m.letters_reason_full,
	policy: m.letters_reason_policy,
	cut: m.letters_reason_cut,
	died: m.letters_reason_died,
	other: m.letters_reason_other
};

/** Text for the reason a mail was not sent. The page also shows the mail server's own text. */
export const reasonWord = (serverText: string): string => reasons[mailReason(serverText)]();
