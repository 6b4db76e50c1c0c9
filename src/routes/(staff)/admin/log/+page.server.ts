import { DAY_SECONDS } from '#lib/calendar/durations.ts';
import { decryptFromBrowser, encryptForBrowser } from '#lib/server/keys.ts';
import { LOG_AREAS, LOG_PAGE } from '#lib/server/people/audit-log.ts';
import { mayVerify } from '#lib/server/people/audit-verify.ts';
import { listPeople } from '#lib/server/people/directory.ts';
import { unitsForAdmin } from '#lib/server/people/units/units.ts';
import { auditLines } from '#lib/server/web/audit-lines.ts';
import { withActor } from '#lib/server/web/http/staff-page.ts';
import { logFilter } from '#lib/server/web/filters/list-filters.ts';

/** The cursor of a page is sealed: numbers of entries have no gaps, so they would show where an entry is hidden. */
const CURSOR = 'log-page';
/** Long, because an expired cursor would show the newest entries again without a word. */
const CURSOR_SECONDS = 365 * DAY_SECONDS;

export const load = withActor(async (actor, { url }) => {
	const units = await unitsForAdmin(actor);
	const zone = units[0]?.timeZone ?? 'Asia/Makassar';
	const filter = logFilter(url.searchParams);
	const cursor = await decryptFromBrowser(url.searchParams.get('before') ?? undefined, CURSOR);
	const people = await listPeople(actor);
	const lines = await auditLines(actor, { ...filter, before: cursor?.id as number | undefined }, zone, people);
	const last = lines.length === LOG_PAGE ? lines.at(-1) : undefined;
	return {
		entries: lines.map(({ id: _, action: _code, ...entry }, index) => ({ ...entry, index })),
		later: cursor !== undefined,
		older: last && (await encryptForBrowser({ id: last.id }, CURSOR, CURSOR_SECONDS)),
		mayVerify: await mayVerify(actor),
		filter,
		zone,
		areas: LOG_AREAS,
		units,
		people
	};
});
