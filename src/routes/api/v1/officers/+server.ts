import { listingOf } from '#lib/server/people/units/listing.ts';
import { apiCall, reachOf } from '#lib/server/web/api/call.ts';

export const GET = apiCall('listOfficers', async ({ actor, query }) => {
	const items = await listingOf('officers', reachOf(actor), query.get('unit'), query.get('scope') === 'tree');
	return { body: { items, next_cursor: null } };
});
