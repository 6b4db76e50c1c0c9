import { expect, test } from 'vitest';
import { inLocale } from '#lib/server/in-locale.ts';
import { caseFacts, reporterFacts } from './case-facts.ts';

test('says of an officer whom only the place of the report names where the name comes from', () => {
	const moment = new Date('2026-03-02T01:00:00Z');
	const named = [
		{ name: 'Budi', source: 'place', state: 'named', removalBy: null },
		{ name: 'Ani', source: 'officer', state: 'named', removalBy: null },
		{ name: 'Citra', source: 'place', state: 'proposed', removalBy: null }
	];
	const shown = {
		named,
		may: {},
		reference: 'SPATULA-7604-26-000001',
		unit: { name: 'Kantor', timeZone: 'Asia/Makassar' },
		receivedAt: moment,
		openedAt: moment,
		channel: 'qr',
		priority: 'normal'
	};
	const facts = inLocale('id', () => caseFacts(shown as unknown as Parameters<typeof caseFacts>[0], []));
	const officers = facts.find(({ term }) => term === 'Petugas yang disebut');
	expect(officers?.detail).toBe('Budi (petugas di lokasi laporan), Ani, Citra (perlu dipastikan)');
});

test('office and contact are changed from the list of facts, by people who may', () => {
	const moment = new Date('2026-03-02T01:00:00Z');
	const editsFor = (may: object) => {
		const shown = {
			may,
			named: [],
			reference: 'SPATULA-7604-26-000001',
			unit: { name: 'Kantor', timeZone: 'Asia/Makassar' },
			receivedAt: moment,
			openedAt: moment,
			channel: 'web',
			priority: 'normal',
			reporter: { name: 'Andi', phone: '081234567890', email: 'andi@contoh.id' }
		} as unknown as Parameters<typeof reporterFacts>[0];
		const facts = inLocale('id', () => [...caseFacts(shown, []), ...reporterFacts(shown)]);
		return Object.fromEntries(facts.map(({ term, edit }) => [term, edit && edit.split('/').at(-1)]));
	};
	expect(editsFor({ contact: true, handOver: true })).toMatchObject({
		'Satuan kerja': 'unit',
		'Nomor telepon': 'reporter-answer?kind=contact',
		'E-mail': 'reporter-answer?kind=contact'
	});
	const others = editsFor({ contact: false, handOver: false });
	expect(others).toMatchObject({ 'Nomor telepon': false, 'E-mail': false });
	expect(others).not.toHaveProperty('Satuan kerja');
});
