import { redirect } from '@sveltejs/kit';
import { changeService, serviceForAdmin } from '#lib/server/people/units/services.ts';
import { unitForAdmin } from '#lib/server/people/units/units.ts';
import { asForm, asPage } from '#lib/server/web/http/answers.ts';
import { readForm } from '#lib/server/web/http/form.ts';
import { signedIn } from '#lib/server/web/http/signed-in.ts';

export const load = ({ locals, params }) =>
	asPage(async () => {
		const service = await serviceForAdmin(signedIn(locals), params.id);
		return { service, office: await unitForAdmin(signedIn(locals), service.unitId) };
	});

export const actions = {
	default: async ({ request, locals, params }) => {
		const { data, typed } = await readForm(request);
		return asForm(typed, async () => {
			await changeService(signedIn(locals), params.id, data);
			redirect(303, '/admin/services?saved');
		});
	}
};
