import { expect, test } from 'vitest';
import { posterior, UNIFORM, type Counts } from '#lib/ratings/adjusted-score.ts';
import type { DeskClock } from '#lib/server/cases/clocks/view-clocks.ts';
import type { InboxItem } from '#lib/server/cases/inbox/inbox.ts';
import { htmlOf, pageOf } from '#lib/dev/testing/rendered.ts';
import Calendar from './(staff)/admin/calendar/[year]/+page.svelte';
import AccessCard from './(staff)/me/access/AccessCard.svelte';
import Approvals from './(staff)/desk/approvals/+page.svelte';
import AbsencePanel from '#lib/ui/form/AbsencePanel.svelte';
import Clocks from './(staff)/desk/cases/[reference]/(case)/aside/Clocks.svelte';
import NewsList from './(staff)/desk/escalations/[id]/NewsList.svelte';
import InboxList from './(staff)/desk/InboxList.svelte';
import LoadTable from './(staff)/insight/cases/LoadTable.svelte';
import RatedTable from './(staff)/insight/RatedTable.svelte';

const distribution: Counts = [1, 4, 5, 11, 7];
const table = (subject: 'officers' | 'units') => {
	const row = {
		key: 'a',
		name: 'Petugas Contoh 5',
		href: '/',
		distribution,
		n: 28,
		verifiedShare: 0,
		response: '–',
		range: posterior(distribution, { prior: UNIFORM }),
		trend: undefined,
		list: () => '/'
	};
	return htmlOf(RatedTable, { subject, caption: 'Petugas', rows: [row], scale: [1, 5] });
};

test('the adjusted mean of an officer is called so, with the plain mean of the scores beside it', () => {
	expect(table('officers')).toContain('Rata-rata disesuaikan (apa adanya)');
	// (1 + 8 + 15 + 44 + 35) / 28
	expect(table('officers')).toMatch(/Rata-rata apa adanya:<\/span>\s*\(3,68\)/);
});

test('the mean of an office is a plain mean', () => {
	expect(table('units')).toContain('Rata-rata dan kisaran');
	expect(table('units')).not.toContain('apa adanya');
});

const reference = 'SPATULA-7604-26-000014';
const list = (due: InboxItem['due']) => {
	const item = { id: 1, reference, title: 'Mesin antrean', excerpt: 'Rusak.', kind: 'complaint', channel: 'web' };
	const rest = {
		status: 'in_progress',
		dueAt: new Date('2026-11-24T08:00:00Z'),
		unit: { name: 'Kantor', timeZone: 'Asia/Makassar' },
		due
	};
	const items = [{ ...item, ...rest, version: 3, assignee: { id: 'me', name: 'Sari Contoh' } } as InboxItem];
	const props = { items, list: '', severalUnits: false, accountId: 'me', roomy: true, added: [], removed: [] };
	return htmlOf(InboxList, props).replace(/<[^>]*unseen[^>]*>[^<]*<\/span>/g, '');
};

test('a late report says which promise is late', () => {
	expect(list({ clock: 'first_reply', state: 'overdue', lateDays: 5 })).toContain('Balasan pertama');
	expect(list({ clock: 'first_reply', state: 'later', lateDays: 0 })).not.toMatch(/>\s*Balasan pertama/);
});

test('on paper the reader’s own reports have the name of their assignee', () => {
	expect(list({ clock: null, state: 'none', lateDays: 0 })).toMatch(/on-paper[^>]*>Sari Contoh</);
});

const panel = (due: DeskClock['due'], recap?: string) => {
	const at = new Date('2026-11-24T08:00:00Z');
	const clock = {
		id: 'c',
		name: 'first_reply',
		state: 'running',
		due,
		dueAt: at,
		startAt: at,
		days: 5,
		dayUnit: 'working'
	};
	const shown = [{ ...clock, lateDays: 4, metAt: null, provisional: false }] as unknown as DeskClock[];
	const props = { clocks: shown, daysOff: new Map(), zone: 'Asia/Makassar', base: '/desk/cases/X', recap };
	return htmlOf(Clocks, props);
};

test('shows the possible actions beside a missed deadline', () => {
	expect(panel('later')).not.toContain('diperpanjang');
	expect(panel('overdue')).toContain('tidak dapat diperpanjang');
	expect(panel('overdue')).toContain('/desk/cases/X/messages');
	expect(panel('overdue')).toContain('Penyelia menulis sebab');
	expect(panel('overdue', '/insight/recap/mamuju/2026-11')).toContain('href="/insight/recap/mamuju/2026-11"');
});

test('a follow-up whose text LAPOR changed says so, and only the start of a long one is unfolded', () => {
	const news = (content: string, changed = false) => {
		const update = { id: 'u', kind: 'followup', at: new Date(), content, changed, attachments: [] };
		return htmlOf(NewsList, { view: { updates: [update] }, zone: 'Asia/Makassar' });
	};
	expect(news('Ralat.', true)).toContain('SP4N-LAPOR! mengubah tindak lanjut ini.');
	expect(news('Ralat.')).not.toMatch(/mengubah|Tampilkan/);
	expect(news('a'.repeat(1501))).toMatch(/>a{598} …<.*<details>.*Tampilkan seluruhnya<.*>a{1501}</);
});

test('the open and the late reports of a person lead to their lists', () => {
	const id = '00000000-0000-4000-8000-000000000001';
	const html = htmlOf(LoadTable, { loads: [{ id, name: 'Sari', open: 3, late: 1, soon: 2 }], unitSlug: 'mamuju' });
	expect(html).toContain(`/desk?unit=mamuju&amp;handler=${id}">3`);
	expect(html).toContain('due=overdue');
});

test('the panel of absences speaks to the person on their own page, and about the person elsewhere', () => {
	const hints = (own: boolean) => {
		const left = { units: ['Mamuju'], drafts: 1, hasAbove: false };
		const html = htmlOf(AbsencePanel, { absences: [], deputies: [], form: null, submissionId: 'x', own, left });
		expect(html).toContain('yang sudah menunggu persetujuan paling cepat pada akhir hari kerja berikutnya');
		return [html.includes('atas nama Anda'), html.includes('orang ini'), html.includes('Plh.')];
	};
	expect(hints(true)).toEqual([true, false, false]);
	expect(hints(false)).toEqual([false, true, true]);
});

test('an absent supervisor reads why no draft waits', () => {
	const none = { items: [], nextCursor: null };
	const actor = { units: { handler: [], supervisor: ['a'] } };
	const pageFor = (away: boolean, view = 'mine') =>
		pageOf(Approvals, { actor, view, decides: true, away, waves: [], waiting: none, single: none });
	expect(pageFor(true)).toContain('Hari ini Anda tercatat tidak hadir');
	for (const page of [pageFor(false), pageFor(true, 'all')]) expect(page).not.toContain('tercatat tidak hadir');
});

test('the calendar leads from its top to the form for one more day', () => {
	const shown = { year: 2026, decree: 'SKB 1/2025', days: [] };
	const pageFor = (mayChange: boolean) => pageOf(Calendar, { shown, years: [2026], missed: [], mayChange, toAsk: [] });
	expect(pageFor(true)).toMatch(/href="#add"(?=.*id="add")/s);
	expect(pageFor(false)).not.toContain('#add');
});

test('a waiting change of access marks the supervisors who can’t sign in yet', () => {
	const deciders = [
		{ name: 'Dewi', hasPassword: true },
		{ name: 'Eka', hasPassword: false }
	];
	const at = new Date('2026-03-02T01:00:00.000Z');
	const account = { id: 'a', name: 'Sari', username: 'sari', email: null };
	const asked = { id: 'x', kind: 'role', role: 'handler', acting: null, state: 'waiting', askedBy: 'Budi' };
	const when = { requestedAt: at, takesEffectAt: at, takesEffectItself: true };
	const change = { ...asked, ...when, account, deciders, unit: { name: 'Kantor', timeZone: 'Asia/Makassar' } };
	expect(htmlOf(AccessCard, { change })).toContain('Yang dapat memutuskan: Dewi, Eka (belum punya kata sandi).');
});
