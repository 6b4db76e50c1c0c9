import { expect, it } from 'vitest';
import { htmlOf, pageOf } from '#lib/dev/testing/rendered.ts';
import { m } from '#lib/paraglide/messages.js';
import { inLocale } from '#lib/server/in-locale.ts';
import CitizenShell from '#lib/ui/shell/CitizenShell.svelte';
import Survey from './(citizen)/[unit]/skm/+page.svelte';
import Track from './(citizen)/lacak/+page.svelte';
import Report from './(citizen)/lacak/laporan/+page.svelte';
import DataPage from './(citizen)/lacak/laporan/data/+page.svelte';
import NextStep from './(citizen)/lacak/laporan/NextStep.svelte';
import Dispute from './(citizen)/lacak/laporan/sanggahan/+page.svelte';
import Score from './(citizen)/lacak/laporan/penilaian/+page.svelte';

const UNIT = { name: 'Kantor Contoh', slug: 'contoh', timeZone: 'Asia/Makassar' };

it('the story of a request that its reporter withdrew has no decision', () => {
	const ended = (outcome: string) =>
		trackedPage({ entries: [entry(2, 'data_decided', 'reporter', { number: 'PD-1', kind: 'access', outcome })] });
	expect(ended('granted')).toContain(m.timeline_data_decided());
	expect(ended('withdrawn')).toContain(m.timeline_data_withdrawn());
	expect(ended('withdrawn')).not.toContain(m.timeline_data_decided());
});

it('the form of a dispute says how long its text may be, and that the next answer is final', () => {
	const report = { reference: 'ADU-1', status: 'archived', may: { dispute: false, object: '2026-12-09' } };
	expect(pageOf(Dispute, { report })).toContain(m.citizen_dispute_hint());
	const page = (lastDispute: boolean) =>
		pageOf(Dispute, { report: { reference: 'ADU-1', status: 'answered', may: { dispute: true }, lastDispute } });
	expect(page(false)).not.toContain(m.citizen_dispute_last());
	expect(page(true)).toContain(m.citizen_dispute_last());
});

it.each([
	[true, true, true],
	[true, false, false],
	[false, true, false]
])('a low score that is the last dispute (%s, %s) says so: %s', (dispute, lastDispute, says) => {
	const report = { reference: 'ADU-1', status: 'answered', may: { dispute, score: true }, lastDispute };
	expect(pageOf(Score, { report }).includes(m.citizen_score_last())).toBe(says);
});

it.each([
	['dispute', Dispute],
	['score', Score]
])('a refused %s that is not possible any more has one message', (_, form) => {
	const report = { reference: 'ADU-1', status: 'in_progress', may: { dispute: false, object: null, score: false } };
	const refused = { issues: [{ path: '', message: 'Menunggu jawaban.' }], typed: {} };
	expect(pageOf(form, { report })).toContain(m.citizen_not_possible());
	expect(pageOf(form, { report })).not.toContain(m.citizen_dispute_lead());
	expect(pageOf(form, { report }, refused)).toContain('Menunggu jawaban.');
	expect(pageOf(form, { report }, refused)).not.toContain(m.citizen_not_possible());
});

it('without scripts, every form that keeps its text belongs to the buttons of other languages', () => {
	const may = { score: true, dispute: true };
	const report = { reference: 'ADU-1', status: 'answered', may };
	const rest = {
		requests: [],
		periods: { items: [], notes: [] },
		agreed: [],
		rule: {},
		hidden: {},
		services: [],
		office: { decidedOn: '2026-01-05' }
	};
	for (const page of [Score, Dispute, DataPage, Survey])
		expect(pageOf(page, { formId: 'isian', unit: UNIT, report, ...rest })).toContain('<form id="isian"');
	const shell = (formPage?: string) => {
		const url = new URL('http://localhost/lacak/laporan?terkirim');
		return htmlOf(CitizenShell, { url, form: 'isian', formPage, children: () => undefined });
	};
	expect(shell()).toContain('form="isian" formaction="/lacak/laporan?terkirim=&amp;lang=en"');
	expect(shell('/lacak/laporan/pesan')).toContain('form="isian" formaction="/lacak/laporan/pesan?lang=en"');
});

it('a low score that was sent without a reason can be sent once more without one', () => {
	const report = { reference: 'ADU-1', status: 'answered', may: { dispute: true, object: null, score: true } };
	const refused = { issues: [{ path: 'comment', message: m.error_score_reason() }], typed: { score: '2' } };
	expect(pageOf(Score, { report })).not.toContain('name="asked"');
	const asked = pageOf(Score, { report }, refused);
	expect(asked).toMatch(/<input type="hidden" name="asked" value="true"/);
	expect(asked).toContain(m.citizen_score_question());
	expect(asked).not.toContain(m.common_errors_title());
});

it('an answer says until when it can be disputed, and a final one where else to turn', () => {
	const card = (report: object) => htmlOf(NextStep, { report, turn: '9 Oktober 2026', answer: () => undefined });
	expect(card({ status: 'closed', may: { dispute: true } })).toContain('9 Oktober 2026');
	expect(card({ may: { score: true }, finallyAnswered: true })).toContain('href="#way-out"');
});

/** The tracking page of an archived report. */
function trackedPage(changes: object, more: object = {}, query = '') {
	const texts = {
		reference: 'ADU-1',
		kind: 'complaint',
		body: 'Antrean lama.',
		requestedSolution: null,
		category: null
	};
	const lists = { entries: [], messages: [], attachments: [], clocks: [], split: [] };
	const nothing = {
		returnStatus: 'received',
		transferredTo: null,
		archiveReason: 'withdrawn',
		forward: null,
		chosen: null
	};
	const may = { score: false, dispute: false, object: null, complete: false };
	const report = { ...texts, ...lists, ...nothing, identity: 'none', status: 'archived', receivedAt: new Date(), may };
	const rest = { mails: null, reporter: null, since: null, nextDeadline: null, question: null, pushKey: null };
	return pageOf(Report, { unit: UNIT, breaches: [], report: { ...report, ...changes }, ...rest, ...more }, null, query);
}

it.each([
	['objected', m.citizen_case_objection_waits],
	['objection_declined', m.timeline_objection_declined_citizen]
])('the state of a closed report says how its objection stands: %s', (objection, words) => {
	expect(trackedPage({ objection })).toContain(words());
	expect(trackedPage({})).not.toContain(words());
});

it('the office’s question stands above the state, below the note that it is in Indonesian', () => {
	const question = 'Pada tanggal berapa Anda datang ke kantor kami?';
	const more = { question, formId: 'isian', hidden: {}, files: { max: 5, bytes: 1, pdfBytes: 1 } };
	const english = (changes: object, rest?: object) => inLocale('en', () => trackedPage(changes, rest));
	const note = m.citizen_office_words({}, { locale: 'en' });
	const page = english({ status: 'needs_info' }, more);
	const order = [note, question, `aria-label="${m.common_state({}, { locale: 'en' })}"`].map((text) =>
		page.indexOf(text)
	);
	expect(order).toEqual(order.toSorted((a, b) => a - b));
	expect(order).not.toContain(-1);
	expect(page).toContain('<form id="isian"');
	expect(english({ status: 'verified' })).not.toContain(note);
});

const entry = (seq: number, type: string, actorKind: string, data = {}) => ({
	seq,
	type,
	actorKind,
	at: new Date(),
	data
});

it('the report begins its story with the reporter’s own words', () => {
	const page = trackedPage({ entries: [entry(1, 'opened', 'reporter')] });
	expect(page.indexOf('Antrean lama.')).toBeGreaterThan(page.indexOf(m.citizen_case_timeline()));
	expect(page).not.toContain(m.citizen_case_words());
});

it('the folded part of a report names what the reporter filled in', () => {
	const chosen = { service: null, officer: 'Ani', incidentOn: '2026-11-02', place: null };
	const page = trackedPage({ requestedSolution: 'Loket kedua dibuka.', chosen });
	const parts = [m.citizen_case_solution(), m.citizen_complaint_officer(), m.citizen_complaint_date()];
	expect(page).toMatch(new RegExp(`<summary[^]*${m.citizen_case_words()}[^]*>${parts.join(', ')}<[^]*</summary>`));
});

it('a follow-up whose text LAPOR changed says so, and only the start of a long one is unfolded', () => {
	const followup = (data: object) => trackedPage({ entries: [entry(1, 'escalation_followup', 'lapor', data)] });
	expect(followup({ content: 'Ralat.', changed: true })).toContain(m.timeline_followup_changed());
	expect(followup({ content: 'Ralat.' })).not.toContain(m.timeline_followup_changed());
	expect(followup({ content: `Awal ${'a'.repeat(1495)}` })).not.toContain(m.common_show_whole());
	expect(followup({ content: `Awal ${'a'.repeat(1499)}` })).toMatch(
		/>Awal a{593} …<.*<details>.*Tampilkan seluruhnya<.*>Awal a{1499}</
	);
});

it('the note that a message was sent is gone once the office has acted', () => {
	const entries = [entry(1, 'opened', 'reporter'), entry(2, 'message', 'reporter')];
	const page = (more: object[]) => trackedPage({ status: 'verified', entries: [...entries, ...more] }, {}, '?terkirim');
	expect(page([])).toContain(m.citizen_case_sent());
	expect(page([entry(3, 'verified', 'staff')])).not.toContain(m.citizen_case_sent());
});

it('a closed report is closed on the device without the promise to go on handling it', () => {
	expect(trackedPage({})).not.toContain(m.citizen_leave());
	expect(trackedPage({})).toContain(m.citizen_leave_title());
	expect(trackedPage({ status: 'verified' })).toContain(m.citizen_leave());
});

it('the reporter can write to the office while the objection waits', () => {
	expect(trackedPage({ objection: 'objected' })).toContain('href="/lacak/laporan/pesan"');
	expect(trackedPage({ objection: 'objection_declined' })).not.toContain('href="/lacak/laporan/pesan"');
});

it('a form that was sent after the report had closed is said not to be sent', () => {
	expect(pageOf(Track, { unit: null }, null, '?habis=kirim')).toContain(m.citizen_track_unsent());
	expect(pageOf(Track, { unit: null }, null, '?habis')).toContain(m.citizen_track_expired());
});

it('the report shows its reporter what they chose in the form', () => {
	const chosen = { service: 'library', officer: 'Petugas Contoh 2', incidentOn: '2026-11-30', place: 'Meja layanan 1' };
	for (const words of ['Petugas Contoh 2', '30 November 2026', 'Meja layanan 1', m.service_library()])
		expect(trackedPage({ chosen })).toContain(words);
});

it('a report can be withdrawn, unless it has ended or its withdrawal waits; a refused one is named while it is open', () => {
	const asked = entry(2, 'data_requested', 'reporter', { number: 'PD-1', kind: 'report' });
	const refused = entry(3, 'data_decided', 'staff', { number: 'PD-1', kind: 'report', outcome: 'refused' });
	const page = (...entries: object[]) => trackedPage({ status: 'verified', entries });
	expect(trackedPage({})).not.toContain(m.request_citizen_withdraw());
	expect(page()).toContain(m.request_citizen_withdraw());
	expect(page(asked)).not.toContain(m.request_citizen_withdraw());
	expect(page(asked, refused)).toContain(m.request_citizen_withdraw());
	expect(page(asked)).not.toContain(m.request_citizen_refused());
	expect(page(asked, refused)).toContain(m.request_citizen_refused());
	expect(trackedPage({ entries: [asked, refused] })).not.toContain(m.request_citizen_refused());
});

it('the state of a report says first that its withdrawal waits for a decision, and until when', () => {
	const asked = { number: 'PD-1', kind: 'report' };
	const page = (data: object) =>
		trackedPage({ status: 'verified', entries: [entry(2, 'data_requested', 'reporter', { ...asked, ...data })] });
	const date = 'Minggu, 6 Desember 2026, 01.03 WITA';
	const waits = page({ state: 'open', due_at: '2026-12-05T17:03:00Z' });
	expect(waits.indexOf(m.request_citizen_asked())).toBeGreaterThan(0);
	expect(waits.indexOf(m.request_citizen_asked())).toBeLessThan(waits.indexOf(m.citizen_progress()));
	expect(waits).toContain(`${m.request_state_open()} · ${m.request_due({ date })}`);
	expect(waits).toContain(m.request_goes_on());
	const late = page({ state: 'open', due_at: '2026-12-05T17:03:00Z', overdue: true });
	expect(late.split(m.request_due_over({ date }))).toHaveLength(3);
	expect(page({})).not.toContain(m.request_citizen_see());
});

it('the state of a report says while its data is restricted', () => {
	const restrictedAt = new Date('2026-12-03T01:00:00Z');
	const words = m.request_citizen_restricted({ date: 'Kamis, 3 Desember 2026' });
	expect(trackedPage({ status: 'verified', restrictedAt })).toContain(words);
	expect(trackedPage({ status: 'verified', restrictedAt: null })).not.toContain(m.request_citizen_see());
});

it('whoever withdrew the report is not led to the Ombudsman', () => {
	expect(trackedPage({ withdrawn: true })).not.toContain(m.citizen_case_way_out_title());
	expect(trackedPage({ withdrawn: false })).toContain(m.citizen_case_way_out_title());
	expect(trackedPage({ withdrawn: true })).toContain(m.request_citizen_see());
	expect(trackedPage({ withdrawn: true })).not.toContain(m.status_archived_citizen());
});

it('the action follows the text of an answer, as in its letter', () => {
	const data = { message: 'a', action: 'Kabel diganti.', action_on: '2026-12-01' };
	const messages = [{ id: 'a', body: 'Loket dua dibuka.' }];
	const page = trackedPage({ status: 'answered', entries: [entry(2, 'answered', 'staff', data)], messages });
	expect(page.indexOf('Kabel diganti.')).toBeGreaterThan(page.indexOf('Loket dua dibuka.'));
	expect(page.indexOf('Loket dua dibuka.')).toBeGreaterThan(0);
});

it('a message that the office wrote after its answer is read with the answer', () => {
	const entries = ['answered', 'message'].map((type, n) => entry(n + 2, type, 'staff', { message: type }));
	const messages = [{ id: 'answered', body: 'Loket dua dibuka.' }].concat({
		id: 'message',
		body: 'Ralat: loket tiga.'
	});
	const page = trackedPage({ status: 'answered', entries, messages });
	expect(page.indexOf('Ralat: loket tiga.')).toBeGreaterThan(page.indexOf('Loket dua dibuka.'));
	expect(page.lastIndexOf('Ralat: loket tiga.')).toBeLessThan(page.indexOf(m.citizen_case_timeline()));
});
