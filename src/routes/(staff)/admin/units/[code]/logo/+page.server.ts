import { sentFiles } from '#lib/server/attachments/stored-files.ts';
import { logoOf } from '#lib/server/people/units/find-unit.ts';
import { removeLogo, setLogo } from '#lib/server/people/units/logo.ts';
import { unitForAdmin } from '#lib/server/people/units/units.ts';
import { formAction, withActor } from '#lib/server/web/http/staff-page.ts';

export const load = withActor(async (actor, { params }) => {
	const office = await unitForAdmin(actor, params.code);
	const logo = await logoOf(office);
	return { office, logo: logo && { ...logo, own: office.logo !== null } };
});

export const actions = {
	default: formAction(async (actor, { data, files }, { params }) => {
		const { id } = await unitForAdmin(actor, params.code);
		if (data.remove) await removeLogo(actor, id);
		else await setLogo(actor, id, (await sentFiles(files.slice(0, 1)))[0]);
		return `/admin/units/${params.code}/logo?saved`;
	})
};
