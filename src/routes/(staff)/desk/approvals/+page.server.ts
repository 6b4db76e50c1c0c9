import { draftsToDecide, singleSignatures, waitingDrafts } from '#lib/server/cases/answers/approval-lists.ts';
import { countAccessToDecide } from '#lib/server/people/access/list.ts';
import { withActor } from '#lib/server/web/http/staff-page.ts';
import { approvalsView } from '#lib/server/web/filters/list-filters.ts';

export const load = withActor(async (actor, { url }) => {
	const cursor = url.searchParams.get('cursor') ?? undefined;
	const view = approvalsView(actor, url.searchParams);
	const none = { items: [], nextCursor: null };
	return {
		view,
		/** Whether the reader may decide drafts: only supervisors may. */
		decides: actor.units.supervisor.length > 0,
		accessToDecide: await countAccessToDecide(actor),
		fromStart: cursor === undefined,
		waiting: view === 'single' ? none : await (view === 'mine' ? draftsToDecide : waitingDrafts)(actor, cursor),
		single: view === 'single' ? await singleSignatures(actor, cursor) : none
	};
});
