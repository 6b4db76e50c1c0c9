import { markSeen } from '#lib/server/cases/track.ts';
import { openTrack } from '#lib/server/web/cookies/citizen-cookies.ts';

export const load = async (event) => {
	// After the view was read; entries that are new on this visit stay marked by the cookie's `since`.
	await event.parent();
	const tracked = await openTrack(event);
	if (tracked) await markSeen(tracked);
};
