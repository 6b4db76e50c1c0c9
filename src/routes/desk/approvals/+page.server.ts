import { singleSignatures, waitingDrafts } from '#lib/server/cases/approvals.ts';
import { asPage } from '#lib/server/web/answers.ts';
import { signedIn } from '#lib/server/web/signed-in.ts';

export const load = ({ locals }) =>
	asPage(async () => {
		const actor = signedIn(locals);
		const [drafts, single] = await Promise.all([waitingDrafts(actor), singleSignatures(actor)]);
		return {
			mine: drafts.filter((draft) => draft.mine && !draft.held),
			others: drafts.filter((draft) => !draft.mine || draft.held),
			single
		};
	});
