import { redirect } from '@sveltejs/kit';
import { addListToAddress } from '#lib/cases/inbox-query.ts';
import { chooseAfterAction } from '#lib/server/people/next-work-choice.ts';
import { nextWorkPage } from '#lib/server/web/forms/page-after.ts';
import { readForm } from '#lib/server/web/http/form.ts';
import { signedIn } from '#lib/server/web/http/page-access.ts';
import { formatReference, parseReference } from '#lib/text/reference-numbers.ts';

/** Redirects to the person's most urgent work. Signing in leads here if the session had ended when the form was sent. */
export const GET = async ({ locals }) => redirect(303, await nextWorkPage(signedIn(locals), false, null));

/** Stores what follows an action, and goes there. */
export const POST = async ({ locals, request }) => {
	const actor = signedIn(locals);
	const { data } = await readForm(request);
	await chooseAfterAction(actor, data.opens);
	const list = typeof data.list === 'string' ? data.list : null;
	const handled = parseReference(String(data.of ?? ''));
	const reference = handled && formatReference(handled);
	// Goes on with the reports to verify that the page counted.
	const verified = reference && data.work === 'unverified' && data.opens === 'next';
	const page =
		data.opens === 'case' && reference
			? `/desk/cases/${reference}`
			: await nextWorkPage(
					actor,
					data.work === 'decisions',
					list,
					verified ? { reference, done: 'verified' } : undefined
				);
	redirect(303, addListToAddress(page, list));
};
