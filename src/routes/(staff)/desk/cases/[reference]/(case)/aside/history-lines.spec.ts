import { expect, it } from 'vitest';
import type { WholeDeskCase } from '#lib/server/cases/view.ts';
import { historyLines } from './history-lines.ts';

it('names the conversation of a message that came by a channel', () => {
	const entry = { seq: 1, at: new Date(0), type: 'message', actorKind: 'reporter', actor: null };
	const timeline = [
		{ ...entry, data: { message: 'a', conversation: 7 } },
		{ ...entry, seq: 2, data: { message: 'b' } }
	];
	const shown = { timeline, unit: { timeZone: 'Asia/Makassar' } } as unknown as WholeDeskCase;
	expect(historyLines(shown, new Map()).map(({ conversation }) => conversation)).toEqual([undefined, 7]);
});

it('counts an answer as a step, and no other message', () => {
	const entry = { seq: 1, at: new Date(0), type: 'message', actorKind: 'staff', actor: null, data: { message: 'a' } };
	const timeline = [entry, { ...entry, seq: 2, type: 'answered' }];
	const shown = { timeline, unit: { timeZone: 'Asia/Makassar' } } as unknown as WholeDeskCase;
	expect(historyLines(shown, new Map()).map(({ isStep }) => isStep)).toEqual([true, false]);
});

it('cuts a long text of LAPOR, and no text of the office', () => {
	const data = { reason: 'a'.repeat(2000), content: 'a'.repeat(2000) };
	const entry = { at: new Date(0), actor: null, data };
	const timeline = [
		{ ...entry, seq: 1, type: 'escalation_followup', actorKind: 'lapor' },
		{ ...entry, seq: 2, type: 'reopened', actorKind: 'staff' }
	];
	const shown = { timeline, unit: { timeZone: 'Asia/Makassar' } } as unknown as WholeDeskCase;
	const lengths = historyLines(shown, new Map()).map(({ detail }) => detail.length);
	expect(lengths[1]).toBe(600);
	expect(lengths[0]).toBeGreaterThanOrEqual(2000);
});
