import type { DeskCase } from '#lib/server/cases/view.ts';

/**
 * The tab of the composer that the page of a case opens: the answer if it is the next step, else notes and messages.
 * While a draft waits or was sent back, its own panel leads on.
 */
export function firstTab({ may, status, draft }: Pick<DeskCase, 'may' | 'status' | 'draft'>): 'answer' | 'direct' | '' {
	if (may.direct) return 'direct';
	return may.answer && status === 'in_progress' && !draft ? 'answer' : '';
}
