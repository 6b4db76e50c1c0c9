import { expect, test } from 'vitest';
import { inLocale } from '#lib/server/in-locale.ts';
import { goneWords } from './gone-words.ts';

test('a step that a colleague took first names what was done and by whom', () => {
	const timeline = [
		{ type: 'opened', actorKind: 'reporter', actorName: null },
		{ type: 'verified', actorKind: 'staff', actorName: 'Budi Contoh' },
		{ type: 'note', actorKind: 'staff', actorName: 'Sari Contoh' }
	] as const;
	const words = inLocale('en', () => goneWords(timeline));
	expect(words).toContain('(Budi Contoh)');
	expect(words).not.toContain('send');
});
