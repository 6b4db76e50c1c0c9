import { expect, test } from 'vitest';
import { m } from '#lib/paraglide/messages.js';
import type { WholeDeskCase } from '#lib/server/cases/view.ts';
import { conversationTurns } from './conversation-turns.ts';

test('names the message of which the reporter has only the template so far', () => {
	const said = (seq: number) => ({ author: 'staff', public: true, entry: { seq, type: 'message', data: {} } });
	const shown = { conversation: [said(7), said(9)], unit: { timeZone: 'Asia/Makassar' } };
	const turns = conversationTurns(shown as unknown as WholeDeskCase, new Set([9]));
	expect(turns.map(({ lines }) => lines)).toEqual([[], [m.channels_text_held()]]);
});
