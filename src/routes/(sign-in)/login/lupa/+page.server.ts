import { redirect } from '@sveltejs/kit';
import { addressKey } from '#lib/server/rate-limits.ts';
import { requestPasswordReset, resetsByMail } from '#lib/server/staff-notices/password-reset.ts';
import { staffDeviceCookie } from '#lib/server/web/cookies/devices.ts';
import { clientAddress } from '#lib/server/web/http/address.ts';
import { asForm } from '#lib/server/web/http/error-responses.ts';
import { readTextForm } from '#lib/server/web/http/form.ts';

export const load = ({ url }) => ({ byMail: resetsByMail(), sent: url.searchParams.has('sent') });

export const actions = {
	default: async (event) => {
		const { data, typed } = await readTextForm(event.request);
		return asForm(typed, async () => {
			const device = await staffDeviceCookie.read(event.cookies);
			await requestPasswordReset(String(data.username ?? ''), addressKey(clientAddress(event)), device);
			redirect(303, '/login/lupa?sent');
		});
	}
};
