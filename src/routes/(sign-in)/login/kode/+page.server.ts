import { redirect } from '@sveltejs/kit';
import { NotFound } from '#lib/server/errors.ts';
import { enterCode } from '#lib/server/people/sign-in/sign-in.ts';
import { staffDeviceCookie, unfinishedSignInCookie } from '#lib/server/web/cookies/devices.ts';
import { asForm } from '#lib/server/web/http/error-responses.ts';
import { readTextForm } from '#lib/server/web/http/form.ts';
import { enterSite } from '#lib/server/web/http/identify.ts';

export const load = async ({ cookies, url }) => {
	if (!(await unfinishedSignInCookie.read(cookies))?.code) redirect(303, '/login');
	return { next: url.searchParams.get('next') ?? '' };
};

export const actions = {
	default: async (event) => {
		const { typed } = await readTextForm(event.request);
		const next = String(typed.next ?? '');
		return asForm({ next }, async () => {
			const pending = (await unfinishedSignInCookie.read(event.cookies))?.code;
			if (!pending) redirect(303, '/login');
			const entered = await enterCode(pending, String(typed.totp ?? ''), {
				device: await staffDeviceCookie.read(event.cookies),
				userAgent: event.request.headers.get('user-agent') ?? undefined
			}).catch((cause: unknown) => {
				if (cause instanceof NotFound) redirect(303, '/login');
				throw cause;
			});
			unfinishedSignInCookie.clear(event.cookies);
			if (!entered) redirect(303, '/me/security?sso=confirmed#sso');
			return enterSite(event, entered, next);
		});
	}
};
