import { noticePage } from '#lib/server/privacy/notice/notice-page.ts';
import { casePeriods } from '#lib/server/privacy/retention/schedule.ts';
import { asPage } from '#lib/server/web/http/error-responses.ts';
import { casePeriodWords } from '#lib/words/retention.ts';

export const load = ({ url: { searchParams }, locals }) =>
	asPage(async () => ({
		...(await noticePage(searchParams.get('kantor'), searchParams.get('versi'), locals.lang)),
		periods: casePeriodWords(await casePeriods())
	}));
