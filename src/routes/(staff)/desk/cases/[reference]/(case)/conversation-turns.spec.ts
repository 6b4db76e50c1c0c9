import { expect, test } from 'vitest';
import { m } from '#lib/paraglide/messages.js';
import type { WholeDeskCase } from '#lib/server/cases/view.ts';
import { timelineWord } from '#lib/words/timeline.ts';
import { conversationTurns } from './conversation-turns.ts';

test('names the message of which the reporter has only the template so far', () => {
	const said = (seq: number) => ({
		author: 'staff',
		public: true,
		at: new Date(seq),
		entry: { seq, type: 'message', data: {} }
	});
	const shown = { conversation: [said(7), said(9)], timeline: [], unit: { timeZone: 'Asia/Makassar' } };
	const turns = conversationTurns(shown as unknown as WholeDeskCase, new Set([9]));
	expect(turns.map(({ lines }) => lines)).toEqual([[], [m.channels_text_held()]]);
});

test('the latest answer says how to correct it, until it is disputed', () => {
	const said = (seq: number) => ({
		author: 'staff',
		public: true,
		at: new Date(seq),
		entry: { seq, type: 'answered', data: {} }
	});
	const linesAt = (status: string) => {
		const shown = { conversation: [said(7), said(9)], status, timeline: [], unit: { timeZone: 'Asia/Makassar' } };
		return conversationTurns(shown as unknown as WholeDeskCase, new Set()).map(({ lines }) => lines);
	};
	const answer = timelineWord('answered');
	expect(linesAt('answered')).toEqual([[answer], [answer, m.answering_sent_stays()]]);
	expect(linesAt('in_progress')).toEqual([[answer], [answer]]);
});

test('an objection that was declined is followed by the decision and its reason', () => {
	const said = (at: number, body: string) => ({ author: 'reporter', public: true, at: new Date(at), body });
	const decision = { seq: 5, type: 'objection_declined', at: new Date(2), actorKind: 'staff', actorName: 'Penyelia' };
	const shown = {
		conversation: [said(1, 'Saya keberatan.'), said(3, 'Terima kasih.')],
		timeline: [{ ...decision, data: { reason: 'Sudah dijawab di loket.' } }],
		unit: { timeZone: 'Asia/Makassar' }
	};
	const turns = conversationTurns(shown as unknown as WholeDeskCase, new Set());
	expect(turns.map(({ body }) => body)).toEqual(['Saya keberatan.', 'Sudah dijawab di loket.', 'Terima kasih.']);
	expect(turns[1]).toMatchObject({ voice: 'office', speaker: 'Penyelia', lines: [m.timeline_objection_declined()] });
});
