import { inboxAddress, sameChoice, type InboxChoice } from '#lib/cases/inbox-query.ts';
import { countViews } from '#lib/server/cases/inbox/counts.ts';
import { deleteView, moveView, renameView, savedViewsOf, saveView } from '#lib/server/cases/inbox/saved-views.ts';
import { Invalid } from '#lib/server/errors.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { formAction } from '../http/staff-page.ts';

/** A person's saved views as links with the number of cases in each. `choice` is the list shown now. */
export async function viewLinks(actor: Actor, choice?: InboxChoice) {
	const views = await savedViewsOf(actor);
	const counts = await countViews(actor, views);
	return views.map((view, index) => ({
		id: view.id,
		name: view.name,
		href: inboxAddress(view.choice),
		count: counts[index] ?? { count: 0, more: false },
		current: choice !== undefined && sameChoice(choice, view.choice)
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
			throw new Invalid([{ path: '', code: 'field_invalid' }]);
	}
});
