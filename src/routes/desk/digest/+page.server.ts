import { redirect } from '@sveltejs/kit';
import { previewDigest, sendDigestNow } from '#lib/server/reminders/digest.ts';
import { asForm, asPage } from '#lib/server/web/http/answers.ts';
import { signedIn } from '#lib/server/web/http/signed-in.ts';

export const load = ({ locals, url }) =>
	asPage(async () => ({
		...(await previewDigest(signedIn(locals))),
		sent: url.searchParams.has('sent')
	}));

export const actions = {
	default: ({ locals }) =>
		asForm({}, async () => {
			const done = await sendDigestNow(signedIn(locals));
			redirect(303, `/desk/digest${done === 'sent' ? '?sent' : ''}`);
		})
};
