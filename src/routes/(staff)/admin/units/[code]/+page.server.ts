import { changeOffice } from '#lib/server/cases/clocks/recompute-deadlines.ts';
import { changePublicPage, publicPageOf } from '#lib/server/insight/public-page.ts';
import { sentFiles } from '#lib/server/attachments/stored-files.ts';
import { listOfficers } from '#lib/server/people/officers/officers.ts';
import { logoOf } from '#lib/server/people/units/find-unit.ts';
import { removeLogo, setLogo } from '#lib/server/people/units/logo.ts';
import { supervisorsOver, unitForAdmin } from '#lib/server/people/units/units.ts';
import { responsibleFor } from '#lib/server/privacy/notice/responsible.ts';
import { formAction, withActor } from '#lib/server/web/http/staff-page.ts';

export const load = withActor(async (actor, { params, url }) => {
	const office = await unitForAdmin(actor, params.code);
	const officers = await listOfficers(actor, office.id);
	const logo = await logoOf(office);
	return {
		office,
		logo: logo && { ...logo, own: office.logo !== null },
		logoSaved: url.searchParams.has('logo'),
		supervisors: await supervisorsOver(office),
		responsible: await responsibleFor(office.id),
		publicPage: await publicPageOf(office.id),
		figuresSaved: url.searchParams.has('angka'),
		// The present head stays a choice. Without it, saving the form would remove the head.
		officers: officers
			.filter(({ id, active }) => active || id === office.headOfficerId)
			.map(({ id, name }) => ({ id, name }))
	};
});

export const actions = {
	default: formAction(async (actor, { data, files }, { params }) => {
		const { id } = await unitForAdmin(actor, params.code);
		if (data.part === 'figures') {
			await changePublicPage(actor, id, data);
			return `/admin/units/${params.code}?angka`;
		}
		if (data.part === 'logo') {
			if (data.remove) await removeLogo(actor, id);
			else await setLogo(actor, id, (await sentFiles(files.slice(0, 1)))[0]);
			return `/admin/units/${params.code}?logo#logo`;
		}
		const moved = await changeOffice(actor, id, data, !data.recompute);
		return `/admin/units?saved&moved=${moved}`;
	})
};
