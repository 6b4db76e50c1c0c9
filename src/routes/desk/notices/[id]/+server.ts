import { redirect } from '@sveltejs/kit';
import { readNotice } from '#lib/server/channels/notice-list.ts';
import { asPage } from '#lib/server/web/answers.ts';
import { signedIn } from '#lib/server/web/signed-in.ts';

/** Leads to what a notice speaks of. Whoever goes there has read it; going there twice changes nothing more. */
export const GET = ({ params, locals }) =>
	asPage(async () => redirect(303, await readNotice(signedIn(locals), params.id)));
