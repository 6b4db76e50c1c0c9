import { expect, test } from 'vitest';
import { matchesSettings } from './settings-search.ts';

test.each([
	['libur', '/admin/calendar'],
	['jam buka', '/admin/units'],
	['Jam Kerja', '/admin/units'],
	['cadangan', '/admin/mulai'],
	['backup', '/admin/backup'],
	['kata sandi', '/admin/people'],
	['daftar kata', '/admin/routing'],
	['tag', '/admin/routing'],
	['tidak hadir', '/admin/people'],
	['serah terima', '/admin/people'],
	['plh', '/admin/people'],
	['lupa kata sandi', '/admin/people'],
	['APP_KEY', '/admin/backup'],
	['stiker', '/admin/places'],
	['jadwal', '/admin/places'],
	['csv', '/admin/places'],
	['smtp', '/admin/mail'],
	['pindah meja', '/admin/officers'],
	['hapus petugas', '/admin/officers'],
	['wa', '/admin/channels']
])('%s finds %s by its fields and everyday names', (search, href) => {
	expect(matchesSettings(search, href, ['Petugas', undefined])).toBe(true);
});

test('every word must be found, in the words of the page or of its entry', () => {
	expect(matchesSettings('', '/admin/calendar', ['Kalender'])).toBe(true);
	expect(matchesSettings('kalender libur', '/admin/calendar', ['Kalender'])).toBe(true);
	expect(matchesSettings('kalender kopi', '/admin/calendar', ['Kalender'])).toBe(false);
	expect(matchesSettings('libur', '/admin/tokens', ['Token API'])).toBe(false);
	expect(matchesSettings('wa', '/admin/people', ['Akun dan peran'])).toBe(false);
});
