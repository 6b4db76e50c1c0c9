import { listOfficers } from '#lib/server/people/officers/officers.ts';
import { unitForAdmin, unitsForAdmin } from '#lib/server/people/units/units.ts';
import { withActor } from '#lib/server/web/http/staff-page.ts';

export const load = withActor(async (actor, { url }) => {
	const code = url.searchParams.get('unit');
	const unit = code ? await unitForAdmin(actor, code) : undefined;
	return {
		officers: await listOfficers(actor, unit?.id),
		units: await unitsForAdmin(actor),
		current: unit?.code ?? null
	};
});
