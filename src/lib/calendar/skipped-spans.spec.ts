import { expect, test } from 'vitest';
import { skippedSpans } from './skipped-spans.ts';

const saturday = (date: string) => ({ date, why: 'weekend' as const, name: 'Sabtu' });
const sunday = (date: string) => ({ date, why: 'weekend' as const, name: 'Minggu' });
const paused = (date: string) => ({ date, why: 'paused' as const, name: 'Waktu dihentikan sementara' });
const holiday = (date: string, name: string) => ({ date, why: 'national_holiday' as const, name });

test('a weekend is one span without a name', () => {
	expect(
		skippedSpans([saturday('2026-11-28'), sunday('2026-11-29'), saturday('2026-12-05'), sunday('2026-12-06')])
	).toEqual([
		{ from: '2026-11-28', to: '2026-11-29', why: 'weekend', name: null },
		{ from: '2026-12-05', to: '2026-12-06', why: 'weekend', name: null }
	]);
});

test('holidays have their names, and different holidays are separate spans', () => {
	expect(
		skippedSpans([
			holiday('2027-03-10', 'Idulfitri'),
			holiday('2027-03-11', 'Idulfitri'),
			holiday('2027-03-26', 'Wafat Yesus Kristus')
		])
	).toEqual([
		{ from: '2027-03-10', to: '2027-03-11', why: 'national_holiday', name: 'Idulfitri' },
		{ from: '2027-03-26', to: '2027-03-26', why: 'national_holiday', name: 'Wafat Yesus Kristus' }
	]);
});

test('a pause includes a weekend only if it goes on directly after the weekend', () => {
	const days = ['2026-11-26', '2026-11-27'].map(paused);
	const weekend = [saturday('2026-11-28'), sunday('2026-11-29')];
	expect(skippedSpans([...days, ...weekend, paused('2026-11-30'), saturday('2026-12-05')])).toEqual([
		{ from: '2026-11-26', to: '2026-11-30', why: 'paused', name: null },
		{ from: '2026-12-05', to: '2026-12-05', why: 'weekend', name: null }
	]);
	expect(skippedSpans([...days, ...weekend, paused('2026-12-02')])).toHaveLength(3);
});

test('no skipped days give no spans', () => {
	expect(skippedSpans([])).toEqual([]);
});

test('a deadline moved back over a weekend gives one span', () => {
	const rolledBack = (date: string, name: string) => ({ date, why: 'rolled_back' as const, name });
	expect(skippedSpans([rolledBack('2027-01-23', 'Sabtu'), rolledBack('2027-01-24', 'Minggu')])).toEqual([
		{ from: '2027-01-23', to: '2027-01-24', why: 'rolled_back', name: null }
	]);
	expect(skippedSpans([rolledBack('2026-12-24', 'Cuti bersama Natal')])).toMatchObject([
		{ name: 'Cuti bersama Natal' }
	]);
});
