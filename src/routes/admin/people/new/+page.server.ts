import { redirect } from '@sveltejs/kit';
import { createAccount } from '#lib/server/people/accounts.ts';
import { unitsForAdmin } from '#lib/server/people/units/units.ts';
import { asForm, asPage } from '#lib/server/web/http/answers.ts';
import { readForm } from '#lib/server/web/http/form.ts';
import { signedIn } from '#lib/server/web/http/signed-in.ts';

export const load = ({ locals }) => asPage(async () => ({ units: await unitsForAdmin(signedIn(locals)) }));

export const actions = {
	default: async ({ request, locals }) => {
		const { data, typed } = await readForm(request, ['roles']);
		return asForm(typed, async () => {
			const id = await createAccount(signedIn(locals), data);
			redirect(303, `/admin/people/${id}?saved`);
		});
	}
};
