import { LAPOR_ID_KEYS, changeLaporOfUnit, laporOfUnit } from '#lib/server/escalation/connection/report-settings.ts';
import { formAction, withActor } from '#lib/server/web/http/staff-page.ts';

export const load = withActor(async (actor, { params }) => ({
	lapor: await laporOfUnit(actor, params.code),
	keys: LAPOR_ID_KEYS
}));

export const actions = {
	default: formAction(async (actor, { data }, { params }) => {
		const { unit } = await laporOfUnit(actor, params.code);
		await changeLaporOfUnit(actor, unit.id, data);
		return '/admin/lapor?saved';
	})
};
