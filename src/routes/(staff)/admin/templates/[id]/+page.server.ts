import { changeTemplate, managedTemplate } from '#lib/server/cases/answers/templates.ts';
import { formAction, withActor } from '#lib/server/web/http/staff-page.ts';
import { previewAnswer, templatePreview } from '#lib/server/web/forms/template-form.ts';

export const load = withActor(async (actor, { params }) => {
	const template = await managedTemplate(actor, params.id);
	return { template, preview: templatePreview(template.body, template.language) };
});

export const actions = {
	default: formAction(async (actor, { data, typed }, { params }) => {
		if (data.preview) return previewAnswer(typed);
		await changeTemplate(actor, params.id, data);
		return '/admin/templates?saved';
	})
};
