import { deskUnits } from '#lib/server/cases/inbox/desk-units.ts';
import { countWaiting, listConversations } from '#lib/server/channels/incoming/list.ts';
import { failedMessages, machineMessages, settleFailed } from '#lib/server/channels/incoming/set-aside.ts';
import { incomingFilter } from '#lib/server/web/filters/list-filters.ts';
import { changeThenOpen, withActor } from '#lib/server/web/http/staff-page.ts';

export const load = withActor(async (actor, { url }) => {
	const filter = incomingFilter(url.searchParams);
	const cursor = url.searchParams.get('cursor') ?? undefined;
	const machine = url.searchParams.has('program') ? await machineMessages(actor, cursor) : null;
	const [page, waiting, failed, units] = await Promise.all([
		machine ? { items: [], nextCursor: machine.nextCursor } : listConversations(actor, filter, cursor),
		countWaiting(actor),
		cursor === undefined && !machine ? failedMessages(actor) : { items: [], more: false },
		deskUnits(actor)
	]);
	const offices = units.map(({ slug, name }) => ({ value: slug, label: name }));
	const done = { name: url.searchParams.get('done'), id: url.searchParams.get('of') };
	return { filter, waiting, failed, offices, done, machine: machine?.items, ...page };
});

export const actions = {
	settle: changeThenOpen(settleFailed, '/desk/messages?done=settled')
};
