import { firstZone } from '#lib/server/people/units/find-unit.ts';
import { LAPOR_STATUSES, LAPOR_STATUS_NAMES } from '#lib/server/escalation/tracking/lapor-status.ts';
import { mapStatusName, statusNamesForAdmin } from '#lib/server/escalation/tracking/unknown-status-names.ts';
import { formAction, withActor } from '#lib/server/web/http/staff-page.ts';

export const load = withActor(async (actor, { url }) => ({
	names: await statusNamesForAdmin(actor),
	meanings: LAPOR_STATUSES,
	known: LAPOR_STATUS_NAMES,
	zone: await firstZone(),
	applied: url.searchParams.get('applied')
}));

export const actions = {
	default: formAction(async (actor, { data }) => {
		const applied = await mapStatusName(actor, String(data.name ?? ''), String(data.meaning ?? ''));
		return `/admin/lapor/status?applied=${applied}`;
	})
};
