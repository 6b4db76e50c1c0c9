import { m } from '#lib/paraglide/messages.js';
import type { LocalDate } from '#lib/calendar/days.ts';

/** The day from which the present text is in force. A changed text needs a new day (see `notice.spec.ts`). */
export const NOTICE_DATE: LocalDate = '2026-11-28';

type Message = (inputs?: Record<string, never>, options?: { locale?: 'id' | 'en' }) => string;

/** A sentence of /privasi. `proof`: the file below `src` and the name of the test that shows that it is true. */
export interface Sentence {
	words: Message;
	proof: readonly [file: string, test: string];
}

const SERVER = 'lib/server';
const KEPT = `${SERVER}/privacy/notice/kept-data.spec.ts`;
const VISITS = `${SERVER}/visits/visits.db.spec.ts`;
const MAILS = `${SERVER}/reporters/reporter-mails.db.spec.ts`;
const OPENED = `${SERVER}/cases/open-case.db.spec.ts`;
const CONSENTS = `${SERVER}/cases/consents.db.spec.ts`;
const REQUESTS = `${SERVER}/privacy/requests/requests.db.spec.ts`;
const FILES = `${SERVER}/attachments`;

const says = (words: Message, file: string, test: string): Sentence => ({ words, proof: [file, test] });

/** What /privasi says. Only what the code keeps may stand here, so each sentence names the test that proves it. */
export const NOTICE: readonly { title: Message; sentences: readonly Sentence[] }[] = [
	{
		title: m.privacy_say_rating_title,
		sentences: [
			says(m.privacy_say_rating_stored, KEPT, 'a rating stores what the notice lists, and nothing else'),
			says(
				m.privacy_say_rating_not,
				`${SERVER}/ratings/signals.db.spec.ts`,
				'a stored rating contains neither the sender’s address nor the device'
			),
			says(
				m.privacy_say_rating_batches,
				`${SERVER}/ratings/own/own-ratings.db.spec.ts`,
				'a batch is released whole one week after its third day, without day, time, order or score'
			),
			says(m.privacy_say_survey, KEPT, 'a survey form stores what the notice lists, and nothing else'),
			says(m.privacy_say_visit_stored, KEPT, 'a visit stores what the notice lists, and nothing else'),
			says(
				m.privacy_say_visit_reference,
				VISITS,
				'the external reference is deleted after seven days, and the token is never stored'
			),
			says(
				m.privacy_say_visit_used,
				VISITS,
				'a repeated submission gets the first result, and rating and visit cannot be linked'
			),
			says(
				m.privacy_say_visit_office,
				`${SERVER}/ratings/visit-doubts.db.spec.ts`,
				'the office never learns that a link was used, neither from a page nor from the log'
			),
			says(
				m.privacy_say_officer_photo,
				`${SERVER}/people/officers/photo-consent.db.spec.ts`,
				'citizens see an officer’s photo only with recorded consent, and no longer once it is withdrawn'
			)
		]
	},
	{
		title: m.privacy_say_report_title,
		sentences: [
			says(
				m.privacy_say_report_sealed,
				OPENED,
				'stores the reporter encrypted and recognises the same phone in every spelling'
			),
			says(
				m.privacy_say_report_revealed,
				`${SERVER}/cases/reporter-rights.db.spec.ts`,
				'each opening of a withheld name needs a reason and is shown to the reporter and in the audit log'
			),
			says(m.privacy_say_report_none, OPENED, 'stores no personal data for identity none, and a name is refused'),
			says(m.privacy_say_mail_content, MAILS, 'are written once per event, without text of the report or the receipt'),
			says(
				m.privacy_say_mail_stop,
				MAILS,
				'unsubscribes by the link in each e-mail and its header, which reveals nothing about the case'
			),
			says(
				m.privacy_say_mail_deleted,
				`${SERVER}/channels/mail-delivery.db.spec.ts`,
				'deletes settled e-mails after three months'
			),
			says(
				m.privacy_say_photos,
				`${FILES}/check.spec.ts`,
				'loses GPS position, IPTC, comments and bytes after its end'
			),
			says(
				m.privacy_say_documents,
				`${FILES}/picture-pdf.spec.ts`,
				'keeps visible text, and no text that is blacked out or invisible'
			),
			says(m.privacy_say_file_names, `${FILES}/display-name.spec.ts`, 'of a citizen is its kind and number only'),
			says(
				m.privacy_say_originals,
				`${SERVER}/cases/documents.db.spec.ts`,
				'get numbered names, and documents are stored as pictures with their text'
			)
		]
	},
	{
		title: m.privacy_say_device_title,
		sentences: [
			says(m.privacy_say_cookies, KEPT, 'the site sets the cookies that the notice lists, and no others'),
			says(m.privacy_say_staff_cookies, KEPT, 'the site sets the cookies that the notice lists, and no others'),
			says(m.privacy_say_typed, KEPT, 'citizens’ pages keep typed words in the tab only'),
			says(m.privacy_say_third_parties, KEPT, 'no page may load anything from another site'),
			says(
				m.privacy_say_network_hash,
				`${SERVER}/people/rate-limits.db.spec.ts`,
				'an address is stored as a keyed hash that changes every day'
			),
			says(m.privacy_say_network_day, KEPT, 'a network address is counted for at most a day, apart from reports')
		]
	},
	{
		title: m.privacy_say_law_title,
		sentences: [
			says(
				m.privacy_say_basis,
				CONSENTS,
				'consent to e-mails and to the identity at SP4N-LAPOR! is recorded with the words of the form'
			),
			says(
				m.privacy_say_withdraw_mail,
				CONSENTS,
				'the link in each e-mail withdraws the consent to e-mails, once, and gives it again'
			),
			says(
				m.privacy_say_withdraw_lapor,
				CONSENTS,
				'withdrawn consents stop the e-mails and keep the identity from SP4N-LAPOR!'
			),
			says(
				m.privacy_say_copy,
				`${SERVER}/web/documents/case-copy.db.spec.ts`,
				'the receipt of a split part gives the same reports, and each download is on their timelines'
			),
			says(
				m.privacy_say_requests,
				REQUESTS,
				'a request is due 72 hours after receipt, counting the weekend, and has a number without gaps'
			),
			says(m.privacy_say_refused, REQUESTS, 'a refusal needs ground and reason, which the reporter reads'),
			says(
				m.privacy_say_restricted,
				REQUESTS,
				'a granted restriction stops what the law does not require, until it is lifted'
			),
			says(
				m.privacy_say_contact,
				`${SERVER}/privacy/requests/granting.db.spec.ts`,
				'a new contact is used only after the link to the former e-mail address, which works once'
			),
			says(
				m.privacy_say_retention,
				`${SERVER}/privacy/retention/destroy.db.spec.ts`,
				'nothing is destroyed without a decree, outside the destruction, or if a person left it out'
			)
		]
	}
];

/** The text of one version in both languages, as it is frozen in `versions`. */
export interface NoticeText {
	sections: { title: Record<'id' | 'en', string>; sentences: Record<'id' | 'en', string>[] }[];
}

const inBoth = (words: Message) => ({ id: words({}, { locale: 'id' }), en: words({}, { locale: 'en' }) });

/** The present text. */
export const currentNotice = (): NoticeText => ({
	sections: NOTICE.map(({ title, sentences }) => ({
		title: inBoth(title),
		sentences: sentences.map(({ words }) => inBoth(words))
	}))
});

const files = import.meta.glob<NoticeText>('./versions/*.json', { eager: true, import: 'default' });

/** Every version by the day from which it was in force, newest first. The newest is the present text. */
export const NOTICE_VERSIONS: ReadonlyMap<LocalDate, NoticeText> = new Map(
	Object.entries(files)
		.map(([path, text]) => [path.slice(path.lastIndexOf('/') + 1, -'.json'.length), text] as const)
		.sort(([a], [b]) => b.localeCompare(a))
);
