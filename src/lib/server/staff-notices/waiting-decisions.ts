import { DEFAULT_INBOX, type InboxChoice } from '#lib/cases/inbox-query.ts';
import { choiceReader } from '#lib/server/cases/inbox/filter.ts';
import { inboxCounts } from '#lib/server/cases/inbox/counts.ts';
import { inboxBatch } from '#lib/server/cases/inbox/inbox.ts';
import { countTodo, listEscalations } from '#lib/server/escalation/list.ts';
import { listAccessChanges } from '#lib/server/people/access/list.ts';
import { absencesWithin } from '#lib/server/people/absence.ts';
import type { Actor } from '#lib/server/people/actor.ts';

/** Maximum number of reports and of forwards shown of each kind. A link opens the whole list. */
const LISTED = 5;

/**
 * What waits for a supervisor beside drafts: access changes to approve or decline, forwards that a person must settle,
 * overdue reports and objections that the actor may see, and who of the team is absent today.
 */
export async function waitingDecisions(actor: Actor) {
	const read = await choiceReader(actor);
	const cases = async (choice: Partial<InboxChoice>) => {
		const { items, nextCursor } = await inboxBatch(actor, read({ ...DEFAULT_INBOX, ...choice }), undefined, LISTED);
		return {
			more: nextCursor !== null,
			items: items.map(({ reference, title, excerpt, processingRestricted, due, dueAt, unit }) => ({
				reference,
				due,
				dueAt,
				unit,
				/** The reporter's text is not shown while processing is restricted. */
				title: processingRestricted ? null : (title ?? excerpt)
			}))
		};
	};
	const [access, toSettle, overdue, objections, absent] = await Promise.all([
		listAccessChanges(actor, 'waiting'),
		listEscalations(actor, { todo: true }, undefined, LISTED),
		cases({ due: 'overdue' }),
		cases({ objection: true }),
		absencesWithin(actor.units.supervisor)
	]);
	// Counting takes a query, so count only if there are more than `LISTED`.
	const counts = overdue.more || objections.more ? await inboxCounts(actor) : undefined;
	const listed = <List extends { items: unknown[]; more: boolean }>(list: List, all: number | undefined) => ({
		...list,
		count: list.more && all !== undefined ? all : list.items.length
	});
	const forwards = {
		more: toSettle.nextCursor !== null,
		items: toSettle.items.map(({ escalation: { id, reference, state, mode }, case: { title } }) => ({
			id,
			reference,
			state,
			mode,
			title
		}))
	};
	return {
		access: access.filter(({ mayApprove, mayDecline }) => mayApprove || mayDecline),
		forwards: listed(forwards, forwards.more ? await countTodo(actor) : undefined),
		overdue: listed(overdue, counts?.overdue),
		objections: listed(objections, counts?.objection),
		absent
	};
}
