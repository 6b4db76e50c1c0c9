import { redirect } from '@sveltejs/kit';
import { createTemplate, mayKeepForAll, unitsForTemplates } from '#lib/server/cases/answers/templates.ts';
import { asForm, asPage } from '#lib/server/web/http/answers.ts';
import { readForm } from '#lib/server/web/http/form.ts';
import { signedIn } from '#lib/server/web/http/signed-in.ts';
import { previewAnswer } from '#lib/server/web/forms/template-form.ts';

export const load = ({ locals }) =>
	asPage(async () => {
		const actor = signedIn(locals);
		return { units: await unitsForTemplates(actor), forAll: await mayKeepForAll(actor) };
	});

export const actions = {
	default: async ({ request, locals }) => {
		const { data, typed } = await readForm(request);
		return asForm(typed, async () => {
			if (data.preview) return previewAnswer(typed);
			await createTemplate(signedIn(locals), data);
			return redirect(303, '/admin/templates?saved');
		});
	}
};
