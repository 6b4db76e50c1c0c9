import { redirect } from '@sveltejs/kit';
import { connectionState, testConnection } from '#lib/server/escalation/connection/connection.ts';
import { mastersState, readMastersNow } from '#lib/server/escalation/connection/masters.ts';
import { type Reason, refusedSecret } from '#lib/server/escalation/reason.ts';
import { countNamesToMap } from '#lib/server/escalation/tracking/status-names.ts';
import { mayChangeInstallation } from '#lib/server/people/administration.ts';
import { unitsForAdmin } from '#lib/server/people/units/units.ts';
import { asForm, asPage } from '#lib/server/web/http/answers.ts';
import { signedIn } from '#lib/server/web/http/signed-in.ts';

const withSecret = (reason: Reason) => ({ ...reason, secret: refusedSecret(reason) });

export const load = ({ locals, url }) =>
	asPage(async () => {
		const actor = signedIn(locals);
		const connection = await connectionState();
		const units = await unitsForAdmin(actor);
		return {
			connection,
			halt: connection.halt && { at: connection.halt.at, reason: withSecret(connection.halt.reason) },
			masters: await mastersState(),
			namesWaiting: await countNamesToMap(),
			mayChange: await mayChangeInstallation(actor),
			reread: url.searchParams.has('reread'),
			units: units.map(({ id, code, name, depth, laporIds, recordAllAtLapor, timeZone }) => ({
				...{ id, code, name, depth, recordAllAtLapor, timeZone },
				own: Object.values(laporIds).filter((value) => value !== '').length
			}))
		};
	});

export const actions = {
	test: ({ locals }) =>
		asForm({}, async () => {
			const tested = await testConnection(signedIn(locals));
			return {
				tested: { ...tested, reason: 'reason' in tested && tested.reason ? withSecret(tested.reason) : undefined }
			};
		}),
	masters: ({ locals }) =>
		asForm({}, async () => {
			await readMastersNow(signedIn(locals));
			redirect(303, '/admin/lapor?reread#masters');
		})
};
