import { markSeen } from '#lib/server/cases/find-by-receipt.ts';
import { pushPublicKey } from '#lib/server/channels/push/push-keys.ts';
import { noticesToReporter } from '#lib/server/privacy/breaches/letters.ts';
import { trackCookie } from '#lib/server/web/cookies/citizen-cookies.ts';

export const load = async ({ cookies, parent }) => {
	// The layout must read the case before this visit is recorded as seen. During the visit, new entries are those after the
	// cookie's `since`, the time of the previous visit.
	await parent();
	const trackedCase = await trackCookie.read(cookies);
	const pushKey = await pushPublicKey();
	if (!trackedCase) return { breaches: [], pushKey };
	await markSeen(trackedCase);
	return { breaches: await noticesToReporter(trackedCase.caseId), pushKey };
};
