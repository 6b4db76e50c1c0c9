import { expect, test } from 'vitest';
import { computeDue } from '#lib/calendar/deadline-calculator.ts';
import { instantAt } from '#lib/calendar/days.ts';
import { DEFAULT_WORKDAY_HOURS } from '#lib/calendar/workday-hours.ts';
import { DEFAULT_CLOCK_RULES, DEFAULT_LIMIT_RULES } from '#lib/calendar/clock-rules.ts';
import { inLocale } from '#lib/server/in-locale.ts';
import { basisWord, citizenClockWords, clockWord, daysOffExplained, dueWords, howCounted } from './clock.ts';

const ZONE = 'Asia/Makassar';
const calendar = { days: {}, years: { 2026: { decree: 'SKB' } } };
const basis = 'UU 25/2009';
const of = (start: string, days: number, dayUnit: 'working' | 'calendar') => {
	const question = { start: instantAt(start, '09:00', ZONE), days, dayUnit, zone: ZONE };
	const { skipped, dueAt } = computeDue({ ...question, calendar, hours: DEFAULT_WORKDAY_HOURS });
	return { days, dayUnit, skipped, dueAt, basis };
};

test('a deadline in calendar days explains that every day counts, and why it is due before its last day', () => {
	// The fourteenth day is Sunday, 29 November.
	const clock = of('2026-11-15', 14, 'calendar');
	expect(howCounted(clock, '15 November 2026')).toBe(
		'14 hari kalender sejak 15 November 2026. Semua hari dihitung, termasuk hari libur; waktunya tidak pernah dihentikan sementara. Dasar: UU 25/2009.'
	);
	expect(daysOffExplained(clock, ZONE)).toEqual({
		why: 'Tidak jatuh pada hari kerja, dimajukan ke 27 Nov 2026',
		spans: ['28–29 Nov 2026 (bukan hari kerja)']
	});
	expect(daysOffExplained(of('2026-11-13', 14, 'calendar'), ZONE)).toBeUndefined();
});

test('a deadline in working days lists the days that were not counted', () => {
	const clock = of('2026-11-26', 3, 'working');
	expect(howCounted(clock, '26 November 2026')).toBe('3 hari kerja sejak 26 November 2026. Dasar: UU 25/2009.');
	expect(daysOffExplained(clock, ZONE)).toEqual({
		why: '2 hari tidak dihitung',
		spans: ['28–29 Nov 2026 (akhir pekan)']
	});
});

test('without a due time, an open report is paused and a settled report has no deadline', () => {
	const row = (state: 'paused' | 'none') => dueWords({ state, lateDays: 0, dueAt: null }, ZONE, new Date());
	expect(row('paused')).toBe('Waktu dihentikan sementara');
	expect(row('none')).toBe('Tidak ada batas waktu');
});

test.each([
	['2026-12-01T08:00:00Z', 'Hari ini'],
	['2026-12-02T08:00:00Z', 'Besok'],
	['2026-12-03T08:00:00Z', '3 Des']
])('a row in which the deadline is at %s says %s, after midnight in the office but not in UTC', (due, words) => {
	const row = { state: 'soon', lateDays: 0, dueAt: new Date(due) } as const;
	expect(dueWords(row, ZONE, new Date('2026-11-30T17:24:00Z'))).toBe(words);
});

test('the reporter sees a deadline that was stopped while paused as stopped', () => {
	const stopped = { dueAt: null, state: 'stopped' as const, late: false, basis, provisional: false };
	expect(citizenClockWords(stopped, ZONE)).toEqual({ main: 'Dihentikan', more: `Dasar: ${basis}` });
});

test('the reporter reads that a date of the law is the last one for the same reply', () => {
	expect(clockWord('first_reply', 'citizen')).toBe('Balasan pertama');
	expect(clockWord('response_by_law', 'citizen')).toBe('Balasan pertama, batas terakhir menurut undang-undang');
	expect(clockWord('response_by_law', 'staff')).toBe('Tanggapan menurut undang-undang');
});

test('the legal bases that citizens read are in English on English pages', () => {
	const bases = [...DEFAULT_CLOCK_RULES, ...DEFAULT_LIMIT_RULES.filter(({ name }) => name !== 'breach')];
	const inEnglish = inLocale('en', () => bases.map(({ basis }) => basisWord(basis)));
	expect(inEnglish.join()).not.toMatch(/UU|Perpres|Pasal|instansi|kantor|Waktu/);
	expect(bases.map(({ basis }) => basisWord(basis))).toEqual(bases.map(({ basis }) => basis));
	expect(inLocale('en', () => basisWord('Peraturan Kepala'))).toBe('Peraturan Kepala');
});

test.each([
	['met', false, 'Terpenuhi'],
	['met', true, 'Terpenuhi, terlambat'],
	['running', false, 'Berjalan'],
	['running', true, 'Terlambat'],
	['stopped', false, 'Dihentikan']
] as const)('the reporter reads of a deadline that is %s and late (%s): %s', (state, late, words) => {
	const clock = { dueAt: new Date('2026-12-03T08:00:00Z'), state, late, basis, provisional: false };
	expect(citizenClockWords(clock, ZONE).more).toBe(`${words} · Dasar: ${basis}`);
});
