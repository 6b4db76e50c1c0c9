import { figureParameters, type FigureChoice } from './figure-query.ts';
import { OPEN_STATUSES } from './moves.ts';
import type { CaseKind, CaseStatus, Priority } from './vocabulary.ts';

/** Filter of the desk's list, as in the page's address. */
export interface InboxChoice {
	/** Empty: open cases, or all statuses during a search. */
	status: readonly CaseStatus[] | 'all';
	kind?: CaseKind;
	priority?: Priority;
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

/** The default list: all open cases. */
export const DEFAULT_INBOX: InboxChoice = {
	status: [],
	mine: false,
	deputy: false,
	unassigned: false,
	approval: false,
	objection: false
};

/** The address of the list for a choice. Without `page` it is the first page. */
export function inboxAddress(choice: InboxChoice, page: Record<string, string> = {}): string {
	const query = new URLSearchParams();
	const status = choice.status === 'all' ? 'all' : choice.status.join(',');
	if (status) query.set('status', status);
	for (const name of ['kind', 'priority', 'due', 'unit', 'q'] as const) {
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

/** Query parameters that report the outcome of an action. They are not part of the list's filter. */
const OUTCOMES = ['done', 'of', 'left', 'work', 'taken', 'nothing', 'gone', 'stored'];

/** Query string of the list that a desk address shows, or from which its case was opened. Null if there is none. */
export function listQueryOf({ pathname, searchParams }: Pick<URL, 'pathname' | 'searchParams'>): string | null {
	if (pathname !== '/desk') return searchParams.get('list');
	const query = new URLSearchParams(searchParams);
	for (const name of OUTCOMES) query.delete(name);
	return query.toString();
}

/**
 * Adds the list's filter to the address of a case, of a forward or of the desk, so that the Back link returns to the same list.
 * Other addresses stay unchanged.
 *
 * @param list query string of the list. It is untrusted, but harmless: it only becomes a query of /desk, which ignores
 *   unknown parameters.
 */
export function addListToAddress(address: string, list: string | null): string {
	const [path, query] = address.split('?');
	if (list && path === '/desk') return `${path}?${new URLSearchParams(list)}${query ? `&${query}` : ''}`;
	if (list && /^\/desk\/(cases|escalations)\//.test(path ?? ''))
		return `${address}${query === undefined ? '?' : '&'}${new URLSearchParams({ list })}`;
	return address;
}
