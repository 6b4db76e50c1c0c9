import { asPage } from '#lib/server/web/http/error-responses.ts';
import { figuresForAll } from '#lib/server/web/front-door.ts';

export const load = ({ params, url }) =>
	asPage(async () => {
		const { changes, quarters } = await figuresForAll(params.unit);
		const requestedKey = url.searchParams.get('masa');
		return { changes, quarters, chosen: quarters.find(({ key }) => key === requestedKey) ?? quarters[0] };
	});
