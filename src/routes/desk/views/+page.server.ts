import { inboxAddress, readInboxChoice } from '#lib/cases/inbox-query.ts';
import { asPage } from '#lib/server/web/http/answers.ts';
import { changeViews, viewLinks } from '#lib/server/web/forms/saved-views.ts';
import { signedIn } from '#lib/server/web/http/signed-in.ts';

export const load = ({ locals, url }) =>
	asPage(async () => ({
		views: await viewLinks(signedIn(locals)),
		/** What waits for a name: where the inbox came from with it. */
		toSave: url.searchParams.has('save') ? (inboxAddress(readInboxChoice(url.searchParams)).split('?')[1] ?? '') : null,
		done: url.searchParams.get('done')
	}));

export const actions = { default: (event) => changeViews(event) };
