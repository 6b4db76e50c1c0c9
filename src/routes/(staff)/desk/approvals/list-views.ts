import { m } from '#lib/paraglide/messages.js';
import { withQuery } from '#lib/text/with-query.ts';
import { viewCount } from '../count-words.ts';

export type ApprovalsView = 'mine' | 'all' | 'single';

export const listAddress = (view: ApprovalsView, cursor?: string) => withQuery('/desk/approvals', { view, cursor });

interface Shown {
	view: ApprovalsView;
	decides: boolean;
	fromStart: boolean;
	waiting: { items: readonly unknown[]; nextCursor: string | null };
}

/** The lists; how many wait for the reader is told where their first page has shown it. */
export function listViews({ view, decides, fromStart, waiting }: Shown) {
	const mine = {
		href: listAddress('mine'),
		label: m.desk_approvals_mine(),
		count:
			view === 'mine' && fromStart
				? viewCount({ count: waiting.items.length, more: waiting.nextCursor !== null })
				: undefined,
		current: view === 'mine'
	};
	return [
		...(decides ? [mine] : []),
		{ href: listAddress('all'), label: m.desk_approvals_all(), current: view === 'all' },
		{ href: listAddress('single'), label: m.term_single_signature(), current: view === 'single' }
	];
}
