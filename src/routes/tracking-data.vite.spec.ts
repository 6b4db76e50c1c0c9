import { expect, it } from 'vitest';
import { pageOf } from '#lib/dev/testing/rendered.ts';
import { m } from '#lib/paraglide/messages.js';
import DataPage from './(citizen)/lacak/laporan/data/+page.svelte';

const UNIT = { name: 'Kantor Contoh', slug: 'contoh', timeZone: 'Asia/Makassar' };

it('the page of data requests leads first to the copy that can be downloaded at once', () => {
	const report = { reference: 'ADU-1' };
	const rest = {
		requests: [],
		periods: { items: [], notes: [] },
		agreed: [],
		hasContact: true,
		rule: { hours: 72 },
		hidden: {}
	};
	const page = pageOf(DataPage, { report, unit: UNIT, ...rest });
	expect(page.indexOf('href="/lacak/laporan/salinan"')).toBeLessThan(page.indexOf(m.request_citizen_list()));
	expect(page).toContain('href="/lacak/laporan/salinan"');
});

it('a reporter without a contact is offered no change of it, and one with a name reads where to give a contact', () => {
	const rest = {
		requests: [],
		periods: { items: [], notes: [] },
		agreed: [],
		hasContact: false,
		rule: { hours: 72 },
		hidden: {}
	};
	const textOf = (reporter: string | null) =>
		pageOf(DataPage, { report: { reference: 'ADU-1' }, unit: UNIT, reporter, ...rest });
	expect(textOf('Andi')).not.toContain('value="contact"');
	expect(textOf('Andi')).toContain(m.privacy_say_contact_recorded());
	expect(textOf(null)).not.toContain(m.privacy_say_contact_recorded());
});

it('the page says what to do if the current contact can’t be reached, before and after a request for another', () => {
	const at = new Date();
	const asked = { id: '1', number: 'PD-1', kind: 'contact', state: 'confirming', receivedAt: at, dueAt: at };
	const rest = { periods: { items: [], notes: [] }, agreed: [], hasContact: true, rule: { hours: 72 }, hidden: {} };
	const page = (requests: object[], query?: string) =>
		pageOf(DataPage, { report: { reference: 'ADU-1' }, unit: UNIT, requests, ...rest }, null, query);
	expect(page([], '?kontak')).toContain(m.request_words_contact());
	expect(page([], '?kontak')).not.toContain('value="correction"');
	expect(page([])).not.toContain(m.request_words_contact());
	expect(page([asked])).toContain(m.request_confirm_unreachable());
	expect(page([{ ...asked, state: 'refused' }])).not.toContain(m.request_confirm_unreachable());
});

it('a request has what its reporter wrote, until that is destroyed', () => {
	const at = new Date();
	const asked = { id: '1', number: 'PD-1', kind: 'contact', state: 'open', receivedAt: at, dueAt: at };
	const rest = { periods: { items: [], notes: [] }, agreed: [], hasContact: true, rule: { hours: 72 }, hidden: {} };
	const page = (written: object) =>
		pageOf(DataPage, { report: { reference: 'ADU-1' }, unit: UNIT, requests: [{ ...asked, ...written }], ...rest });
	const words = 'Salah ketik saat melapor.';
	const shown = page({ words, contact: 'b***@contoh.invalid', lost: true });
	expect(shown).toContain(m.request_words_are({ words }));
	expect(shown).toContain(m.request_contact_is({ contact: 'b***@contoh.invalid' }));
	expect(shown.split(m.request_contact_lost())).toHaveLength(3);
	expect(shown).not.toContain(m.request_contact_looks_current());
	expect(page({ contact: 'b***@contoh.invalid', looksCurrent: true })).toContain(m.request_contact_looks_current());
	expect(page({ contact: '', lost: false })).not.toContain(m.request_words_are({ words: '' }).trim());
});

it('a request that its reporter withdrew has no decision', () => {
	const at = new Date('2026-12-03T01:00:00Z');
	const asked = { id: '1', number: 'PD-1', kind: 'access', receivedAt: at, dueAt: at, decidedAt: at };
	const rest = { periods: { items: [], notes: [] }, agreed: [], hasContact: true, rule: { hours: 72 }, hidden: {} };
	const page = (state: string) =>
		pageOf(DataPage, { report: { reference: 'ADU-1' }, unit: UNIT, requests: [{ ...asked, state }], ...rest });
	const date = 'Kamis, 3 Desember 2026, 09.00 WITA';
	expect(page('granted')).toContain(m.request_decided({ date }));
	expect(page('withdrawn')).toContain(m.request_withdrawn({ date }));
	expect(page('withdrawn')).not.toContain(m.request_decided({ date }));
});

it('a report is not offered for withdrawal again', () => {
	const at = new Date();
	const asked = { id: '1', number: 'PD-1', kind: 'report', receivedAt: at, dueAt: at };
	const rest = { periods: { items: [], notes: [] }, agreed: [], hasContact: true, rule: { hours: 72 }, hidden: {} };
	const page = (state: string, query?: string) =>
		pageOf(
			DataPage,
			{ report: { reference: 'ADU-1' }, unit: UNIT, requests: [{ ...asked, state }], ...rest },
			null,
			query
		);
	expect(page('granted')).not.toContain('value="report"');
	expect(page('granted')).toContain(m.request_report_after());
	expect(page('open')).not.toContain(m.request_report_after());
	expect(page('open', '?cabut')).not.toContain('value="report"');
	expect(page('open')).toContain(m.request_goes_on());
	expect(page('refused')).toContain('value="report"');
});

it('a restriction or withdrawn consent in force says so, and is not offered again', () => {
	const at = new Date('2026-12-03T01:00:00Z');
	const asked = { id: '1', number: 'PD-1', state: 'granted', receivedAt: at, dueAt: at, decidedAt: at };
	const rest = {
		periods: { items: [], notes: [] },
		agreed: [],
		hasContact: true,
		rule: { hours: 72 },
		hidden: {},
		unit: UNIT
	};
	const page = (
		kind: string,
		{ restrictedAt = null, mails = 'stopped' }: { restrictedAt?: Date | null; mails?: string }
	) =>
		pageOf(DataPage, {
			report: { reference: 'ADU-1', restrictedAt },
			mails: { state: mails },
			requests: [{ ...asked, kind }],
			...rest
		});
	const restricted = page('restriction', { restrictedAt: at });
	expect(restricted).toContain(m.request_restriction_holds());
	expect(restricted).not.toContain('value="restriction"');
	const lifted = page('restriction', {});
	expect(lifted).not.toContain(m.request_restriction_holds());
	expect(lifted).toContain('value="restriction"');
	const withdrawn = page('consent', {});
	expect(withdrawn).toContain(m.request_consent_holds());
	expect(withdrawn).not.toContain('value="consent"');
	const again = page('consent', { mails: 'wanted' });
	expect(again).toContain(m.request_consent_mails_again());
	expect(again).toContain('value="consent"');
});

it('the page has what its reporter agreed to, and what of it was withdrawn', () => {
	const at = new Date('2026-12-03T01:00:00Z');
	const rest = { requests: [], periods: { items: [], notes: [] }, hasContact: true, rule: { hours: 72 }, hidden: {} };
	const page = (agreed: object[]) => pageOf(DataPage, { report: { reference: 'ADU-1' }, unit: UNIT, agreed, ...rest });
	const date = 'Kamis, 3 Desember 2026, 09.00 WITA';
	const given = page([{ at, words: 'Nama saya boleh ikut dikirim', withdrawnAt: null }]);
	expect(given).toContain('Nama saya boleh ikut dikirim');
	expect(given).not.toContain(m.request_agreed_withdrawn({ date }));
	expect(page([{ at, words: 'Nama saya', withdrawnAt: at }])).toContain(m.request_agreed_withdrawn({ date }));
	expect(page([])).not.toContain(m.request_agreed_title());
});
