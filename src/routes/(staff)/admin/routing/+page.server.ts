import { listRules } from '#lib/server/cases/triage/routing-rules.ts';
import { isRootAdmin } from '#lib/server/people/administration.ts';
import { unitsForAdmin } from '#lib/server/people/units/units.ts';
import { withActor } from '#lib/server/web/http/staff-page.ts';

export const load = withActor(async (actor) => {
	const [rules, units] = await Promise.all([listRules(actor), unitsForAdmin(actor)]);
	const offices = units.map(({ id, code, name, depth }) => ({ id, code, name, depth }));
	return { rules, units: offices, mayChangeWords: await isRootAdmin(actor) };
});
