import { redirect } from '@sveltejs/kit';
import { changeOffice } from '#lib/server/cases/clocks/recount.ts';
import { changePublicPage, publicPageOf } from '#lib/server/insight/public-page.ts';
import { listOfficers } from '#lib/server/people/officers/officers.ts';
import { unitForAdmin } from '#lib/server/people/units/units.ts';
import { asForm, asPage } from '#lib/server/web/http/answers.ts';
import { readForm } from '#lib/server/web/http/form.ts';
import { signedIn } from '#lib/server/web/http/signed-in.ts';

export const load = ({ locals, params, url }) =>
	asPage(async () => {
		const office = await unitForAdmin(signedIn(locals), params.code);
		const officers = await listOfficers(signedIn(locals), office.id);
		return {
			office,
			publicPage: await publicPageOf(office.id),
			figuresSaved: url.searchParams.has('angka'),
			officers: officers.filter((one) => one.active).map(({ id, name }) => ({ id, name }))
		};
	});

export const actions = {
	default: async ({ request, locals, params }) => {
		const { data, typed } = await readForm(request);
		return asForm(typed, async () => {
			const { id } = await unitForAdmin(signedIn(locals), params.code);
			if (data.part === 'figures') {
				await changePublicPage(signedIn(locals), id, data);
				redirect(303, `/admin/units/${params.code}?angka`);
			}
			const moved = await changeOffice(signedIn(locals), id, Number(data.version), data);
			redirect(303, `/admin/units?saved&moved=${moved}`);
		});
	}
};
