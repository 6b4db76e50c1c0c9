import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { m } from '#lib/paraglide/messages.js';
import { locales } from '#lib/paraglide/runtime.js';
import { NOTICE_DATE, NOTICE_VERSIONS, type NoticeText } from './notice.ts';

type Sentence = keyof typeof m & `privacy_say_${string}`;

const SERVER = 'src/lib/server';
const KEPT = `${SERVER}/privacy/notice/kept-data.spec.ts`;
const VISITS = `${SERVER}/visits/visits.db.spec.ts`;
const MAILS = `${SERVER}/reporters/reporter-mails.db.spec.ts`;
const OPENED = `${SERVER}/cases/open-case.db.spec.ts`;
const CONSENTS = `${SERVER}/cases/consents.db.spec.ts`;
const REQUESTS = `${SERVER}/privacy/requests/requests.db.spec.ts`;
const FILES = `${SERVER}/attachments`;
const PUSH = `${SERVER}/channels/push`;

/**
 * What /privasi says, by section. Only what the code keeps may stand here, so each sentence names the file and the test
 * that prove it.
 */
const NOTICE = {
	rating: {
		privacy_say_rating_stored: `${KEPT}: a rating stores what the notice lists, and nothing else`,
		privacy_say_rating_not: `${SERVER}/ratings/compute-signals.db.spec.ts: a stored rating contains neither the sender’s address nor the device`,
		privacy_say_rating_batches: `${SERVER}/ratings/own/own-ratings.long.db.spec.ts: a batch is released whole one week after its third day, without day, time, order or score`,
		privacy_say_survey: `${KEPT}: a survey form stores what the notice lists, and nothing else`,
		privacy_say_visit_stored: `${KEPT}: a visit stores what the notice lists, and nothing else`,
		privacy_say_visit_reference: `${VISITS}: the external reference is deleted after seven days, and the token is never stored`,
		privacy_say_visit_used: `${VISITS}: a repeated submission gets the first result, and rating and visit cannot be linked`,
		privacy_say_visit_office: `${SERVER}/ratings/visit-doubts.db.spec.ts: the office never learns that a link was used, neither from a page nor from the log`,
		privacy_say_officer_photo: `${SERVER}/people/officers/photo-consent.db.spec.ts: citizens see an officer’s photo only with recorded consent, and no longer once it is withdrawn`
	},
	report: {
		privacy_say_report_seen: `${SERVER}/cases/visibility.db.spec.ts: handlers and supervisors see only the cases of their unit and below`,
		privacy_say_report_named: `${SERVER}/cases/visibility.db.spec.ts: a case is hidden from the officer whom it names, in lists, counts, search and verbs`,
		privacy_say_report_sealed: `${OPENED}: stores the reporter encrypted and recognises the same phone in every spelling`,
		privacy_say_report_search: `${SERVER}/cases/inbox/search.db.spec.ts: finds a named reporter by words of the name, phone or e-mail, and never a withheld one`,
		privacy_say_report_revealed: `${SERVER}/cases/reporter-rights.db.spec.ts: each opening of a withheld name needs a reason and is shown to the reporter and in the audit log`,
		privacy_say_report_none: `${OPENED}: stores no personal data for identity none, and a name is refused`,
		privacy_say_mail_content: `${MAILS}: are written once per event, without text of the report or the receipt`,
		privacy_say_mail_stop: `${SERVER}/reporters/unsubscribe.db.spec.ts: unsubscribes by the link in each e-mail and its header, which reveals nothing about the case`,
		privacy_say_mail_deleted: `${SERVER}/channels/email/answers.long.db.spec.ts: deletes e-mails after 90 days, those of an open or held report later`,
		privacy_say_photos: `${FILES}/check.long.spec.ts: loses GPS position, IPTC, comments and bytes after its end`,
		privacy_say_documents: `${FILES}/picture-pdf.long.spec.ts: keeps visible text, and no text that is blacked out or invisible`,
		privacy_say_file_names: `${FILES}/display-name.spec.ts: of a citizen is its kind and number only`,
		privacy_say_originals: `${SERVER}/cases/documents.db.spec.ts: get numbered names, and documents are stored as pictures with their text`
	},
	message: {
		privacy_say_message_sealed: `${SERVER}/channels/incoming/store-message.db.spec.ts: an e-mail outside a thread is a matter of its own; messages in a thread or a chat are one conversation`,
		privacy_say_message_voice: `${SERVER}/channels/whatsapp/reply-to-message.long.db.spec.ts: a recorded voice note is kept as it is; a shared sound file, which may contain a location, and an expired file are refused and listed`,
		privacy_say_message_voice_played: `${SERVER}/channels/incoming/incoming-files.db.spec.ts: only supervisors play a voice note, until somebody has written it down`,
		privacy_say_message_seen: `${SERVER}/channels/incoming/list.db.spec.ts: a conversation is seen in its office and above; one that is a case, by those who see the case`,
		privacy_say_message_kept: `${SERVER}/channels/incoming/delete-old-conversations.db.spec.ts: deletes conversations that are no report, with their files, 90 days after the decision; reports and waiting messages stay`,
		privacy_say_message_mailbox: `${SERVER}/channels/email/read-new-mail.long.db.spec.ts: begins with the next message, reads each once and leaves the mailbox as it is`,
		privacy_say_message_whatsapp: `${SERVER}/channels/whatsapp/reply-to-message.long.db.spec.ts: a message and the answer of the office come in the chat, once each, and "Selesai" closes the report`,
		privacy_say_message_sms: `${SERVER}/channels/sms/sms.db.spec.ts: an SMS about a report says only that there is news`
	},
	device: {
		privacy_say_cookies: `${KEPT}: the site sets the cookies that the notice lists, and no others`,
		privacy_say_staff_cookies: `${KEPT}: the site sets the cookies that the notice lists, and no others`,
		privacy_say_typed: `${KEPT}: citizens’ pages keep what was typed in the tab, until it is looked for after a day`,
		privacy_say_typed_phone: `${KEPT}: a phone keeps text only if asked to, without names unless open`,
		privacy_say_rating_later: `${KEPT}: a phone keeps only ratings of the forms that were not sent`,
		privacy_say_offline: `${KEPT}: a phone keeps only one page of an office, the one that is shown without a connection`,
		privacy_say_push: `${PUSH}/push.db.spec.ts: the address of a browser is stored sealed, beside a keyed hash`,
		privacy_say_push_content: `${PUSH}/push.db.spec.ts: nothing that is sent holds words, number, name or receipt of a report`,
		privacy_say_push_ends: `${PUSH}/reporter-push.db.spec.ts: end by the button, with a replaced receipt, and with the case`,
		privacy_say_third_parties: `${KEPT}: no page may load anything from another site`,
		privacy_say_network_hash: `${SERVER}/rate-limits.db.spec.ts: an address is stored as a keyed hash that changes every day`,
		privacy_say_network_day: `${KEPT}: a network address is counted for at most a day, apart from reports`
	},
	law: {
		privacy_say_basis: `${CONSENTS}: consent to e-mails and to the identity at SP4N-LAPOR! is recorded with the words of the form`,
		privacy_say_withdraw_mail: `${CONSENTS}: the link in each e-mail withdraws the consent to e-mails, once, and gives it again`,
		privacy_say_withdraw_lapor: `${CONSENTS}: withdrawn consents stop the e-mails and keep the identity from SP4N-LAPOR!`,
		privacy_say_copy: `${SERVER}/web/documents/case-copy.long.db.spec.ts: the receipt of a split part gives the same reports, and each download is on their timelines`,
		privacy_say_requests: `${REQUESTS}: a request is due 72 hours after receipt, counting the weekend, and has a number without gaps`,
		privacy_say_refused: `${REQUESTS}: a refusal needs ground and reason, which the reporter reads`,
		privacy_say_restricted: `${REQUESTS}: a granted restriction refuses steps that the law does not require, until it is lifted`,
		privacy_say_restricted_lapor: `${SERVER}/escalation/followups/followups.db.spec.ts: are neither queued nor sent during a restriction, and neither is a waiting report`,
		privacy_say_contact: `${SERVER}/privacy/requests/granting.long.db.spec.ts: a new contact is used only after the link to the current e-mail address, which works once, however often it is pressed`,
		privacy_say_contact_recorded: `${SERVER}/cases/conversation/record-answer.db.spec.ts: encrypts a new contact, also for a withheld name; the timeline names the field but not its value`,
		privacy_say_retention: `${SERVER}/privacy/retention/destroy.long.db.spec.ts: nothing is destroyed without a decree, outside the destruction, or if a person left it out`
	}
} satisfies Record<string, Partial<Record<Sentence, `${string}.spec.ts: ${string}`>>>;

type PeriodWord = keyof typeof m & `privacy_period${string}`;
/** A heading, a link, and values. */
type NoSentence = 'privacy_periods' | 'privacy_periods_ask' | 'privacy_period_unset' | 'privacy_period_partly';
const PROPOSAL = `${SERVER}/privacy/retention/proposal.long.db.spec.ts`;

/**
 * What the block about deletion says, with the tests that prove it. The versions do not have it, because it shows the
 * periods that are set now.
 */
const DELETION = {
	privacy_page_delete_how: `${SERVER}/privacy/requests/granting.long.db.spec.ts: a withdrawn report is archived as withdrawn, or closed if it was answered; a refusal with its article leaves it open`,
	privacy_periods_unset: `${SERVER}/privacy/retention/schedule.long.db.spec.ts: a part is destroyed only of the kinds of reports for which it is confirmed`,
	privacy_periods_none: `${PROPOSAL}: has only parts with a confirmed rule and a code, after their own period`,
	privacy_periods_letters: `${PROPOSAL}: has the text of a report with a letter only when the letter’s confirmed period has passed, and the letter goes too`
} satisfies Record<'privacy_page_delete_how' | Exclude<PeriodWord, NoSentence>, `${string}.spec.ts: ${string}`>;

const sections = Object.entries(NOTICE) as [keyof typeof NOTICE, Partial<Record<Sentence, string>>][];
const sentences = sections.flatMap(([, proofs]) => Object.entries(proofs) as [Sentence, string][]);

const inEach = (key: Sentence) =>
	Object.fromEntries(
		locales.map((locale): [string, string] => [locale, m[key]({}, { locale })])
	) as NoticeText['sections'][0]['title'];

/** The present text. */
const currentNotice = (): NoticeText => ({
	sections: sections.map(([section, proofs]) => ({
		title: inEach(`privacy_say_${section}_title`),
		sentences: (Object.keys(proofs) as Sentence[]).map(inEach)
	}))
});

const worded = (key: keyof typeof DELETION) => m[key]({ choice: '…', office: '…' });
const proofs = [
	...sentences.map(([key, proof]) => [m[key](), proof] as const),
	...(Object.keys(DELETION) as (keyof typeof DELETION)[]).map((key) => [worded(key), DELETION[key]] as const)
];

test.each(proofs.map(([words, proof]) => [words, ...(proof.split(/: (.+)/, 2) as [string, string])] as const))(
	'a test proves: %s',
	(words, path, name) => {
		expect(existsSync(path), `/privasi says "${words}", but ${path} does not exist.`).toBe(true);
		const hasTest = [...readFileSync(path, 'utf8').matchAll(/\b(?:test|it)(?:\.\w+)?\(\s*(['"`])(.+?)\1,/g)].some(
			([, , found]) => found === name
		);
		const missing = `/privasi says "${words}", but ${path} has no test "${name}". Name the test that proves the sentence, or take the sentence away.`;
		expect(hasTest, missing).toBe(true);
	}
);

test('no sentence is said twice', () => {
	const said = sentences.map(([key]) => m[key]());
	expect(new Set(said).size).toBe(said.length);
});

const HOW = `The text of /privasi differs from its frozen version src/lib/privacy/versions/${NOTICE_DATE}.json.
A frozen version never changes. To publish the new text:
1. Set NOTICE_DATE in src/lib/privacy/notice.ts to the day from which it is in force.
2. Run this spec. It writes the file of the new version: npx vitest run --project unit src/lib/privacy/notice.spec.ts
3. Import the file in notice.ts and put it first in NOTICE_VERSIONS, each version with its own date.
4. Run the spec again, and commit the file with the text.`;

test('the present text is frozen in the newest version', async () => {
	const text = `${JSON.stringify(currentNotice(), null, '\t')}\n`;
	await expect(text, HOW).toMatchFileSnapshot(`./versions/${NOTICE_DATE}.json`);
});

test('/privasi shows the text of every version under its own date, newest first', () => {
	const folder = 'src/lib/privacy/versions';
	const frozen = readdirSync(folder).sort().reverse();
	const texts = frozen.map((name): unknown => [
		name.slice(0, 10),
		JSON.parse(readFileSync(`${folder}/${name}`, 'utf8'))
	]);
	expect([...NOTICE_VERSIONS], HOW).toEqual(texts);
	expect(NOTICE_DATE, HOW).toBe(frozen[0]?.slice(0, 10));
});
