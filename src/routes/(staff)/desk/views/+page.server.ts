import { inboxAddress } from '#lib/cases/inbox-query.ts';
import { readInboxChoice } from '#lib/cases/read-inbox-choice.ts';
import { deskUnits } from '#lib/server/cases/inbox/desk-units.ts';
import { withActor } from '#lib/server/web/http/staff-page.ts';
import { changeViews, viewLinks } from '#lib/server/web/forms/saved-views.ts';

export const load = withActor(async (actor, { url }) => ({
	views: await viewLinks(actor),
	offices: (await deskUnits(actor)).map(({ slug, name }) => ({ slug, name })),
	/** Query of the list that the person wants to save; null if none. */
	toSave: url.searchParams.has('save') ? (inboxAddress(readInboxChoice(url.searchParams)).split('?')[1] ?? '') : null,
	done: url.searchParams.get('done')
}));

export const actions = { default: changeViews };
