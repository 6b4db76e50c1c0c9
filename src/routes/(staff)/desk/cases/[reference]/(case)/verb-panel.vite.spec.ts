import { expect, test } from 'vitest';
import { htmlOf } from '#lib/dev/testing/rendered.ts';
import { m } from '#lib/paraglide/messages.js';
import { formState } from '#lib/ui/form/form-state.ts';
import VerbPanel from './VerbPanel.svelte';
import { stepTakenWords } from './step-taken-words.ts';

const timeline = [{ type: 'verified', actorKind: 'staff', actorName: 'Budi Contoh' }] as const;

/** The panel of a step that is not possible any more, after its form was refused with `message`. */
function refusedWith(message: string, conflict: string): string {
	const sent = formState({ issues: [{ path: '', message }], typed: {}, conflict });
	return htmlOf(VerbPanel, {
		data: { lastStep: stepTakenWords(timeline) },
		title: 'Judul',
		lead: '',
		sent,
		available: false
	});
}

test('a form whose step is gone says what came first', () => {
	const gone = stepTakenWords(timeline);
	expect(refusedWith(m.error_invalid_move(), 'invalid-move')).toContain(gone);
	expect(refusedWith(m.error_stale(), 'stale')).toContain(gone);
});

test('a reason of its own is shown in place of the last step', () => {
	const limited = m.error_conflict_processing_limited();
	const html = refusedWith(limited, 'invalid-move');
	expect(html).toContain(limited);
	expect(html).not.toContain('Budi Contoh');
});
