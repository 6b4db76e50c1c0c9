import { draftsToDecide, singleSignatures, waitingDrafts } from '#lib/server/cases/answers/approval-lists.ts';
import { now } from '#lib/server/clock.ts';
import { waitingDecisions } from '#lib/server/reminders/waiting-decisions.ts';
import { withActor } from '#lib/server/web/http/staff-page.ts';
import { approvalsView } from '#lib/server/web/filters/list-filters.ts';

export const load = withActor(async (actor, { url }) => {
	const cursor = url.searchParams.get('cursor') ?? undefined;
	const view = approvalsView(actor, url.searchParams);
	const none = { items: [], nextCursor: null };
	const [waiting, single, others] = await Promise.all([
		view === 'single' ? none : (view === 'mine' ? draftsToDecide : waitingDrafts)(actor, cursor),
		view === 'single' ? singleSignatures(actor, cursor) : none,
		view === 'mine' && cursor === undefined ? waitingDecisions(actor) : undefined
	]);
	/** Only supervisors decide drafts. `others`: what waits for them beside drafts, on the first page. */
	return { view, decides: actor.units.supervisor.length > 0, now: now(), waiting, single, others };
});
