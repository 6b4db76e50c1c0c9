import { withQuery } from '#lib/text/with-query.ts';
import { listNotices, readAllNotices, readNotice } from '#lib/server/channels/notice-list.ts';
import { now } from '#lib/server/clock.ts';
import { firstZone } from '#lib/server/people/units/find-unit.ts';
import { formAction, withActor } from '#lib/server/web/http/staff-page.ts';
import { isIsoInstant } from '#lib/text/iso-instant.ts';

export const load = withActor(async (actor, { url }) => {
	const cursor = url.searchParams.get('cursor') ?? undefined;
	return {
		...(await listNotices(actor, cursor)),
		later: cursor !== undefined,
		zone: await firstZone(),
		now: now()
	};
});

/** Address of the page of the list that the button was on. */
const back = (url: URL) => withQuery('/desk/notices', { cursor: url.searchParams.get('cursor') });

export const actions = {
	read: formAction(async (actor, { data }, { url }) => {
		await readNotice(actor, String(data.id ?? ''));
		return back(url);
	}),
	all: formAction(async (actor, { data }, { url }) => {
		const until = String(data.until ?? '');
		await readAllNotices(actor, isIsoInstant(until) ? new Date(until) : now());
		return back(url);
	})
};
