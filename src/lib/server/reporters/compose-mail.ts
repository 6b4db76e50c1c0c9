import { formatDateTime, formatDay } from '#lib/calendar/format.ts';
import { baseLocale, type Locale } from '#lib/paraglide/runtime.js';
import type { LocalDate } from '#lib/calendar/days.ts';
import { m } from '#lib/paraglide/messages.js';
import { promisedDate } from '#lib/words/clock.ts';

/** Occasions of an e-mail to a reporter. */
export const REPORTER_MAIL_KINDS = [
	'received',
	'split',
	'message',
	'question',
	'reminder',
	'answered',
	'final',
	'transferred',
	'archived',
	'objection_declined',
	'reopened',
	'due_changed',
	'receipt_renewed',
	'data_decided',
	'contact_link',
	'contact_recorded',
	'breach'
] as const;
export type ReporterMailKind = (typeof REPORTER_MAIL_KINDS)[number];

/** What an e-mail is about. */
export interface Occasion {
	kind: ReporterMailKind;
	/** The date of `mail_date_<kind>`: the deadline of the next step, or the time of the event (`OF_PAST_EVENT`). */
	by?: Date | LocalDate | null;
	/** `by` may still move. */
	provisional?: boolean;
	/** Archived because the reporter did not reply. The report may still be completed. */
	incomplete?: boolean;
	/** `by` is the deadline of the solution, because the office has given its first reply. */
	untilSolution?: boolean;
	/** The link that confirms a new contact. */
	link?: string;
	/** The reporter writes by e-mail. */
	byEmail?: ByEmail;
}

/** Further content for a reporter who writes by e-mail: placeholders that are filled in when the e-mail is sent. */
interface ByEmail {
	/** The text of the office. */
	text?: string;
	/** The one-time link to the receipt. */
	receiptLink?: string;
}

/** Facts for every e-mail. The only one about the report is its number. */
export interface MailFacts {
	reference: string;
	office: { name: string; zone: string };
	/** The office's closing line. */
	closing?: string;
	/** Replies reach the office's mailbox. */
	acceptsReplies: boolean;
	/** The site's address, without a slash at the end. */
	origin: string;
	/** Link to unsubscribe. An e-mail to a former address has none: the links to it have expired. */
	unsubscribeLink?: string;
}

/** E-mails about the end of the handling. They also name other bodies, such as the Ombudsman. */
const CLOSING_MAILS: readonly ReporterMailKind[] = ['final', 'archived', 'objection_declined'];

/** The date in these is the time of the event, and not a deadline. */
export const OF_PAST_EVENT: readonly ReporterMailKind[] = ['transferred', 'data_decided', 'contact_recorded', 'breach'];

/**
 * Composes an e-mail to the reporter of a case: the number, the office, the event, the deadline, and how to read more.
 */
export function composeReporterMail(
	{ kind, by, provisional = false, incomplete, untilSolution, link, byEmail }: Occasion,
	{ reference, office, closing, acceptsReplies, origin, unsubscribeLink }: MailFacts,
	language: Locale
): { subject: string; body: string } {
	const locale = { locale: language };
	const inLanguage = (address: string) => (language === baseLocale ? address : `${address}?lang=${language}`);
	const date = typeof by === 'string' ? formatDay(by, language) : by && formatDateTime(by, office.zone, language);
	const usual = untilSolution ? m.mail_date_due_changed : kind !== 'receipt_renewed' && m[`mail_date_${kind}`];
	const deadline = incomplete ? m.mail_date_archived_incomplete : usual;
	const factLines = [
		m.mail_number({ reference }, locale),
		m.mail_office({ office: office.name }, locale),
		date && deadline && deadline({ date: promisedDate(date, provisional, locale) }, locale)
	];
	const footer = [
		byEmail ? m.mail_by_email({}, locale) : m.mail_automatic({}, locale),
		!acceptsReplies && m.mail_unread({}, locale),
		unsubscribeLink && m.mail_stop({ link: inLanguage(unsubscribeLink) }, locale)
	];
	const paragraphs = [
		m.mail_greeting({}, locale),
		m[`mail_lead_${kind}`]({}, locale),
		byEmail?.text,
		joined(factLines, '\n'),
		kind === 'contact_link' && m.mail_confirm_contact_link({ link: link ? inLanguage(link) : '…' }, locale),
		byEmail?.receiptLink && m.mail_receipt_link({ link: inLanguage(byEmail.receiptLink) }, locale),
		acceptsReplies && m.mail_reply({}, locale),
		m.mail_how_to_open({ link: inLanguage(`${origin}/lacak`) }, locale),
		CLOSING_MAILS.includes(kind) && m.mail_complain_elsewhere({}, locale),
		closing,
		`--\n${joined(footer, '\n')}`
	];
	const subject = m[`mail_subject_${kind}`]({ reference }, locale);
	return { subject, body: `${joined(paragraphs, '\n\n')}\n` };
}

/** Joins the parts that are present. */
const joined = (parts: readonly (string | false | null | undefined)[], separator: string) =>
	parts.filter(Boolean).join(separator);
