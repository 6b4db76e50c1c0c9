import { describe, expect, test } from 'vitest';
import { linkProblem, statusReason, revealsOtherReporters, type Linkable } from './linking.ts';
import { CASE_STATUSES } from './vocabulary.ts';

const one = (changes: Partial<Linkable> = {}): Linkable => ({
	id: 1,
	unitId: 'u',
	handlingUnitId: 'u',
	restricted: false,
	category: 'time',
	status: 'in_progress',
	mainCaseId: null,
	...changes
});
const main = (changes: Partial<Linkable> = {}) => one({ id: 2, ...changes });

test.each([
	['links two open reports', one(), main(), false, undefined],
	['does not link a report to itself', one(), one(), false, 'link_self'],
	['does not link a restricted report', one({ restricted: true }), main(), false, 'link_restricted'],
	['does not link to a restricted report', one(), main({ restricted: true }), false, 'link_restricted'],
	['does not link to an integrity report', one(), main({ category: 'integrity' }), false, 'link_restricted'],
	['does not link to a report of another office', one(), main({ unitId: 'v' }), false, 'link_other_unit'],
	[
		'does not link to a report that another office handles',
		one(),
		main({ handlingUnitId: 'v' }),
		false,
		'link_other_unit'
	],
	['does not link to an archived report', one(), main({ status: 'archived' }), false, 'link_main_archived'],
	['links to an answered report', one(), main({ status: 'answered' }), false, undefined],
	['does not link a linked report again', one({ mainCaseId: 3 }), main(), false, 'link_already'],
	['does not link to a linked report', one(), main({ mainCaseId: 3 }), false, 'link_chain'],
	['does not link a main case', one(), main(), true, 'link_chain']
] as const)('%s', (_, row, other, isMain, problem) => {
	expect(linkProblem(row, other, isMain)).toBe(problem);
});

test('a main answer reaches only statuses in which the table of moves allows an answer', () => {
	const passing = CASE_STATUSES.filter((status) => statusReason(status) === undefined);
	expect(passing).toEqual(['verified', 'in_progress']);
	expect(statusReason('needs_info')).toBe('waiting');
	expect(statusReason('received')).toBe('unverified');
});

describe('data of one reporter in a text to another', () => {
	const strangers = {
		references: ['SPATULA-7604-26-000123'],
		names: ['Sari Dewi Lestari', 'muh. yusuf'],
		contacts: ['0812-3456-7890', '+6281298765432', 'sari@contoh.id']
	};
	test.each([
		['Loket kedua dibuka setiap Senin.', false],
		['Yth. Ibu Sari, loket kedua dibuka.', true],
		['Yth. Bapak YUSUF, terima kasih.', true],
		['Inti sari masukan ini kami teruskan.', false],
		['Laporan SPATULA 7604 26 000123 selesai.', true],
		['Kami menghubungi 081234567890 kemarin.', true],
		['Kami menghubungi +62 812-3456-7890 kemarin.', true],
		['Kami menghubungi 0812-9876-5432 kemarin.', true],
		['Nomor antrean 081299 dipanggil kemarin.', false],
		['Kami menulis ke Sari@contoh.id.', true]
	])('%s', (text, reveals) => {
		expect(revealsOtherReporters(text, strangers)).toBe(reveals);
	});
});
