import { redirect } from '@sveltejs/kit';
import { addressKey } from '#lib/server/people/rate-limits.ts';
import { signIn } from '#lib/server/people/sign-in/sign-in.ts';
import { clientAddress } from '#lib/server/web/http/address.ts';
import { asForm } from '#lib/server/web/http/error-responses.ts';
import { readTextForm } from '#lib/server/web/http/form.ts';
import { writeSession } from '#lib/server/web/http/identify.ts';
import { nextPage } from '#lib/server/web/http/page-access.ts';
import { introduceDevice, staffDeviceCookie } from '#lib/server/web/cookies/devices.ts';

export const load = async ({ cookies, locals, url }) => {
	const next = url.searchParams.get('next') ?? '';
	if (locals.actor) redirect(303, nextPage(next, locals.actor));
	await introduceDevice(cookies);
	return { next, passwordSet: url.searchParams.has('sandi') };
};

export const actions = {
	default: async (event) => {
		const { data, typed } = await readTextForm(event.request);
		const username = String(data.username ?? '');
		const next = String(data.next ?? '');
		return asForm({ username, next }, async () => {
			const { sessionId, expiresAt, actor, device } = await signIn({
				username,
				password: String(typed.password ?? ''),
				address: addressKey(clientAddress(event)),
				userAgent: event.request.headers.get('user-agent') ?? undefined,
				device: await staffDeviceCookie.read(event.cookies)
			});
			writeSession(event, sessionId, expiresAt);
			await staffDeviceCookie.write(event.cookies, device);
			redirect(303, nextPage(next, actor));
		});
	}
};
