import { withQuery } from '#lib/text/with-query.ts';
import { listNotices, readNotices } from '#lib/server/channels/notice-list.ts';
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

/** Marks all notices as read that the page showed, or with `id` those of one case. */
export const actions = {
	read: formAction(async (actor, { data }, { url }) => {
		const until = String(data.until ?? '');
		const id = data.id === undefined ? undefined : String(data.id);
		await readNotices(actor, isIsoInstant(until) ? new Date(until) : now(), id);
		return back(url);
	})
};
