import { redirect } from '@sveltejs/kit';
import { addListToAddress } from '#lib/cases/inbox-query.ts';
import { chooseOpensNext } from '#lib/server/people/next-work-choice.ts';
import { nextWorkPage } from '#lib/server/web/forms/page-after.ts';
import { readForm } from '#lib/server/web/http/form.ts';
import { signedIn } from '#lib/server/web/http/page-access.ts';

/** Redirects to the person's most urgent work. Signing in leads here if the session had ended when the form was sent. */
export const GET = async ({ locals }) => redirect(303, await nextWorkPage(signedIn(locals), false));

/** Stores whether the next piece of work or the list follows an action, and goes there. */
export const POST = async ({ locals, request }) => {
	const actor = signedIn(locals);
	const { data } = await readForm(request);
	if (data.opens === 'next' || data.opens === 'list') await chooseOpensNext(actor, data.opens === 'next');
	const list = typeof data.list === 'string' ? data.list : null;
	redirect(303, addListToAddress(await nextWorkPage(actor, data.work === 'decisions'), list));
};
