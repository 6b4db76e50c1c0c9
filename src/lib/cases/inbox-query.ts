import { figureParameters, oneOf, readFigure, type FigureChoice } from './figure-query.ts';
import { OPEN_STATUSES } from './status.ts';
import { CASE_KINDS, CASE_STATUSES, type CaseKind, type CaseStatus } from './vocabulary.ts';

/** Filter of the desk's list, as in the page's address. */
export interface InboxChoice {
	/** Empty: open cases, or all statuses during a search. */
	status: readonly CaseStatus[] | 'all';
	kind?: CaseKind;
	due?: 'overdue' | 'soon';
	mine: boolean;
	/** Cases of people for whom the actor is deputy today. */
	deputy: boolean;
	unassigned: boolean;
	/** Drafts that wait for a second person. */
	approval: boolean;
	/** Archived reports whose reporter objected. */
	objection: boolean;
	unit?: string;
	figure?: FigureChoice;
	q?: string;
}

/** Reads an address. Unknown values are dropped, so an old bookmark shows more cases instead of an error. */
export function readInboxChoice(query: URLSearchParams): InboxChoice {
	const statuses = query.getAll('status').flatMap((part) => part.split(','));
	const status = statuses.includes('all') ? 'all' : CASE_STATUSES.filter((value) => statuses.includes(value));
	const kind = oneOf(query.get('kind'), CASE_KINDS);
	const due = oneOf(query.get('due'), ['overdue', 'soon']);
	const unit = query.get('unit')?.trim();
	const q = query.get('q')?.trim();
	const figure = readFigure(query);
	return {
		status,
		mine: query.has('mine'),
		deputy: query.has('deputy'),
		unassigned: query.has('unassigned'),
		approval: query.has('approval'),
		objection: query.has('objection'),
		...(kind ? { kind } : {}),
		...(due ? { due } : {}),
		...(unit ? { unit } : {}),
		...(figure ? { figure } : {}),
		...(q ? { q } : {})
	};
}

/** The default list: all open cases. */
export const WHOLE_INBOX = readInboxChoice(new URLSearchParams());

/** The address of the list for a choice. Without `page` it is the first page. */
export function inboxAddress(choice: InboxChoice, page: Record<string, string> = {}): string {
	const query = new URLSearchParams();
	const status = choice.status === 'all' ? 'all' : choice.status.join(',');
	if (status) query.set('status', status);
	for (const name of ['kind', 'due', 'unit', 'q'] as const) {
		const value = choice[name];
		if (value) query.set(name, value);
	}
	for (const name of ['mine', 'deputy', 'unassigned', 'approval', 'objection'] as const)
		if (choice[name]) query.set(name, '1');
	for (const [name, value] of Object.entries({ ...(choice.figure && figureParameters(choice.figure)), ...page }))
		query.set(name, value);
	const text = query.toString();
	return text ? `/desk?${text}` : '/desk';
}

/** The statuses that a choice shows. undefined: all of them. */
export function statusesShown(choice: InboxChoice): readonly CaseStatus[] | undefined {
	if (choice.status === 'all') return undefined;
	if (choice.status.length > 0) return choice.status;
	if (choice.objection) return ['archived'];
	return choice.q || choice.approval ? undefined : OPEN_STATUSES;
}

/** Whether two choices show the same list, regardless of the page. */
export function sameChoice(a: InboxChoice, b: InboxChoice): boolean {
	return inboxAddress(a) === inboxAddress(b);
}
