import { listOfficers } from '#lib/server/people/officers/officers.ts';
import { unitForAdmin, unitsForAdmin } from '#lib/server/people/units/units.ts';
import { asPage } from '#lib/server/web/http/answers.ts';
import { signedIn } from '#lib/server/web/http/signed-in.ts';

export const load = ({ locals, url }) =>
	asPage(async () => {
		const actor = signedIn(locals);
		const code = url.searchParams.get('unit');
		const unit = code ? await unitForAdmin(actor, code) : undefined;
		return {
			officers: await listOfficers(actor, unit?.id),
			units: await unitsForAdmin(actor),
			current: unit?.code ?? null
		};
	});
