import { noticePage } from '#lib/server/privacy/notice/notice-page.ts';
import { asPage } from '#lib/server/web/http/error-responses.ts';

export const load = ({ url: { searchParams }, locals }) =>
	asPage(() => noticePage(searchParams.get('kantor'), searchParams.get('versi'), locals.lang));
