import { m } from '#lib/paraglide/messages.js';
import type { OutboxItem, OutboxList } from '#lib/server/channels/mail-outbox.ts';
import { mailReason } from '#lib/text/mail-reason.ts';

export const listWord = (list: OutboxList): string => m[`letters_list_${list}`]();
export const listHint = (list: OutboxList): string => m[`letters_hint_${list}`]();

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
	email_proof: m.common_email_address
};

/** Text for the reason a mail was not sent. The page also shows the mail server's own text. */
export const reasonWord = (serverText: string): string => m[`letters_reason_${mailReason(serverText)}`]();
