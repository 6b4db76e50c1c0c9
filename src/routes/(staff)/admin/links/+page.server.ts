import { changeLinks, linksForAdmin } from '#lib/server/people/units/links.ts';
import { unitsForAdmin } from '#lib/server/people/units/units.ts';
import { formAction, withActor } from '#lib/server/web/http/staff-page.ts';

export const load = withActor(async (actor, { url }) => {
	const units = (await unitsForAdmin(actor)).map(({ code, name }) => ({ code, name }));
	return { units, office: await linksForAdmin(actor, url.searchParams.get('unit') ?? units[0]?.code ?? '') };
});

export const actions = {
	/** The office is in the address, so that a refused form shows the same office. */
	save: formAction(async (actor, { data }, { url }) => {
		const unit = url.searchParams.get('unit') ?? '';
		await changeLinks(actor, unit, data);
		return `/admin/links?unit=${unit}&saved`;
	})
};
