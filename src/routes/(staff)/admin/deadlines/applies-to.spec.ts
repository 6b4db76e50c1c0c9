import { expect, it } from 'vitest';
import { DEFAULT_CLOCK_RULES, DEFAULT_LIMIT_RULES } from '#lib/calendar/clock-rules.ts';
import { appliesTo, consequenceOf } from './applies-to.ts';

it('says that a deadline of the personal data law applies to requests or to breaches, and the others to reports', () => {
	const applies = Object.fromEntries(DEFAULT_LIMIT_RULES.map((rule) => [rule.name, appliesTo(rule)]));
	expect(applies).toEqual({
		objection: 'Semua laporan',
		completion: 'Semua laporan',
		data_request: 'Permintaan data pribadi',
		breach: 'Insiden data pribadi'
	});
	const consequences = DEFAULT_LIMIT_RULES.map(consequenceOf);
	expect(consequences.map((text) => text.match(/^Berlaku untuk (\w+)/)?.[1])).toEqual([
		'laporan',
		'laporan',
		'permintaan',
		'insiden'
	]);
});

it('tells the class of a report from its kind, which has the same words', () => {
	const solutions = DEFAULT_CLOCK_RULES.filter(({ name }) => name === 'solution').map(appliesTo);
	expect(solutions.slice(0, 2)).toEqual([
		'Klasifikasi: Permintaan informasi',
		'Saran · Klasifikasi: Permintaan informasi'
	]);
});
