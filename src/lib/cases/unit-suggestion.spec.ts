import { expect, test } from 'vitest';
import { suggestUnit } from './unit-suggestion.ts';

const units = [
	{ id: 'sulbar', name: 'BPS Provinsi Sulawesi Barat', slug: 'sulbar' },
	{ id: 'mamuju', name: 'BPS Kabupaten Mamuju', slug: 'mamuju' },
	{ id: 'tengah', name: 'BPS Kabupaten Mamuju Tengah', slug: 'mamuju-tengah' },
	{ id: 'majene', name: 'BPS Kabupaten Majene', slug: 'majene' }
];
const named = (text: string, ownUnitId = 'mamuju') => suggestUnit(text, ownUnitId, units)?.unit.id;

test.each([
	['Saya datang ke BPS Majene hari Senin.', 'majene'],
	['Petugas di Mamuju Tengah tidak ada.', 'tengah'],
	['Loket di Mamuju tutup.', undefined],
	['Loket tutup sejak pagi.', undefined],
	['Saya sudah ke Mamuju dan ke Majene.', undefined]
])('reads %j', (text, id) => {
	expect(named(text)).toBe(id);
});

test('suggests Mamuju for a report to Mamuju Tengah that names only Mamuju', () => {
	expect(named('Kantor di Mamuju menolak berkas saya.', 'tengah')).toBe('mamuju');
});
