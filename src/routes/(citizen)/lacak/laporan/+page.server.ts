import { markSeen } from '#lib/server/cases/track.ts';
import { openTrack } from '#lib/server/web/cookies/citizen-cookies.ts';

export const load = async (event) => {
	// The layout must read the case before this visit is recorded as seen. During the visit, new entries are those after the
	// cookie's `since`, the time of the previous visit.
	await event.parent();
	const trackedCase = await openTrack(event);
	if (trackedCase) await markSeen(trackedCase);
};
