import { redirect } from '@sveltejs/kit';
import { firstZone } from '#lib/server/people/units/find-unit.ts';
import { LAPOR_STATUSES, LAPOR_STATUS_NAMES } from '#lib/server/escalation/tracking/lapor-status.ts';
import { mapStatusName, statusNamesForAdmin } from '#lib/server/escalation/tracking/status-names.ts';
import { asForm, asPage } from '#lib/server/web/http/answers.ts';
import { readForm } from '#lib/server/web/http/form.ts';
import { signedIn } from '#lib/server/web/http/signed-in.ts';

export const load = ({ locals, url }) =>
	asPage(async () => ({
		names: await statusNamesForAdmin(signedIn(locals)),
		meanings: LAPOR_STATUSES,
		known: LAPOR_STATUS_NAMES,
		zone: await firstZone(),
		applied: url.searchParams.get('applied')
	}));

export const actions = {
	default: async ({ request, locals }) => {
		const { data, typed } = await readForm(request);
		return asForm(typed, async () => {
			const applied = await mapStatusName(signedIn(locals), String(data.name ?? ''), String(data.meaning ?? ''));
			redirect(303, `/admin/lapor/status?applied=${applied}`);
		});
	}
};
