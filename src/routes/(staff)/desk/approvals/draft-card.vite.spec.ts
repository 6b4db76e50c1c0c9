import { render } from 'svelte/server';
import { expect, it } from 'vitest';
import { m } from '#lib/paraglide/messages.js';
import type { WaitingDraft } from '#lib/server/cases/answers/approval-lists.ts';
import { actionLabel } from '#lib/words/conversation.ts';
import DraftCard from './DraftCard.svelte';

const at = new Date('2026-03-02T01:00:00.000Z');

/** The card of a draft, for a person who may decide it. */
function cardOf(draft: Partial<WaitingDraft['draft']>, changes: Partial<WaitingDraft> = {}): string {
	const waiting: WaitingDraft = {
		id: 'd',
		at,
		wave: null,
		reference: 'SPATULA-7604-26-000001',
		title: 'Antrean',
		body: 'Lama sekali.',
		requestedSolution: null,
		newestMessage: null,
		disputes: 0,
		files: 0,
		needsPage: false,
		version: 2,
		dueAt: null,
		kind: 'complaint' as const,
		unit: { name: 'Kantor Contoh', timeZone: 'Asia/Makassar' },
		draft: {
			kind: 'archive',
			body: '',
			action: null,
			actionOn: null,
			at,
			archiveReason: null,
			duplicateOf: null,
			author: 'Budi',
			files: [],
			...draft
		},
		deciders: ['Sari'],
		widensAt: at,
		held: false,
		mine: true,
		...changes
	};
	return render(DraftCard, { props: { waiting, severalUnits: false, open: true, now: at } }).body;
}

it('a draft is approved only on its own page if the card does not show all that the approval does', () => {
	const spam = cardOf({ archiveReason: 'spam' });
	expect(spam).toContain(m.desk_decide_now());
	expect(spam).toContain('/approval?decision=send_back');
	const duplicateOf = { reference: 'SPATULA-7604-26-000009', title: 'Antrean loket dua' };
	const card = cardOf({ archiveReason: 'duplicate', duplicateOf }, { needsPage: true });
	expect(card).not.toContain(m.desk_decide_now());
	expect(card).toContain('/desk/cases/SPATULA-7604-26-000001/approval');
	expect(card).toContain('SPATULA-7604-26-000009 · Antrean loket dua');
});

it('an answer whose evidence is a file is approved on the card, which links the file', () => {
	const card = cardOf({ kind: 'answer', files: [{ id: 'f', name: 'Foto 1.jpg' }] });
	expect(card).toMatch(/href="\/berkas\/f"[^>]*>Foto 1.jpg</);
	expect(card).toContain(m.desk_decide_now());
});

it('the draft is beside the newest message of a reporter who was not satisfied', () => {
	const newestMessage = { body: 'Kuncinya hilang lagi.', at };
	const card = cardOf({ kind: 'answer' }, { newestMessage, disputes: 1 });
	expect(card).toContain('Kuncinya hilang lagi.');
	expect(card).toContain(m.desk_disputed_times({ count: 1 }));
});

it('the final answer says that it is final and what it must name', () => {
	expect(cardOf({ kind: 'answer' }, { disputes: 2 })).toContain('Setujui hanya bila jawaban ini menyebut jalan lain');
	expect(cardOf({ kind: 'answer' }, { disputes: 1 })).not.toContain(m.desk_decide_final());
	expect(cardOf({ kind: 'archive' }, { disputes: 2 })).not.toContain(m.desk_decide_final());
});

it('the deadline of a draft is today or tomorrow, as in the lists', () => {
	expect(cardOf({}, { dueAt: new Date('2026-03-02T08:00:00Z') })).toContain(m.clock_due_today());
	expect(cardOf({}, { dueAt: new Date('2026-03-03T08:00:00Z') })).toContain(m.clock_due_tomorrow());
});

it('the action of an answer has its day', () => {
	const card = cardOf({ kind: 'answer', action: 'Satu loket ditambah.', actionOn: '2026-02-27' });
	expect(card).toContain(actionLabel('2026-02-27'));
});
