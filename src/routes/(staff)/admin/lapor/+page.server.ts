import { connectionState, testConnection, troublesOfReports } from '#lib/server/escalation/connection/connection.ts';
import { laporListsState, readLaporListsNow } from '#lib/server/escalation/connection/lapor-lists.ts';
import { refusedSecret } from '#lib/server/escalation/failure-reason.ts';
import { countNamesToMap } from '#lib/server/escalation/tracking/unknown-status-names.ts';
import { isRootAdmin } from '#lib/server/people/administration.ts';
import { firstZone } from '#lib/server/people/units/find-unit.ts';
import { unitsForAdmin } from '#lib/server/people/units/units.ts';
import { formAction, changeThenOpen, withActor } from '#lib/server/web/http/staff-page.ts';

export const load = withActor(async (actor, { url }) => {
	const connection = await connectionState();
	const units = await unitsForAdmin(actor);
	return {
		connection,
		...(await troublesOfReports(actor)),
		lists: await laporListsState(),
		unmappedStatusNames: await countNamesToMap(),
		mayChange: await isRootAdmin(actor),
		reread: url.searchParams.has('reread'),
		zone: await firstZone(),
		units: units.map(({ id, code, name, laporIds, recordAllAtLapor }) => {
			const own = Object.values(laporIds).filter((value) => value !== '').length;
			return { id, code, name, recordAllAtLapor, own };
		})
	};
});

export const actions = {
	test: formAction(async (actor) => {
		const tested = await testConnection(actor);
		const reason = 'reason' in tested ? tested.reason : undefined;
		return { tested: { ...tested, reason: reason && { ...reason, secret: refusedSecret(reason) } } };
	}),
	lists: changeThenOpen(readLaporListsNow, '/admin/lapor?reread#lists')
};
