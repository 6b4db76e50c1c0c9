import { createRule, routingChoices } from '#lib/server/cases/triage/routing-rules.ts';
import { unitForAdmin } from '#lib/server/people/units/units.ts';
import { formAction, withActor } from '#lib/server/web/http/staff-page.ts';

export const load = withActor(async (actor, { url }) => {
	const { id, name } = await unitForAdmin(actor, url.searchParams.get('unit') ?? '');
	return { submissionId: crypto.randomUUID(), office: { id, name }, choices: await routingChoices(id) };
});

export const actions = {
	default: formAction(async (actor, { data }, { url }) => {
		const { id } = await unitForAdmin(actor, url.searchParams.get('unit') ?? '');
		await createRule(actor, id, data);
		return '/admin/routing?saved';
	})
};
