import { redirect } from '@sveltejs/kit';
import { readNotice } from '#lib/server/channels/notice-list.ts';
import { asPage } from '#lib/server/web/http/answers.ts';
import { signedIn } from '#lib/server/web/http/signed-in.ts';

/** Redirects to the subject of a notice and marks the notice as read. */
export const GET = ({ params, locals }) =>
	asPage(async () => redirect(303, await readNotice(signedIn(locals), params.id)));
