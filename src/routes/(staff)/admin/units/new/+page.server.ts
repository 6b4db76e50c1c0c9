import { createUnit, unitsForAdmin } from '#lib/server/people/units/units.ts';
import { formAction, withActor } from '#lib/server/web/http/staff-page.ts';

export const load = withActor(async (actor, { url }) => {
	const parents = await unitsForAdmin(actor);
	/** The office of the guided path from which the page is opened, else the uppermost. */
	const parent = parents.find(({ code }) => code === url.searchParams.get('mulai')) ?? parents[0];
	return { submissionId: crypto.randomUUID(), parents, parentId: parent?.id };
});

export const actions = {
	default: formAction(async (actor, { data }) => {
		await createUnit(actor, data);
		return `/admin/mulai/${String(data.code).trim()}?saved`;
	})
};
