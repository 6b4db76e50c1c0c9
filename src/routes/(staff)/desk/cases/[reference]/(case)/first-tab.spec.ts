import { expect, test } from 'vitest';
import type { DeskCase } from '#lib/server/cases/view.ts';
import { firstTab } from './first-tab.ts';

const may = (verbs: Partial<DeskCase['may']>) => verbs as DeskCase['may'];
const draft = { kind: 'answer', state: 'pending' } as DeskCase['draft'];
const sentBack = (kind: string) => ({ kind, state: 'sent_back' }) as DeskCase['draft'];

test('the page of a case opens the answer only if it is the next step', () => {
	const answer = may({ answer: true });
	const assigneeId = 'a';
	expect(firstTab({ may: answer, status: 'in_progress', assigneeId, draft: null })).toBe('answer');
	expect(firstTab({ may: answer, status: 'verified', assigneeId: null, draft: null })).toBe('');
	expect(firstTab({ may: answer, status: 'verified', assigneeId, draft: null })).toBe('answer');
	expect(firstTab({ may: answer, status: 'in_progress', assigneeId, draft })).toBe('');
	const tabAfter = (kind: string) =>
		firstTab({ may: answer, status: 'in_progress', assigneeId, draft: sentBack(kind) });
	expect(['answer', 'archive'].map(tabAfter)).toEqual(['answer', '']);
	expect(firstTab({ may: may({}), status: 'in_progress', assigneeId, draft: null })).toBe('');
	expect(firstTab({ may: may({ direct: true }), status: 'received', assigneeId, draft: null })).toBe('direct');
});
