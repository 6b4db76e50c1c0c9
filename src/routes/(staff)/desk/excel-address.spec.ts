import { expect, test } from 'vitest';
import { DEFAULT_INBOX } from '#lib/cases/inbox-query.ts';
import { readInboxChoice } from '#lib/cases/read-inbox-choice.ts';
import { exportAddress } from './excel-address.ts';
import { choiceWords } from '#lib/words/choice-words.ts';

const shown = (choice = DEFAULT_INBOX) => {
	const query = new URL(exportAddress(choice), 'http://localhost').searchParams;
	return choiceWords(readInboxChoice(query));
};

test('a list is exported with the statuses that it shows', () => {
	expect(shown()).toBe('Terbuka');
	expect(shown({ ...DEFAULT_INBOX, mine: true })).toBe('Terbuka · Tugas saya');
	expect(shown({ ...DEFAULT_INBOX, status: ['closed'] })).toBe('Selesai');
	expect(shown({ ...DEFAULT_INBOX, approval: true })).toContain('Semua');
	expect(shown({ ...DEFAULT_INBOX, q: 'kursi' })).toBe('Semua');
});

test('a list of one priority keeps its address and is named after it', () => {
	const choice = readInboxChoice(new URLSearchParams('priority=high&mine=1'));
	expect(exportAddress(choice)).toContain('priority=high');
	expect(shown(choice)).toBe('Terbuka · Prioritas Tinggi · Tugas saya');
	expect(readInboxChoice(new URLSearchParams('priority=urgent'))).toEqual(DEFAULT_INBOX);
});
