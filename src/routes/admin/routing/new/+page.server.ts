import { redirect } from '@sveltejs/kit';
import { routingChoices, createRule } from '#lib/server/cases/triage/routing-rules.ts';
import { unitForAdmin } from '#lib/server/people/units/units.ts';
import { asForm, asPage } from '#lib/server/web/http/answers.ts';
import { readForm } from '#lib/server/web/http/form.ts';
import { signedIn } from '#lib/server/web/http/signed-in.ts';

export const load = ({ locals, url }) =>
	asPage(async () => {
		const { id, name } = await unitForAdmin(signedIn(locals), url.searchParams.get('unit') ?? '');
		return { office: { id, name }, choices: await routingChoices(id) };
	});

export const actions = {
	default: async ({ request, locals, url }) => {
		const { data, typed } = await readForm(request);
		return asForm(typed, async () => {
			const actor = signedIn(locals);
			const { id } = await unitForAdmin(actor, url.searchParams.get('unit') ?? '');
			await createRule(actor, id, data);
			redirect(303, '/admin/routing?saved');
		});
	}
};
