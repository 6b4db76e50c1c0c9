import { expect, test } from 'vitest';
import { htmlOf, pageOf } from '#lib/dev/testing/rendered.ts';
import { m } from '#lib/paraglide/messages.js';
import { formState } from '#lib/ui/form/form-state.ts';
import { archiveReasonWord } from '#lib/words/cases.ts';
import DeclineObjection from './objection/+page.svelte';
import Reopen from './reopen/+page.svelte';
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

test('a step that was opened by its address and is not possible does not ask for a reload, which would not help', () => {
	const html = htmlOf(VerbPanel, { data: {}, title: 'Judul', lead: '', sent: formState(null), available: false });
	expect(html).toContain(m.desk_step_unavailable());
	expect(html).not.toContain(m.error_invalid_move());
});

test('a reason of its own is shown in place of the last step', () => {
	const restriction = m.error_conflict_processing_restricted();
	const html = refusedWith(restriction, 'invalid-move');
	expect(html).toContain(restriction);
	expect(html).not.toContain('Budi Contoh');
});

test.each([
	['reopening', Reopen],
	['an objection', DeclineObjection]
])('the decision about %s shows why the report was archived', (_, page) => {
	const note = 'Bukan layanan kami.';
	const may = { reopen: true, declineObjection: true };
	const html = pageOf(page, { shown: { may, version: 3, archiveReason: 'out_of_scope', archiveNote: note } });
	expect(html).toContain(archiveReasonWord('out_of_scope'));
	expect(html).toContain(note);
});
