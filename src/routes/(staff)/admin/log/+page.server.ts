import { LOG_AREAS, LOG_PAGE } from '#lib/server/people/audit-log.ts';
import { mayVerify } from '#lib/server/people/audit-verify.ts';
import { listPeople } from '#lib/server/people/directory.ts';
import { unitsForAdmin } from '#lib/server/people/units/units.ts';
import { auditLines } from '#lib/server/web/audit-lines.ts';
import { withActor } from '#lib/server/web/http/staff-page.ts';
import { logFilter } from '#lib/server/web/filters/list-filters.ts';

export const load = withActor(async (actor, { url }) => {
	const units = await unitsForAdmin(actor);
	const zone = units[0]?.timeZone ?? 'Asia/Makassar';
	const filter = logFilter(url.searchParams);
	const entries = await auditLines(actor, filter, zone);
	return {
		entries,
		older: entries.length === LOG_PAGE ? entries.at(-1)?.id : undefined,
		verifies: await mayVerify(actor),
		...{ filter, zone, areas: LOG_AREAS, units, people: await listPeople(actor) }
	};
});
