import { redirect } from '@sveltejs/kit';
import type { Actor } from '#lib/server/people/actor.ts';
import { addressKey } from '#lib/server/people/rate-limits.ts';
import { closedOffices } from '#lib/server/people/units/opening.ts';
import { signIn } from '#lib/server/people/sign-in/sign-in.ts';
import { clientAddress } from '#lib/server/web/http/address.ts';
import { asForm } from '#lib/server/web/http/error-responses.ts';
import { readTextForm } from '#lib/server/web/http/form.ts';
import { writeSession } from '#lib/server/web/http/identify.ts';
import { nextPage } from '#lib/server/web/http/page-access.ts';
import { introduceDevice, staffDeviceCookie } from '#lib/server/web/cookies/devices.ts';

/** The guided path, for administrators of whose offices none is open yet. */
const setupPage = async (actor: Actor): Promise<string> =>
	actor.units.admin.length > 0 && (await closedOffices(actor)).length === actor.units.admin.length
		? '/admin/mulai'
		: '';

export const load = async ({ cookies, locals, url }) => {
	const next = url.searchParams.get('next') ?? '';
	if (locals.actor) redirect(303, nextPage(next || (await setupPage(locals.actor)), locals.actor));
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
			redirect(303, nextPage(next || (await setupPage(actor)), actor));
		});
	}
};
