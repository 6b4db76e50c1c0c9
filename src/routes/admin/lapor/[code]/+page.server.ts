import { redirect } from '@sveltejs/kit';
import { LAPOR_ID_KEYS } from '#lib/server/escalation/connection/lapor-ids.ts';
import { changeLaporOfUnit, laporOfUnit } from '#lib/server/escalation/connection/lapor-settings.ts';
import { asForm, asPage } from '#lib/server/web/http/answers.ts';
import { readForm } from '#lib/server/web/http/form.ts';
import { signedIn } from '#lib/server/web/http/signed-in.ts';

export const load = ({ locals, params }) =>
	asPage(async () => ({ lapor: await laporOfUnit(signedIn(locals), params.code), keys: LAPOR_ID_KEYS }));

export const actions = {
	default: async ({ request, locals, params }) => {
		const { data, typed } = await readForm(request);
		return asForm(typed, async () => {
			const actor = signedIn(locals);
			const { unit } = await laporOfUnit(actor, params.code);
			await changeLaporOfUnit(actor, unit.id, data);
			redirect(303, '/admin/lapor?saved');
		});
	}
};
