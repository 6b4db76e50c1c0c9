import { describe, expect, test } from 'vitest';
import { linkProblem, notYet, tellsOfOthers, type Linkable } from './linking.ts';
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
	['two open ones', one(), main(), false, undefined],
	['itself', one(), one(), false, 'link_self'],
	['a restricted one', one({ restricted: true }), main(), false, 'link_restricted'],
	['to a restricted one', one(), main({ restricted: true }), false, 'link_restricted'],
	['integrity', one(), main({ category: 'integrity' }), false, 'link_restricted'],
	['another office', one(), main({ unitId: 'v' }), false, 'link_other_unit'],
	['handled elsewhere', one(), main({ handlingUnitId: 'v' }), false, 'link_other_unit'],
	['an archived main case', one(), main({ status: 'archived' }), false, 'link_main_archived'],
	['an answered main case', one(), main({ status: 'answered' }), false, undefined],
	['one that is linked', one({ mainCaseId: 3 }), main(), false, 'link_already'],
	['to one that is linked', one(), main({ mainCaseId: 3 }), false, 'link_chain'],
	['a main case', one(), main(), true, 'link_chain']
] as const)('%s', (_, row, other, isMain, problem) => {
	expect(linkProblem(row, other, isMain)).toBe(problem);
});

test('an answer goes where the table of moves lets it', () => {
	const passing = CASE_STATUSES.filter((status) => notYet(status) === undefined);
	expect(passing).toEqual(['verified', 'in_progress']);
	expect(notYet('needs_info')).toBe('waiting');
	expect(notYet('received')).toBe('unverified');
});

describe('what must not reach another reporter', () => {
	const strangers = {
		references: ['SPATULA-7604-26-000123'],
		names: ['Sari Dewi Lestari', 'muh. yusuf'],
		contacts: ['0812-3456-7890', 'sari@contoh.id']
	};
	test.each([
		['Loket kedua dibuka setiap Senin.', false],
		['Yth. Ibu Sari, loket kedua dibuka.', true],
		['Yth. Bapak YUSUF, terima kasih.', true],
		['Inti sari masukan ini kami teruskan.', false],
		['Laporan SPATULA 7604 26 000123 selesai.', true],
		['Kami menghubungi 081234567890 kemarin.', true],
		['Kami menulis ke Sari@contoh.id.', true]
	])('%s', (text, tells) => {
		expect(tellsOfOthers(text, strangers)).toBe(tells);
	});
});
