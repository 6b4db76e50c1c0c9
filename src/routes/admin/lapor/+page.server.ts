import { connectionState, testConnection } from '#lib/server/escalation/connection.ts';
import { unitsForAdmin } from '#lib/server/people/units.ts';
import { asForm, asPage } from '#lib/server/web/answers.ts';
import { signedIn } from '#lib/server/web/signed-in.ts';

export const load = ({ locals }) =>
	asPage(async () => {
		const units = await unitsForAdmin(signedIn(locals));
		return {
			connection: await connectionState(),
			units: units.map(({ id, code, name, depth, laporIds, recordAllAtLapor, timeZone }) => ({
				...{ id, code, name, depth, recordAllAtLapor, timeZone },
				own: Object.values(laporIds).filter((value) => value !== '').length
			}))
		};
	});

export const actions = {
	test: ({ locals }) => asForm({}, async () => ({ tested: await testConnection(signedIn(locals)) }))
};
