import { now } from '#lib/server/clock.ts';
import { staffFrame } from '#lib/server/web/staff-frame.ts';

export const load = async ({ locals }) => ({
	...(await staffFrame(locals)),
	/** For whom the desk is live, and from when on: what happened before is on the page. */
	live: { account: locals.actor?.accountId ?? '', since: now() }
});
