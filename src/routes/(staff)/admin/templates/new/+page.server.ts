import { createTemplate, unitsForTemplates } from '#lib/server/cases/answers/templates.ts';
import { isRootAdmin } from '#lib/server/people/administration.ts';
import { formAction, withActor } from '#lib/server/web/http/staff-page.ts';
import { previewAnswer } from '#lib/server/web/forms/template-form.ts';

export const load = withActor(async (actor) => {
	return {
		submissionId: crypto.randomUUID(),
		units: await unitsForTemplates(actor),
		forAll: await isRootAdmin(actor)
	};
});

export const actions = {
	default: formAction(async (actor, { data, typed }) => {
		if (data.preview) return previewAnswer(typed);
		await createTemplate(actor, data);
		return '/admin/templates?saved';
	})
};
