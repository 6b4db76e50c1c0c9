import { redirect } from '@sveltejs/kit';
import { changeSkmOffice, skmOfUnit } from '#lib/server/skm/office.ts';
import { asForm, asPage } from '#lib/server/web/http/answers.ts';
import { readForm } from '#lib/server/web/http/form.ts';
import { signedIn } from '#lib/server/web/http/signed-in.ts';

export const load = ({ locals, params }) =>
	asPage(async () => {
		const { unit, skm } = await skmOfUnit(signedIn(locals), params.code);
		return { office: { name: unit.name, slug: unit.slug }, skm: skm ?? null };
	});

export const actions = {
	default: async ({ request, locals, params }) => {
		const { data, typed } = await readForm(request);
		return asForm(typed, async () => {
			const actor = signedIn(locals);
			const { unit } = await skmOfUnit(actor, params.code);
			await changeSkmOffice(actor, unit.id, data);
			redirect(303, '/admin/skm?saved');
		});
	}
};
