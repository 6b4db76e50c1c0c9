import { inboxAddress, sameChoice, type InboxChoice } from '#lib/cases/inbox-query.ts';
import { countViews } from '#lib/server/cases/inbox/counts.ts';
import type { ChoiceReader } from '#lib/server/cases/inbox/filter.ts';
import { deleteView, moveView, renameView, savedViewsOf, saveView } from '#lib/server/cases/inbox/saved-views.ts';
import { invalid } from '#lib/server/errors.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { formAction } from '../http/staff-page.ts';

/** A person's saved views as links with the number of cases in each. `shown` is the list shown now, and its reader. */
export async function viewLinks(actor: Actor, shown?: { choice: InboxChoice; read: ChoiceReader }) {
	const views = await savedViewsOf(actor);
	const counts = await countViews(actor, views, shown?.read);
	return views.map((view, index) => ({
		id: view.id,
		name: view.name,
		href: inboxAddress(view.choice),
		count: counts[index] ?? { count: 0, more: false },
		current: shown !== undefined && sameChoice(shown.choice, view.choice)
	}));
}

/** Form action of saved views; returns to the page. A new view is opened. */
export const changeViews = formAction(async (actor, { data }) => {
	const id = String(data.id);
	switch (data.step) {
		case 'save':
			return inboxAddress((await saveView(actor, data)).choice);
		case 'rename':
			await renameView(actor, id, data);
			return '/desk/views?done=renamed';
		case 'up':
		case 'down':
			await moveView(actor, id, data.step);
			return `/desk/views#view-${id}`;
		case 'delete':
			await deleteView(actor, id);
			return '/desk/views?done=deleted';
		default:
			throw invalid('', 'field_invalid');
	}
});
