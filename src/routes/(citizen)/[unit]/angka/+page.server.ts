import { asPage } from '#lib/server/web/http/error-responses.ts';
import { publicPage } from '#lib/server/insight/public-page.ts';

export const load = ({ params, url }) =>
	asPage(async () => {
		const { changes, quarters } = await publicPage(params.unit);
		const requestedKey = url.searchParams.get('masa');
		return { changes, quarters, chosen: quarters.find(({ key }) => key === requestedKey) ?? quarters[0] };
	});
