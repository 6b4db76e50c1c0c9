import { expect, it } from 'vitest';
import { htmlOf, pageOf } from '#lib/dev/testing/rendered.ts';
import { m } from '#lib/paraglide/messages.js';
import DataPage from './(citizen)/lacak/laporan/data/+page.svelte';
import NextStep from './(citizen)/lacak/laporan/NextStep.svelte';
import Dispute from './(citizen)/lacak/laporan/sanggahan/+page.svelte';
import Score from './(citizen)/lacak/laporan/penilaian/+page.svelte';

const UNIT = { name: 'Kantor Contoh', slug: 'contoh', timeZone: 'Asia/Makassar' };

it('the request for a copy leads to the copy that can be downloaded at once', () => {
	const report = { reference: 'ADU-1' };
	const rest = { requests: [], periods: { parts: [] }, hasContact: true, rule: { hours: 72 }, hidden: {} };
	expect(pageOf(DataPage, { report, unit: UNIT, ...rest })).toContain('href="/lacak/laporan/salinan"');
});

it('the form of a dispute says how long its text may be', () => {
	const report = { reference: 'ADU-1', status: 'archived', may: { dispute: false, object: '2026-12-09' } };
	expect(pageOf(Dispute, { report })).toContain(m.citizen_dispute_hint());
});

it.each([
	['dispute', Dispute],
	['score', Score]
])('a refused %s that is not possible any more has one message', (_, form) => {
	const report = { reference: 'ADU-1', status: 'in_progress', may: { dispute: false, object: null, score: false } };
	const refused = { issues: [{ path: '', message: 'Menunggu jawaban.' }], typed: {} };
	expect(pageOf(form, { report })).toContain(m.citizen_not_possible());
	expect(pageOf(form, { report }, refused)).toContain('Menunggu jawaban.');
	expect(pageOf(form, { report }, refused)).not.toContain(m.citizen_not_possible());
});

it('a closed report says until when its answer can be disputed', () => {
	const report = { status: 'closed', archiveReason: null, may: { score: false, dispute: true } };
	const card = htmlOf(NextStep, { report, turn: '9 Oktober 2026', answer: () => undefined });
	expect(card).toContain('9 Oktober 2026');
});
