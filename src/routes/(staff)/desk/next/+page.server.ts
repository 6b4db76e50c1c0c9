import { redirect } from '@sveltejs/kit';
import { chooseOpensNext } from '#lib/server/people/own-desk.ts';
import { nextPage } from '#lib/server/web/forms/page-after.ts';
import { formAction, withActor } from '#lib/server/web/http/staff-page.ts';

/** Redirects to the person's most urgent work. */
export const load = withActor(async (actor) => redirect(303, await nextPage(actor, false)));

export const actions = {
	/** Stores what follows an action, and goes there. */
	default: formAction(async (actor, { data }) => {
		await chooseOpensNext(actor, data.opens === 'next');
		return nextPage(actor, data.work === 'decisions');
	})
};
