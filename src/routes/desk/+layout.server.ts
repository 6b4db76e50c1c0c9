import { staffFrame } from '#lib/server/web/staff-frame.ts';

export const load = async ({ locals }) => ({
	...(await staffFrame(locals)),
	/** For whom the desk is live. */
	live: { account: locals.actor?.accountId ?? '' }
});
