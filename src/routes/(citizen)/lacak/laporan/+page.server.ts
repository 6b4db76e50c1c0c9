import { markSeen } from '#lib/server/cases/track.ts';
import { openTrack } from '#lib/server/web/citizen-cookies.ts';

export const load = async (event) => {
	// After the view has been read: what is new on this visit stays marked by the cookie's `since`.
	await event.parent();
	const tracked = await openTrack(event);
	if (tracked) await markSeen(tracked);
};
