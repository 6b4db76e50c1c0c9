import { listingOf } from '#lib/server/people/units/listing.ts';
import { apiCall, reachOf } from '#lib/server/web/api/call.ts';

export const GET = apiCall('listPlaces', async ({ actor, query }) => {
	const items = await listingOf('places', reachOf(actor), query.get('unit'), query.get('scope') === 'tree');
	return { body: { items, next_cursor: null } };
});
