import { expect, test } from 'vitest';
import { m } from '#lib/paraglide/messages.js';
import { inLocale } from '#lib/server/in-locale.ts';
import { timelineWord } from '#lib/words/timeline.ts';
import { stepTakenWords } from './step-taken-words.ts';

test('a step that a colleague took first names what was done and by whom', () => {
	const timeline = [
		{ type: 'opened', actorKind: 'reporter', actorName: null },
		{ type: 'verified', actorKind: 'staff', actorName: 'Budi Contoh' },
		{ type: 'note', actorKind: 'staff', actorName: 'Sari Contoh' }
	] as const;
	const words = inLocale('en', () => stepTakenWords(timeline));
	expect(words).toContain('(Budi Contoh)');
	expect(words).not.toContain('send');
});

test('a step of the site or of the reporter counts too, and an earlier step of a colleague is not called new', () => {
	const asked = { type: 'info_requested', actorKind: 'staff', actorName: 'Sari Contoh' } as const;
	const archived = { type: 'archived', actorKind: 'system', actorName: null } as const;
	const later = { type: 'clock_warning', actorKind: 'system', actorName: null } as const;
	const ended = stepTakenWords([asked, archived, later]);
	expect(ended).toContain(timelineWord('archived'));
	expect(ended).not.toContain('Sari Contoh');
	const disputed = { type: 'disputed', actorKind: 'reporter', actorName: null } as const;
	expect(stepTakenWords([asked, disputed])).toContain(m.party_reporter());
});
