import { render } from 'svelte/server';
import { expect, it } from 'vitest';
import { formatShortDate } from '#lib/calendar/format.ts';
import { m } from '#lib/paraglide/messages.js';
import { SKM_ELEMENTS } from '#lib/skm/vocabulary.ts';
import { formState } from '#lib/ui/form/form-state.ts';
import Links from './(staff)/admin/links/+page.svelte';
import DevicesPanel from './(staff)/admin/places/[id]/DevicesPanel.svelte';
import Affected from './(staff)/admin/privasi/insiden/[id]/terdampak/+page.svelte';
import DataRequest from './(staff)/admin/privasi/permintaan/[id]/+page.svelte';
import CopyServices from './(staff)/admin/services/salin/+page.svelte';
import HoursFields from './(staff)/admin/units/HoursFields.svelte';
import Recaps from './(staff)/insight/rekap/+page.svelte';
import ResponseEntry from './(staff)/insight/skm/answers/ResponseEntry.svelte';

/** The page as the site sends it, without its frame. */
function bodyOf(page: unknown, data: object, form: object | null = null, query = ''): string {
	return htmlOf(page, { data, form }, query);
}

function htmlOf(component: unknown, props: object, query = ''): string {
	const url = new URL(`http://localhost/admin${query}`);
	const context = new Map([['__request__', { page: { url } }]]);
	return render(component as never, { props: props as never, context }).body;
}

const refusal = (part: string, conflict = 'stale', typed: object = {}) => ({
	issues: [{ path: '', message: 'Sudah berubah.', code: conflict }],
	...{ typed: { part, ...typed }, conflict }
});

it('a refused form keeps the record that is chosen in the address', () => {
	const office = { code: '7604', name: 'Mamuju', isRoot: false, seen: 'a', purposes: [] };
	expect(bodyOf(Links, { units: [office], office })).toContain('action="?/save&amp;unit=7604"');
	const [source, target] = [
		{ code: '7600', name: 'Kanwil' },
		{ id: 'a', code: '7604', name: 'Mamuju', added: [{ name: 'Paspor', decree: null }], kept: [] }
	];
	const copy = { from: source, sources: [source], targets: [target], office: null };
	expect(bodyOf(CopyServices, copy)).toContain('action="?/copy&amp;dari=7600"');
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
	expect(bodyOf(Affected, affected, null, '?cursor=a+b')).toContain('action="?/told&amp;cursor=a%20b"');
});

it('a step that a colleague took first says that nothing was stored', () => {
	const request = { id: '1', kind: 'access', state: 'granted', unit: { timeZone: 'Asia/Makassar' }, via: 'counter' };
	const moments = { receivedAt: new Date(), dueAt: new Date(), rule: { days: 3, basis: 'UU' } };
	const pageOf = (changes: object, form: object) =>
		bodyOf(DataRequest, { request: { ...request, ...moments, ...changes } }, form);
	expect(pageOf({}, refusal('decide'))).toContain(m.admin_not_stored());
	expect(pageOf({ state: 'open', decides: true }, refusal('decide'))).not.toContain(m.admin_not_stored());
});

it('the devices of a place say that one has ended, and never that a typed PIN was kept', () => {
	const device = { id: 'a', mode: 'tablet', number: 1, pairedAt: new Date(), seenAt: null };
	const panelOf = (form: object) =>
		htmlOf(DevicesPanel, {
			...{ place: { id: '1', kind: 'desk' }, devices: [device], desks: [], timeZone: 'Asia/Makassar', form }
		});
	expect(panelOf(refusal('pin b', 'invalid-move')).match(/Sudah berubah/g)).toHaveLength(1);
	expect(panelOf(refusal('pin a', 'invalid-move')).match(/Sudah berubah/g)).toHaveLength(1);
	expect(panelOf(refusal('pair', 'invalid-move'))).not.toContain(m.common_errors_kept());
});

it('a returned form of an office has all its periods of hours, also those that a colleague removed', () => {
	const typed = { 'hours.period0.name': 'Ramadan', 'hours.period1.name': 'Libur sekolah' };
	const fieldsOf = (form: object | null) => htmlOf(HoursFields, { sent: formState(form) });
	expect(fieldsOf(refusal('office', 'stale', typed))).toContain('Libur sekolah');
	expect(fieldsOf(null)).not.toContain('hours.period1.name');
});

it('a returned form of links has all its rows, also those that a colleague removed', () => {
	const typed = { 'door.row0.name': 'Satu', 'door.row1.name': 'Dua', 'door.row2.name': 'Tiga' };
	const office = { code: '7604', isRoot: true, seen: '1', purposes: [{ purpose: 'door', own: true, links: [] }] };
	const pageOf = (form: object | null) => bodyOf(Links, { units: [], office }, form);
	expect(pageOf(refusal('', 'stale', typed))).toMatch(/value="Satu"[^]*value="Dua"[^]*value="Tiga"/);
	expect(pageOf(null)).not.toContain('door.row1.name');
});

it('a filed periodic report has the day of its own office', () => {
	const filed = { number: '1', version: 1, filedAt: new Date('2026-04-01T15:30:00Z') };
	const unit = { slug: 'a', name: 'Kantor Barat', timeZone: 'Asia/Jakarta' };
	const recaps = { units: [], unit: { slug: 'b', name: 'Kantor Timur', timeZone: 'Asia/Jayapura' }, periods: [] };
	const owed = [{ unit, scope: 'own', filed, overdue: false }];
	expect(bodyOf(Recaps, { ...recaps, grain: 'month', period: '2026-03', dueOn: '2026-04-08', owed })).toContain(
		formatShortDate(filed.filedAt, 'Asia/Jakarta')
	);
});

it('the buttons below an entry are named as actions', () => {
	const answers = Object.fromEntries(SKM_ELEMENTS.map((element) => [element, 3]));
	const response = { id: 'a', day: '2026-03-02', state: 'counted', stateReason: null, answers };
	expect(htmlOf(ResponseEntry, { response })).toContain(`aria-label="${m.common_actions()}"`);
});
