import { redirect } from '@sveltejs/kit';
import { addressKey } from '#lib/server/people/limits.ts';
import { signIn } from '#lib/server/people/session.ts';
import { clientAddress } from '#lib/server/web/address.ts';
import { asForm } from '#lib/server/web/answers.ts';
import { readForm } from '#lib/server/web/form.ts';
import { writeSession } from '#lib/server/web/identify.ts';
import { nextPage } from '#lib/server/web/next-page.ts';

export const load = ({ locals, url }) => {
	const next = url.searchParams.get('next') ?? '';
	if (locals.actor) redirect(303, nextPage(next, locals.actor));
	return { next, passwordSet: url.searchParams.has('sandi') };
};

export const actions = {
	default: async (event) => {
		const { data, typed } = await readForm(event.request);
		const username = String(data.username ?? '');
		const next = String(data.next ?? '');
		return asForm({ username, next }, async () => {
			const key = addressKey(clientAddress(event));
			const { sessionId, expiresAt, actor } = await signIn(username, String(typed.password ?? ''), key);
			writeSession(event, sessionId, expiresAt);
			redirect(303, nextPage(next, actor));
		});
	}
};
