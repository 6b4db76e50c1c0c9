import { expect, test } from 'vitest';
import { inLocale } from '#lib/server/in-locale.ts';
import { caseFacts } from './case-facts.ts';

test('says of an officer whom only the place of the report names where the name comes from', () => {
	const moment = new Date('2026-03-02T01:00:00Z');
	const named = [
		{ name: 'Budi', source: 'place', state: 'named', removalBy: null },
		{ name: 'Ani', source: 'officer', state: 'named', removalBy: null },
		{ name: 'Citra', source: 'place', state: 'proposed', removalBy: null }
	];
	const shown = {
		...{ named, may: {}, reference: 'SPATULA-7604-26-000001', unit: { name: 'Kantor', timeZone: 'Asia/Makassar' } },
		...{ receivedAt: moment, openedAt: moment, channel: 'qr', priority: 'normal' }
	};
	const facts = inLocale('id', () => caseFacts(shown as unknown as Parameters<typeof caseFacts>[0], []));
	const officers = facts.find(({ term }) => term === 'Petugas yang disebut');
	expect(officers?.detail).toBe('Budi (petugas di lokasi laporan), Ani, Citra (perlu dipastikan)');
});
