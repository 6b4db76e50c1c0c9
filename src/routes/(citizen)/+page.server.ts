import { redirect } from '@sveltejs/kit';
import { parsePlaceCode } from '#lib/text/place-code.ts';
import { invalid } from '#lib/server/errors.ts';
import { openOffices } from '#lib/server/people/units/find-unit.ts';
import { asForm } from '#lib/server/web/http/error-responses.ts';
import { readForm } from '#lib/server/web/http/form.ts';

export const load = async ({ url, request }) => {
	const offices = await openOffices();
	const [only] = offices;
	// A refused code is shown with its error.
	if (only && offices.length === 1 && request.method !== 'POST') redirect(303, `/${only.slug}${url.search}`);
	return { offices };
};

export const actions = {
	default: async ({ request }) => {
		const { data, typed } = await readForm(request);
		return asForm(typed, async () => {
			const code = parsePlaceCode(String(data.code ?? ''));
			if (!code) throw invalid('code', data.code ? 'place_code_shape' : 'place_code_missing');
			return redirect(303, `/q/${code}`);
		});
	}
};
