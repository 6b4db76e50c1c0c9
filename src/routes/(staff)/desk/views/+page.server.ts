import { inboxAddress, readInboxChoice } from '#lib/cases/inbox-query.ts';
import { withActor } from '#lib/server/web/http/staff-page.ts';
import { changeViews, viewLinks } from '#lib/server/web/forms/saved-views.ts';

export const load = withActor(async (actor, { url }) => ({
	views: await viewLinks(actor),
	/** What waits for a name: where the inbox came from with it. */
	toSave: url.searchParams.has('save') ? (inboxAddress(readInboxChoice(url.searchParams)).split('?')[1] ?? '') : null,
	done: url.searchParams.get('done')
}));

export const actions = { default: changeViews };
