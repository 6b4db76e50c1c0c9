import { json } from '@sveltejs/kit';
import { now } from '#lib/server/clock.ts';
import { storeTabletRatings } from '#lib/server/ratings/tablet-ratings.ts';
import { asApi } from '#lib/server/web/http/error-responses.ts';
import { jsonBody } from '#lib/server/web/http/json-body.ts';

// No cookie is needed: the body names the pairing, perhaps a former one, whose key has signed each rating.
export const POST = ({ request }) =>
	asApi(async () => {
		const outcomes = await storeTabletRatings(await jsonBody(request));
		return json({ now: now().toISOString(), outcomes }, { headers: { 'cache-control': 'no-store' } });
	});
