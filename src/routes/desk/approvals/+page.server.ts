import { draftsToDecide, singleSignatures, waitingDrafts } from '#lib/server/cases/answers/approvals.ts';
import { countAccessToDecide } from '#lib/server/people/access/list.ts';
import { asPage } from '#lib/server/web/http/answers.ts';
import { approvalsView } from '#lib/server/web/filters/list-filters.ts';
import { signedIn } from '#lib/server/web/http/signed-in.ts';

export const load = ({ locals, url }) =>
	asPage(async () => {
		const actor = signedIn(locals);
		const cursor = url.searchParams.get('cursor') ?? undefined;
		const view = approvalsView(actor, url.searchParams);
		const none = { items: [], nextCursor: null };
		return {
			view,
			/** Only who supervises an office decides anything. */
			decides: actor.units.supervisor.length > 0,
			accessToDecide: await countAccessToDecide(actor),
			fromStart: cursor === undefined,
			waiting: view === 'single' ? none : await (view === 'mine' ? draftsToDecide : waitingDrafts)(actor, cursor),
			single: view === 'single' ? await singleSignatures(actor, cursor) : none
		};
	});
