import { redirect } from '@sveltejs/kit';
import { changeTemplate, templateToKeep } from '#lib/server/cases/answers/templates.ts';
import { asForm, asPage } from '#lib/server/web/http/answers.ts';
import { readForm } from '#lib/server/web/http/form.ts';
import { signedIn } from '#lib/server/web/http/signed-in.ts';
import { previewAnswer, templatePreview } from '#lib/server/web/forms/template-form.ts';

export const load = ({ locals, params }) =>
	asPage(async () => {
		const template = await templateToKeep(signedIn(locals), params.id);
		return { template, preview: templatePreview(template.body, template.language) };
	});

export const actions = {
	default: async ({ request, locals, params }) => {
		const { data, typed } = await readForm(request);
		return asForm(typed, async () => {
			if (data.preview) return previewAnswer(typed);
			await changeTemplate(signedIn(locals), params.id, Number(data.version), data);
			return redirect(303, '/admin/templates?saved');
		});
	}
};
