import { deskUnits } from '#lib/server/cases/inbox/desk-units.ts';
import { countWaiting, listConversations } from '#lib/server/channels/incoming/list.ts';
import { failedMessages, settleFailed } from '#lib/server/channels/incoming/set-aside.ts';
import { incomingFilter } from '#lib/server/web/filters/list-filters.ts';
import { formAction, withActor } from '#lib/server/web/http/staff-page.ts';

export const load = withActor(async (actor, { url }) => {
	const filter = incomingFilter(url.searchParams);
	const cursor = url.searchParams.get('cursor') ?? undefined;
	const [page, waiting, failed, units] = await Promise.all([
		listConversations(actor, filter, cursor),
		countWaiting(actor),
		cursor === undefined ? failedMessages(actor) : [],
		deskUnits(actor)
	]);
	const offices = units.map(({ slug, name }) => ({ value: slug, label: name }));
	const done = { name: url.searchParams.get('done'), id: url.searchParams.get('of') };
	return { filter, waiting, failed, offices, done, ...page };
});

export const actions = {
	settle: formAction(async (actor, { data }) => {
		await settleFailed(actor, data);
		return '/desk/pesan?done=settled';
	})
};
