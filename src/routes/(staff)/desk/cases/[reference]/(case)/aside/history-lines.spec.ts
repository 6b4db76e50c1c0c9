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
