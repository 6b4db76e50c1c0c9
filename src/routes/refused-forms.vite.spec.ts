import { expect, it } from 'vitest';
import { htmlOf, pageOf } from '#lib/dev/testing/rendered.ts';
import { m } from '#lib/paraglide/messages.js';
import ErrorSummary from '#lib/ui/form/ErrorSummary.svelte';
import { formState, OWN_PHONE } from '#lib/ui/form/form-state.ts';
import Links from './(staff)/admin/links/+page.svelte';
import DevicesPanel from './(staff)/admin/places/[id]/DevicesPanel.svelte';
import Affected from './(staff)/admin/privacy/breaches/[id]/affected/+page.svelte';
import DataRequest from './(staff)/admin/privacy/requests/[id]/+page.svelte';
import { fullLabelOf } from './(staff)/admin/services/field-labels.ts';
import NewService from './(staff)/admin/services/new/+page.svelte';
import CopyServices from './(staff)/admin/services/copy/+page.svelte';
import Office from './(staff)/admin/units/[code]/+page.svelte';
import HoursFields from './(staff)/admin/units/HoursFields.svelte';
import NewCase from './(staff)/desk/new/+page.svelte';
import GuestBook from './(staff)/desk/visits/+page.svelte';
import Survey from './(citizen)/[unit]/skm/+page.svelte';
import FormErrors from './(citizen)/form/FormErrors.svelte';
import Suggestion from './(citizen)/[unit]/saran/+page.svelte';
import StopMails from './(citizen)/surel/[token]/+page.svelte';
import ForgottenPassword from './(sign-in)/login/lupa/+page.svelte';

const refusal = (part: string, conflict = 'stale', typed: object = {}) => ({
	issues: [{ path: '', message: 'Sudah berubah.', code: conflict }],
	typed: { part, ...typed },
	conflict
});

it.each([
	['forgotten password', ForgottenPassword, { byMail: true, sent: false }],
	['e-mails to a reporter', StopMails, { stopped: 'none', mayStopAll: true }]
])('the form of the page “%s” says why it was refused', (_, page, data) => {
	const message = 'Penyimpanan kantor penuh.';
	const refused = { issues: [{ path: '', message, code: 'refused' }], typed: {} };
	expect(pageOf(page, data)).not.toContain('role="alert"');
	expect(pageOf(page, data, refused)).toMatch(new RegExp(`role="alert"[^]*${message}`));
});

it('a refused form keeps the record that is chosen in the address', () => {
	const office = { code: '7604', name: 'Mamuju', isRoot: false, seen: 'a', purposes: [] };
	expect(pageOf(Links, { units: [office], office })).toContain('action="?/save&amp;unit=7604"');
	const [source, target] = [
		{ code: '7600', name: 'Kanwil' },
		{ id: 'a', code: '7604', name: 'Mamuju', added: [{ name: 'Paspor', decree: null }], kept: [] }
	];
	const copy = { from: source, sources: [source], targets: [target], office: null };
	expect(pageOf(CopyServices, copy)).toContain('action="?/copy&amp;dari=7600"');
	const breach = {
		id: '1',
		unit: { zone: 'Asia/Makassar' },
		mayChange: true,
		affected: 60,
		untold: 60,
		title: 'Insiden'
	};
	const item = { id: 'a', isCase: false, name: 'Ani', contact: 'other', toldAt: null };
	const affected = { breach, counts: [], hidden: 0, nextCursor: null, items: [item] };
	expect(pageOf(Affected, affected, null, '?cursor=a+b')).toContain('action="?/told&amp;cursor=a%20b"');
});

it('a refused service stays an example and names the field of each error that several fields have', () => {
	const message = 'Hapus tanda [contoh].';
	const paths = ['name', 'standard.fee', 'standard.ways.visit.steps'];
	const issues = [...paths.map((path) => ({ path, message })), { path: 'kind', message: 'Pilih jenis layanan.' }];
	const office = { id: 'a', code: '7604', name: 'Mamuju', depth: 1 };
	const returned = pageOf(NewService, { units: [office] }, { issues, typed: {} }, '?mulai=7604&contoh=on');
	expect(returned).toContain('action="?&amp;mulai=7604&amp;contoh=on"');
	const summary = htmlOf(ErrorSummary, { errors: issues, labelOf: fullLabelOf }).replaceAll('<!---->', '');
	for (const label of ['Nama layanan', 'Biaya', 'Kunjungan langsung, Alur'])
		expect(summary).toContain(`>${label}: ${message}<`);
	expect(summary).toContain('>Pilih jenis layanan.<');
});

it('a step that a colleague took first says that nothing was stored', () => {
	const request = { id: '1', kind: 'access', state: 'granted', unit: { timeZone: 'Asia/Makassar' }, via: 'counter' };
	const moments = { receivedAt: new Date(), dueAt: new Date(), rule: { days: 3, basis: 'UU' } };
	const textOf = (changes: object, form: object) =>
		pageOf(DataRequest, { request: { ...request, ...moments, ...changes } }, form);
	expect(textOf({}, refusal('decide'))).toContain(m.admin_not_stored());
	expect(textOf({ state: 'open', decides: true }, refusal('decide'))).not.toContain(m.admin_not_stored());
});

it('the devices of a place say that one has ended, and never that a typed PIN was kept', () => {
	const device = { id: 'a', mode: 'tablet', number: 1, pairedAt: new Date(), seenAt: null };
	const panelOf = (form: object) =>
		htmlOf(DevicesPanel, {
			place: { id: '1', kind: 'desk' },
			devices: [device],
			desks: [],
			timeZone: 'Asia/Makassar',
			form
		});
	expect(panelOf(refusal('pin b', 'invalid-move')).match(/Sudah berubah/g)).toHaveLength(1);
	expect(panelOf(refusal('pin a', 'invalid-move')).match(/Sudah berubah/g)).toHaveLength(1);
	expect(panelOf(refusal('pair', 'invalid-move'))).not.toContain(m.common_errors_kept());
});

it('a returned form of an office has all its periods of hours, also those that a colleague removed', () => {
	const typed = { 'hours.period0.name': 'Ramadan', 'hours.period1.name': 'Libur sekolah' };
	const fieldsOf = (form: object | null) => htmlOf(HoursFields, { sent: formState(form) });
	expect(fieldsOf(refusal('', 'stale', typed))).toContain('Libur sekolah');
	expect(fieldsOf(null)).not.toContain('hours.period1.name');
});

it('a returned form of links has all its rows, also those that a colleague removed', () => {
	const typed = { 'office_page.row0.name': 'Satu', 'office_page.row1.name': 'Dua', 'office_page.row2.name': 'Tiga' };
	const office = {
		code: '7604',
		isRoot: true,
		seen: '1',
		purposes: [{ purpose: 'office_page', own: true, links: [] }]
	};
	const textOf = (form: object | null) => pageOf(Links, { units: [], office }, form);
	expect(textOf(refusal('', 'stale', typed))).toMatch(/value="Satu"[^]*value="Dua"[^]*value="Tiga"/);
	expect(textOf(null)).not.toContain('office_page.row1.name');
});

it('after a conflict, a form has what the colleague stored, except in the fields that this person changed', () => {
	const office = { name: 'Kantor', code: '7604', version: 2, phone: '0426', hours: { start: '07:30', end: '16:00' } };
	const nothing = { officers: [], supervisors: [], responsible: {} };
	const loaded = pageOf(Office, { ...nothing, office: { ...office, hours: { start: '08:00', end: '16:00' } } });
	const loadedValues = /name="loadedValues" value="([^"]*)"/.exec(loaded)?.[1]?.replaceAll('&quot;', '"');
	const typed = { phone: '0427', 'hours.start': '08:00', 'hours.end': '16:00', loadedValues };
	const returned = pageOf(Office, { ...nothing, office }, refusal('', 'stale', typed));
	const valueOf = (name: string) => new RegExp(`<input[^>]*name="${name}"[^>]*value="([^"]*)"`).exec(returned)?.[1];
	expect([valueOf('hours.start'), valueOf('phone'), valueOf('version')]).toEqual(['07:30', '0427', '2']);
	expect(returned).toContain('Orang lain mengubahnya dari 08:00 menjadi 07:30.');
});

it('errors of a form whose fields are not on the page have no links', () => {
	const errors = [{ path: 'reason', message: 'Tulis alasannya.' }];
	expect(htmlOf(ErrorSummary, { errors })).toContain('href="#reason"');
	expect(htmlOf(ErrorSummary, { errors, unlinked: true })).not.toContain('href');
});

it('the fields of a person take the focus only while they have errors', () => {
	const office = { slug: 'mamuju' };
	const data = { officers: [], places: [], services: [], units: [], office, today: '2026-11-02' };
	const personOf = (form: object | null) => /<fieldset[^>]*id="reporter"[^>]*>/.exec(pageOf(NewCase, data, form))?.[0];
	expect(personOf(null)).not.toContain('tabindex');
	const issues = [{ path: 'reporter', message: 'Tulis nama pelapor.' }];
	expect(personOf({ issues, typed: { identity: 'named' } })).toContain('tabindex="-1"');
});

it.each([
	['a new report', NewCase, { officers: [], places: [], services: [], today: '2026-11-02' }],
	[
		'the guest book',
		GuestBook,
		{
			book: { day: '2026-11-02', today: '2026-11-02', lines: [], leftOpen: [], counts: {}, earlier: null, later: null },
			choices: { desks: [], services: [], officers: [] }
		}
	]
])('the form of %s keeps its id, because it may have been stored before it was refused', (_, page, more) => {
	const data = { units: [], office: { slug: 'mamuju', timeZone: 'Asia/Makassar' }, submissionId: 'fresh', ...more };
	const idOf = (form: object) => /name="submission_id" value="([^"]*)"/.exec(pageOf(page, data, form))?.[1];
	expect(idOf(refusal('', 'unavailable', { submission_id: 'sent' }))).toBe('sent');
	expect(idOf(refusal('', 'submission-reused', { submission_id: 'sent' }))).toBe('fresh');
});

it('a survey whose id was used with other answers is shown again with its answers, to be sent with a new id', () => {
	const office = { decisionNumber: 'Keputusan 1', decidedOn: '2026-01-05' };
	const data = { unit: { slug: 'mamuju' }, office, hidden: { submissionId: 'fresh', opened: '' }, services: [] };
	const page = pageOf(Survey, data, refusal('', 'submission-reused', { submission_id: 'sent', u9: '1' }));
	expect(page).toContain(m.skm_form_reused_title());
	expect(page).toMatch(/name="submission_id" value="fresh"/);
	expect(page).toMatch(/name="u9" value="1" checked/);
});

it('on their own phone, a changed report that was received before leads to its code, and to no other code', () => {
	const office = { name: 'Kantor', slug: 'mamuju', timeZone: 'Asia/Makassar' };
	const lists = { officers: [], services: [], links: [], limits: [], known: {}, files: {} };
	const shown = (typed: object, of: string) => {
		const data = {
			unit: office,
			hidden: { submissionId: 'fresh', opened: '' },
			...lists,
			formId: 'isian',
			receiptKept: { of }
		};
		return pageOf(Suggestion, data, refusal('', 'submission-reused', { submission_id: 'sent', ...typed }));
	};
	// The box is sent with the form.
	expect(shown({}, 'sent')).toMatch(/<form id="isian"[^]*<input form="isian"[^>]* name="keep-on-phone"/);
	const own = { [OWN_PHONE]: 'true' };
	expect(shown(own, 'sent')).toMatch(/role="alert"[^]*sudah kami terima[^]*href="\/terima"/);
	expect(shown(own, 'other')).toContain('kode laporan itu tidak ada di perangkat ini');
	expect(shown(own, 'other')).not.toContain('href="/terima"');
	expect(shown({}, 'sent')).toContain('Dari halaman ini sudah pernah terkirim isian lain');
	// A draft on the phone may be the report whose code is kept.
	expect(shown({}, 'sent')).toContain('data-found="Ada tulisan di ponsel ini yang mungkin sudah terkirim.');
});

it('a returned form says beside its errors that files must be chosen again', () => {
	const issues = [{ path: 'body', message: 'Tulis laporan Anda.' }];
	const textOf = (typed: object) => htmlOf(FormErrors, { sent: formState({ issues, typed }) });
	expect(textOf({ file: ['a.jpg'] })).toMatch(
		new RegExp(`role="alert"[^]*${m.citizen_files_choose_again()}[^]*</div>`)
	);
	expect(textOf({})).not.toContain(m.citizen_files_choose_again());
});
