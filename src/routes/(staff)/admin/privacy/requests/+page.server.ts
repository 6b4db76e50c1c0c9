import { listRequests } from '#lib/server/privacy/requests/register.ts';
import { recordingUnits } from '#lib/server/privacy/requests/receive.ts';
import { requestFilter } from '#lib/server/web/filters/list-filters.ts';
import { withActor } from '#lib/server/web/http/staff-page.ts';

export const load = withActor(async (actor, { url }) => {
	const filter = requestFilter(url.searchParams);
	const cursor = url.searchParams.get('cursor') ?? undefined;
	return {
		...(await listRequests(actor, filter, cursor)),
		filter,
		administers: actor.units.admin.length > 0,
		later: cursor !== undefined,
		mayRecord: recordingUnits(actor).length > 0
	};
});
