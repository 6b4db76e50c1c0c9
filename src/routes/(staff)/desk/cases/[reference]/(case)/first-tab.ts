import type { DeskCase } from '#lib/server/cases/view.ts';
import type { CaseTemplate } from '#lib/server/web/forms/case-templates.ts';

/** Props of the form that is the next step of a case. It also has a page of its own. */
export interface NextFormProps {
	shown: DeskCase;
	templates: readonly CaseTemplate[];
	form: unknown;
	/** Shown by the page of the case itself, because it is the next step. */
	byCase?: boolean;
}

/**
 * The tab of the composer that the page of a case opens: the answer if it is the next step, else notes and messages.
 * While a draft waits, or a proposal to archive was sent back, its own panel leads on.
 */
export function firstTab({
	may,
	status,
	assigneeId,
	draft
}: Pick<DeskCase, 'may' | 'status' | 'assigneeId' | 'draft'>): 'answer' | 'direct' | '' {
	if (may.direct) return 'direct';
	// A verified report without an assignee is assigned first.
	const isAtWork = status === 'in_progress' || (status === 'verified' && assigneeId !== null);
	const isForm = !draft || (draft.kind === 'answer' && draft.state === 'sent_back');
	return may.answer && isAtWork && isForm ? 'answer' : '';
}
