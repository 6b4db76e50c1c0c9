import { listRules } from '#lib/server/cases/triage/routing-rules.ts';
import { mayChangeInstallation } from '#lib/server/people/administration.ts';
import { unitsForAdmin } from '#lib/server/people/units/units.ts';
import { asPage } from '#lib/server/web/http/answers.ts';
import { signedIn } from '#lib/server/web/http/signed-in.ts';

export const load = ({ locals }) =>
	asPage(async () => {
		const actor = signedIn(locals);
		const [rules, units] = await Promise.all([listRules(actor), unitsForAdmin(actor)]);
		const offices = units.map(({ id, code, name, depth }) => ({ id, code, name, depth }));
		return { rules, units: offices, mayChangeWords: await mayChangeInstallation(actor) };
	});
