import { submitRating } from '#lib/server/ratings/submit.ts';
import { checked } from '#lib/server/checked.ts';
import { ratingInput } from '#lib/ratings/schema.ts';
import { apiCall, unitsOfToken } from '#lib/server/web/api/call.ts';
import { requireUnitWithin } from '#lib/server/people/units/find-unit.ts';

export const POST = apiCall('submitRating', async ({ actor, body }) => {
	const input = checked(ratingInput, body);
	await requireUnitWithin(input.unit, unitsOfToken(actor));
	const rating = await submitRating(input, { source: 'api', tokenOf: actor });
	return { body: rating, status: rating.repeated ? 200 : 201 };
});
