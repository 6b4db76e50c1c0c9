import { linkCase, mainCandidate } from '#lib/server/cases/linking/link.ts';
import { caseAction, nullIfRefused } from '#lib/server/web/forms/desk-verb.ts';
import { pageAfter } from '#lib/server/web/forms/page-after.ts';
import { withActor } from '#lib/server/web/http/staff-page.ts';

/** `?main=`: the main case that is shown before it is linked. */
export const load = withActor(async (actor, { params, url }) => {
	const typed = url.searchParams.get('main');
	return { main: typed ? await nullIfRefused(mainCandidate(actor, params.reference, typed)) : null };
});

export const actions = {
	/** A number that was typed leads to the same page with the case it names. Only a case that was shown is linked. */
	default: caseAction(async ({ actor, reference, data }) => {
		if (!data.seen) {
			const main = await mainCandidate(actor, reference, String(data.main ?? ''));
			return `/desk/cases/${reference}/link?main=${main.reference}`;
		}
		const { mainAnswered } = await linkCase(actor, reference, data);
		return pageAfter(actor, reference, mainAnswered ? 'linked_answered' : 'linked');
	})
};
