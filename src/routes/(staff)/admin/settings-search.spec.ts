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
	['tag', '/admin/routing']
])('%s finds %s by its fields and everyday names', (search, href) => {
	expect(matchesSettings(search, href, ['Aturan', undefined])).toBe(true);
});

test('every word must be found, in the words of the page or of its entry', () => {
	expect(matchesSettings('kalender libur', '/admin/calendar', ['Kalender'])).toBe(true);
	expect(matchesSettings('kalender kopi', '/admin/calendar', ['Kalender'])).toBe(false);
	expect(matchesSettings('libur', '/admin/tokens', ['Token API'])).toBe(false);
});
