import { markSeen } from '#lib/server/cases/find-by-receipt.ts';
import { pushPublicKey } from '#lib/server/channels/push/push-keys.ts';
import { noticesToReporter } from '#lib/server/privacy/breaches/letters.ts';
import { trackCookie } from '#lib/server/web/cookies/citizen-cookies.ts';

export const load = async ({ cookies, parent }) => {
	// The layout must read the case before this visit is recorded as seen. During the visit, new entries are those after the
	// cookie's `since`, the time of the previous visit.
	const { question } = await parent();
	const cookie = await trackCookie.read(cookies);
	const pushKey = await pushPublicKey();
	// The answer to a question has a page of its own, to which the buttons of other languages send its text.
	const form = question === null ? {} : { formId: 'isian', formPage: '/lacak/laporan/pesan' };
	if (!cookie) return { ...form, breaches: [], pushKey };
	const [breaches] = await Promise.all([noticesToReporter(cookie.caseId), markSeen(cookie)]);
	return { ...form, breaches, pushKey };
};
