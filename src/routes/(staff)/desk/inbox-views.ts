import { inboxAddress, sameChoice, DEFAULT_INBOX, type InboxChoice } from '#lib/cases/inbox-query.ts';
import { m } from '#lib/paraglide/messages.js';
import type { InboxCounts } from '#lib/server/cases/inbox/counts.ts';
import { listCount } from './count-words.ts';

/**
 * Links to the standard lists of the inbox, each with its count. Lists with `ifAny` are left out while they are empty.
 *
 * @param options `deputy`: the person is the deputy of someone absent
 */
export function inboxViews(choice: InboxChoice, counts: InboxCounts, { deputy }: { deputy: boolean }) {
	const views: { choice: InboxChoice; label: string; count?: number; ifAny?: true }[] = [
		{ choice: DEFAULT_INBOX, label: m.desk_status_open(), count: counts.open },
		{ choice: { ...DEFAULT_INBOX, mine: true }, label: m.desk_view_mine(), count: counts.mine },
		...(deputy || choice.deputy ? [{ choice: { ...DEFAULT_INBOX, deputy: true }, label: m.triage_view_deputy() }] : []),
		{ choice: { ...DEFAULT_INBOX, unassigned: true }, label: m.desk_view_unassigned(), count: counts.unassigned },
		{
			choice: { ...DEFAULT_INBOX, status: ['received'] },
			label: m.desk_view_unverified(),
			count: counts.unverified,
			ifAny: true
		},
		{ choice: { ...DEFAULT_INBOX, due: 'overdue' }, label: m.clock_overdue(), count: counts.overdue },
		{ choice: { ...DEFAULT_INBOX, due: 'soon' }, label: m.clock_due_soon(), count: counts.soon },
		{ choice: { ...DEFAULT_INBOX, approval: true }, label: m.desk_view_approval(), count: counts.approval },
		{
			choice: { ...DEFAULT_INBOX, objection: true },
			label: m.desk_view_objection(),
			count: counts.objection,
			ifAny: true
		},
		{ choice: { ...DEFAULT_INBOX, status: 'all' }, label: m.common_all() }
	];
	return views
		.filter((view) => view.count !== 0 || !view.ifAny || sameChoice(choice, view.choice))
		.map((view) => ({
			href: inboxAddress(view.choice),
			label: view.label,
			count: view.count === undefined ? undefined : listCount(view.count),
			current: sameChoice(choice, view.choice)
		}));
}
