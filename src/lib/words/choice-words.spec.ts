import { expect, test } from 'vitest';
import { DEFAULT_INBOX } from '#lib/cases/inbox-query.ts';
import { m } from '#lib/paraglide/messages.js';
import { choiceWords } from './choice-words.ts';

test('names the office of a list, or shows its slug where the name is not known', () => {
	const choice = { ...DEFAULT_INBOX, due: 'overdue' as const, unit: 'polewali-mandar' };
	const nameOf = (slug: string) => (slug === 'polewali-mandar' ? 'BPS Polewali Mandar' : undefined);
	expect(choiceWords(choice, nameOf)).toBe(`${m.clock_overdue()} · BPS Polewali Mandar`);
	expect(choiceWords(choice)).toBe(`${m.clock_overdue()} · polewali-mandar`);
});
