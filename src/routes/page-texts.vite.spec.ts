import { expect, it } from 'vitest';
import { formatDateTime, formatShortDate } from '#lib/calendar/format.ts';
import { htmlOf, pageOf } from '#lib/dev/testing/rendered.ts';
import { inLocale } from '#lib/server/in-locale.ts';
import { m } from '#lib/paraglide/messages.js';
import { SKM_ELEMENTS } from '#lib/skm/vocabulary.ts';
import { formState } from '#lib/ui/form/form-state.ts';
import Resend from './(staff)/desk/escalations/[id]/Resend.svelte';
import Recaps from './(staff)/insight/recap/+page.svelte';
import ResponseEntry from './(staff)/insight/skm/answers/ResponseEntry.svelte';
import ConnectionPage from './(staff)/admin/channels/[channel]/[code]/+page.svelte';
import ReceiptLink from './(staff)/desk/cases/[reference]/receipt-link/+page.svelte';
import CaseFacts from './(citizen)/lacak/laporan/CaseFacts.svelte';
import Receipt from './(citizen)/terima/+page.svelte';
import Track from './(citizen)/lacak/+page.svelte';
import NextStep from './(citizen)/lacak/laporan/NextStep.svelte';
import FormErrors from './(citizen)/form/FormErrors.svelte';
import DataPage from './(citizen)/lacak/laporan/data/+page.svelte';
import Message from './(citizen)/lacak/laporan/pesan/+page.svelte';
import Complaint from './(citizen)/[unit]/pengaduan/+page.svelte';
import StopMails from './(citizen)/surel/[token]/+page.svelte';
import Rating from './(citizen)/[unit]/nilai/+page.svelte';
import ThankYou from './(citizen)/[unit]/nilai/terima-kasih/+page.svelte';
import Suggestion from './(citizen)/[unit]/saran/+page.svelte';

/** What the `load` of every citizen form returns. */
const FORM = {
	unit: { name: 'Kantor Contoh', slug: 'contoh' },
	hidden: { submissionId: '1', opened: '1' },
	files: { max: 5, bytes: 10485760, pdfBytes: 8388608, accept: 'image/*' }
};

it('an archived report promises to be handled again only while the reporter may complete it', () => {
	const textOf = (complete: boolean) =>
		pageOf(Message, {
			...FORM,
			report: { reference: 'ADU-1', status: 'archived', archiveReason: 'incomplete', may: { complete } },
			question: null
		});
	expect(textOf(true)).toContain(m.citizen_case_complete_hint());
	expect(textOf(false)).not.toContain(m.citizen_case_complete_hint());
	expect(textOf(false)).toContain(m.citizen_case_write());
});

it('a returned form says that no text was lost only if it has one', () => {
	const issues = [{ path: 'score', message: 'Pilih satu nilai.' }];
	const textOf = (typed: object) => htmlOf(FormErrors, { sent: formState({ issues, typed }) });
	expect(textOf({ score: '', comment: '' })).not.toContain(m.common_errors_kept());
	expect(textOf({ receipt: 'ABCD' })).not.toContain(m.common_errors_kept());
	expect(textOf({ score: '', comment: 'Ramah' })).toContain(m.common_errors_kept());
});

it('a connection that failed shows since when, and that a test of it has ended', () => {
	const [zone, lastErrorAt] = ['Asia/Makassar', new Date('2026-11-02T01:00:00Z')];
	const shown = { address: 'pengaduan@kantor.go.id', lastError: 'password', lastErrorAt, checkedAt: null, failed: 0 };
	const office = { name: 'Kantor Contoh', zone, opened: true };
	const data = { channel: 'email', office, shown, settings: {}, used: false, waiting: [], hook: '', texts: [] };
	const page = pageOf(ConnectionPage, data);
	expect(page).toContain(m.channels_failed_since({ when: formatDateTime(lastErrorAt, zone) }));
	expect(page).not.toContain(m.channels_tried());
	expect(pageOf(ConnectionPage, data, null, '?tried')).toContain(m.channels_tried());
});

it('shows the filing day of a periodic report in the time zone of its office', () => {
	const filed = { number: '1', version: 1, firstFiledAt: new Date('2026-04-01T15:30:00Z') };
	const unit = { slug: 'a', name: 'Kantor Barat', timeZone: 'Asia/Jakarta' };
	const recaps = { units: [], unit: { slug: 'b', name: 'Kantor Timur', timeZone: 'Asia/Jayapura' }, periods: [] };
	const owed = [{ unit, scope: 'own', filed, overdue: false }];
	expect(pageOf(Recaps, { ...recaps, grain: 'month', period: '2026-03', dueOn: '2026-04-08', owed })).toContain(
		formatShortDate(filed.firstFiledAt, 'Asia/Jakarta')
	);
});

it('a forward whose identity LAPOR refused leads to the form that can change it', () => {
	const refused = [{ key: 'emailUser', text: 'Sudah terdaftar.', field: null, admin: false }];
	const edited = { title: 'Antrean', content: 'Lama sekali.' };
	const ways = { mode: 'api', installation: { mode: 'api' }, purpose: 'record', state: 'rejected' };
	const view = { ...ways, case: { reference: 'ADU-1' }, edited, files: [], refused };
	const page = htmlOf(Resend, { view, sent: formState(null), hasPersonalData: false, target: false, listed: false });
	expect(page).toContain('href="/desk/cases/ADU-1/escalation?purpose=record"');
});

it('the buttons below an entry are named as actions', () => {
	const answers = Object.fromEntries(SKM_ELEMENTS.map((element) => [element, 3]));
	const response = { id: 'a', day: '2026-03-02', state: 'counted', stateReason: null, answers };
	expect(htmlOf(ResponseEntry, { response })).toContain(`aria-label="${m.common_actions()}"`);
});

it('“Bukan beliau?” keeps what was typed and chooses no officer; only then is a choice required', () => {
	const officers = ['a', 'b'].map((id) => ({ id, name: id, desks: [], hasPhoto: false, onDuty: id === 'a' }));
	const rating = { ...FORM, others: '?petugas=semua', officers, services: [], faces: false };
	const typed = { score: '2', tags: ['waiting'], comment: 'Lama' };
	const radiosOf = (page: string) => page.match(/<input[^>]*name="officer"[^>]*>/g) ?? [];
	// The form is sent whole, so that nothing is lost without scripts. Enter presses the button before it.
	const served = pageOf(Rating, { ...rating, atDesk: officers[0], everybody: false });
	expect(served).toMatch(/<button hidden.*<button[^>]*name="not_them"[^>]*formaction="\?petugas=semua"/s);
	// A person who scanned the desk's code to complain need not scroll.
	expect(served).toContain(`href="/contoh">${m.citizen_rate_not_rating()}`);
	const listed = pageOf(Rating, { ...rating, everybody: true }, { issues: [], typed });
	expect(radiosOf(listed)).toHaveLength(3);
	expect(radiosOf(listed).filter((radio) => / checked/.test(radio) || !/ required/.test(radio))).toEqual([]);
	expect(listed).toMatch(/<input[^>]*name="score" value="2"[^>]* checked/);
	expect(listed).toMatch(/<input[^>]*value="waiting"[^>]* checked/);
	expect(listed).toContain('Lama</textarea>');
	expect(listed).not.toContain('role="alert"');
	expect(listed).not.toContain(m.citizen_rate_officer_skip());
	const optional = pageOf(Rating, { ...rating, everybody: false });
	expect(radiosOf(optional).join()).not.toContain('required');
	expect(optional).toContain(m.citizen_rate_officer_skip());
});

it('the thank-you page leads from a good score to words of praise, and apologises for a low one', () => {
	const pageFor = (score: number) =>
		pageOf(ThankYou, { unit: { slug: 'contoh' }, given: { score, isLow: score <= 2, faces: false } });
	expect(pageFor(5)).toContain('href="/contoh/saran?pujian"');
	expect(pageFor(3)).toContain('href="/contoh/saran"');
	expect(pageFor(2)).toContain(m.citizen_thanks_low_title());
});

it('the thank-you page still leads to the complaint form when it is opened again, without the score', () => {
	const again = pageOf(ThankYou, { unit: { slug: 'contoh' }, given: undefined });
	expect(again).toContain('href="/contoh/pengaduan"');
	expect(again).not.toContain(m.citizen_thanks_low_title());
	const glad = { score: 5, isLow: false, commented: false, faces: false };
	expect(pageOf(ThankYou, { unit: { slug: 'contoh' }, given: glad })).not.toContain('/contoh/pengaduan');
});

it('the thank-you page says that no officer was named, if the form asked for one', () => {
	const pageFor = (given: object) =>
		pageOf(ThankYou, { unit: { slug: 'contoh' }, given: { score: 5, isLow: false, faces: false, ...given } });
	expect(pageFor({ unnamed: true })).toContain(m.citizen_thanks_no_officer());
	expect(pageFor({ unnamed: false })).not.toContain(m.citizen_thanks_no_officer());
});

it('the thank-you page says that the comment was sent, and its loud button ends the rating', () => {
	const pageFor = (commented: boolean, score = 5) =>
		pageOf(ThankYou, { unit: { slug: 'contoh' }, given: { score, isLow: score <= 2, commented, faces: false } });
	const loudIn = (page: string) =>
		[...page.matchAll(/class="button primary[^>]*>(?:<!--.*?-->)*([^<]+)/g)].map(([, words]) => words);
	expect(pageFor(true)).toContain(m.citizen_thanks_comment());
	expect(pageFor(true)).toContain(m.citizen_thanks_praise_reply());
	expect(pageFor(false)).not.toContain(m.citizen_thanks_comment());
	for (const page of [pageFor(true), pageFor(false), pageFor(false, 1)])
		expect(loudIn(page)).toEqual([m.citizen_thanks_back()]);
});

const COMPLAINT = {
	...FORM,
	known: {},
	links: [],
	services: [],
	officers: [],
	parent: null,
	promised: null,
	limits: []
};

it('the complaint form says that an officer can be named only while none is, and twice who reads about bribery', () => {
	const officers = [{ id: 'a', name: 'Siti' }];
	const known = { officer: 'a' };
	expect(pageOf(Complaint, COMPLAINT)).not.toContain(m.citizen_complaint_about_officer());
	expect(pageOf(Complaint, { ...COMPLAINT, officers })).toContain(m.citizen_complaint_about_officer());
	const named = pageOf(Complaint, { ...COMPLAINT, officers, known });
	expect(named).not.toContain(m.citizen_complaint_about_officer());
	expect(named).toContain(m.citizen_complaint_from_rating());
	// Beside the category, and before it is sent.
	expect(named.split(m.citizen_integrity_here_text())).toHaveLength(3);
});

it('the complaint form says before sending how a complaint is handled, with the limits of the deadline rules', () => {
	const page = pageOf(Complaint, {
		...COMPLAINT,
		limits: [
			{ name: 'verification', days: 2, dayUnit: 'working' },
			{ name: 'solution', days: 60, dayUnit: 'calendar' }
		]
	});
	expect(page).toContain(m.citizen_complaint_handling());
	expect(page).toContain(m.citizen_complaint_readers());
	expect(page).toContain(m.citizen_within_working({ days: 2 }));
	expect(page).toContain(m.citizen_within_calendar({ days: 60 }));
	expect(page).not.toContain(m.citizen_receipt_step_first_reply());
});

it('only pages in a language other than Indonesian say in which language one may write', () => {
	const said = m.citizen_form_language({}, { locale: 'en' });
	expect(inLocale('en', () => pageOf(Suggestion, FORM))).toContain(said);
	expect(pageOf(Suggestion, FORM)).not.toContain(m.citizen_form_language());
});

it('a suggestion form that was opened for praise keeps its words when it is returned', () => {
	const returned = (praise: object) => ({
		issues: [{ path: 'body', message: '' }],
		typed: { body: 'Baik', ...praise }
	});
	expect(pageOf(Suggestion, FORM, null, '?pujian')).toContain(m.citizen_praise_lead());
	expect(pageOf(Suggestion, FORM, returned({ praise: 'on' }))).toContain(m.citizen_praise_lead());
	expect(pageOf(Suggestion, FORM, returned({}))).toContain(m.citizen_suggestion_lead());
});

it('the question whether the answer settled the matter can be answered with yes, unless the answer is final', () => {
	const answered = { status: 'answered', archiveReason: null };
	const card = (dispute: boolean) =>
		htmlOf(NextStep, { report: { ...answered, may: { score: true, dispute } }, turn: '', answer: () => undefined });
	expect(card(true)).toContain(m.citizen_case_settled());
	expect(card(false)).not.toContain(m.citizen_case_settled());
});

it('the complaint form says why an officer is chosen already, and that a chosen officer can’t read the report', () => {
	const choices = { services: [], officers: [{ id: 'a', name: 'Petugas Contoh 1' }], links: [] };
	const textOf = (changes: object) => pageOf(Complaint, { ...FORM, ...choices, known: {}, limits: [], ...changes });
	expect(textOf({})).toContain(m.citizen_complaint_about_officer());
	expect(textOf({})).not.toContain(m.citizen_complaint_from_rating());
	expect(textOf({ known: { officer: 'a' } })).toContain(m.citizen_complaint_from_rating());
	expect(textOf({ officers: [] })).not.toContain(m.citizen_complaint_about_officer());
});

it.each(['none', 'case', 'all'])('the choice of e-mails begins with what is set: %s', (stopped) => {
	const page = pageOf(StopMails, { stopped, mayStopAll: true });
	expect(/<input[^>]*checked[^>]*>/.exec(page)?.[0]).toContain(`value="${stopped}"`);
	expect(page.includes(m.mail_stop_none_hint())).toBe(stopped !== 'none');
});

it('only the link in an e-mail offers to stop all e-mails', () => {
	expect(pageOf(StopMails, { stopped: 'none', mayStopAll: true })).toContain('value="all"');
	const page = pageOf(StopMails, { stopped: 'none', mayStopAll: false });
	expect(page).not.toContain('value="all"');
	expect(page).toContain(m.mail_stop_all_by_email());
});

it('the receipt and the tracked report show where e-mails go, and how a wrong address is corrected', () => {
	const [mails, unit] = [
		{ state: 'wanted', address: 'b***@gmial.com', stop: '/surel/a' },
		{ name: 'Kantor Contoh', slug: 'contoh', timeZone: 'Asia/Makassar' }
	];
	const receipt = { receipt: 'ABCD', spelled: [], address: 'contoh.go.id/lacak', reference: 'ADU-1', steps: [] };
	expect(pageOf(Receipt, { unit, sent: { ...receipt, mails } })).toContain(mails.address);
	expect(pageOf(Receipt, { unit, sent: { ...receipt, mails: null } })).not.toContain(mails.address);
	const report = { reference: 'ADU-1', receivedAt: new Date(), identity: 'named', entries: [], clocks: [] };
	const factsOf = (state: string) => htmlOf(CaseFacts, { report, forward: null, mails: { ...mails, state }, unit });
	expect(factsOf('wanted')).toContain(mails.address);
	expect(factsOf('refused')).toContain('href="/lacak/laporan/data?kontak#new"');
	expect(factsOf('stopped')).not.toContain(m.mail_own_case_wrong_address());
	const lists = { requests: [], agreed: [], periods: { items: [], notes: [] } };
	const data = { report, unit, ...lists, hasContact: true, rule: { hours: 72 }, hidden: {} };
	const chosenAt = (search: string) => /<input[^>]*checked[^>]*>/.exec(pageOf(DataPage, data, null, search))?.[0];
	expect(chosenAt('?kontak')).toContain('value="contact"');
	expect(chosenAt('')).toBeUndefined();
});

it('the code can be shown no more: the page still belongs to the office, if the browser knows it', () => {
	const textOf = (data: object) => pageOf(Receipt, { sent: null, noted: null, ...data });
	expect(textOf({ unit: { slug: 'contoh' } })).toContain('href="/lacak?kantor=contoh"');
	expect(textOf({ unit: { slug: 'contoh' } })).toContain(m.citizen_form_back());
	expect(textOf({ unit: { slug: 'contoh' } })).not.toContain(m.citizen_receipt_gone_cookies());
	expect(textOf({})).toContain(m.common_to_start());
	expect(textOf({})).toContain(m.citizen_receipt_gone_cookies());
});

it('a person who lost the code of a report is led to the office for a new report', () => {
	expect(pageOf(Track, { unit: { slug: 'contoh' } })).toContain('href="/contoh"');
	expect(pageOf(Track, { unit: null })).toContain(`href="/">${m.citizen_track_lost_new()}`);
});

it('a person who lost the code is led to the tab with the code, but not on a tablet of many people', () => {
	expect(pageOf(Track, { unit: null, isTablet: false })).toContain(m.citizen_track_lost_just());
	expect(pageOf(Track, { unit: null, isTablet: true })).not.toContain(m.citizen_track_lost_just());
});

it('a link to a new code is sent in the ways that the reporter gave, to the contact of the report', () => {
	const made = { address: 'https://contoh.go.id/terima/abc', expiresAt: new Date('2026-11-30T01:00:00Z') };
	const waysFor = (contact: object, restricted = false) => {
		const unit = { name: 'Kantor', timeZone: 'Asia/Makassar' };
		const link = { ...made, restricted };
		const page = pageOf(ReceiptLink, { reference: 'ADU-1', unit, may: true, ...contact }, { link });
		return [...page.matchAll(/href="(mailto:|https:\/\/wa\.me\/)([^?"]*)/g)].map(([, way = '', to = '']) => way + to);
	};
	const email = 'andi+b@contoh.id';
	const mail = 'mailto:andi%2Bb%40contoh.id';
	expect(waysFor({ email })).toEqual([mail]);
	expect(waysFor({ email, phone: '0812' })).toEqual(['https://wa.me/62812', mail]);
	expect(waysFor({})).toEqual(['https://wa.me/']);
	// No link to a restricted report is sent by WhatsApp.
	expect(waysFor({ email, phone: '0812' }, true)).toEqual([mail]);
	expect(waysFor({}, true)).toEqual([]);
});

it('a wrong code of a report is explained once, at its field, which gets the focus', () => {
	const answer = { issues: [{ path: 'receipt', message: 'Salah ketik.' }], typed: { receipt: 'ABCD' } };
	const page = pageOf(Track, { unit: null }, answer);
	expect(page.split('Salah ketik.')).toHaveLength(2);
	expect(/<input[^>]*name="receipt"[^>]*>/.exec(page)?.[0]).toContain('autofocus');
});
