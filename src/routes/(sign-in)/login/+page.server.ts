import { redirect } from '@sveltejs/kit';
import { providerName } from '#lib/server/integrations/oidc.ts';
import { addressKey } from '#lib/server/rate-limits.ts';
import { CodeNeeded, signIn } from '#lib/server/people/sign-in/sign-in.ts';
import { clientAddress } from '#lib/server/web/http/address.ts';
import { asForm } from '#lib/server/web/http/error-responses.ts';
import { readTextForm } from '#lib/server/web/http/form.ts';
import { enterSite } from '#lib/server/web/http/identify.ts';
import { landingPage } from '#lib/server/web/http/page-access.ts';
import { introduceDevice, staffDeviceCookie, unfinishedSignInCookie } from '#lib/server/web/cookies/devices.ts';

export const load = async ({ cookies, locals, url }) => {
	const next = url.searchParams.get('next') ?? '';
	if (locals.actor) redirect(303, await landingPage(next, locals.actor));
	await introduceDevice(cookies);
	return {
		next,
		/** A form was sent after the session had ended. */
		ended: url.searchParams.has('sesi'),
		passwordSet: url.searchParams.has('sandi'),
		provider: providerName(),
		sso: url.searchParams.get('sso')
	};
};

export const actions = {
	default: async (event) => {
		const { typed } = await readTextForm(event.request);
		const username = String(typed.username ?? '');
		const next = String(typed.next ?? '');
		return asForm({ username, next }, async () => {
			const entered = await signIn({
				username,
				password: String(typed.password ?? ''),
				address: addressKey(clientAddress(event)),
				userAgent: event.request.headers.get('user-agent') ?? undefined,
				device: await staffDeviceCookie.read(event.cookies)
			}).catch(async (cause: unknown) => {
				if (!(cause instanceof CodeNeeded)) throw cause;
				const { accountId, generation } = cause;
				await unfinishedSignInCookie.write(event.cookies, { code: { accountId, generation } });
				redirect(303, `/login/kode?next=${encodeURIComponent(next)}`);
			});
			return enterSite(event, entered, next);
		});
	}
};
