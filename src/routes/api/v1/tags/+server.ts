import { RATING_TAGS } from '#lib/ratings/vocabulary.ts';
import { tagWord } from '#lib/words/rating.ts';
import { requireUnitWithin } from '#lib/server/people/units/find-unit.ts';
import { apiCall, unitsOfToken } from '#lib/server/web/api/call.ts';
import { chosen } from '#lib/server/web/api/query.ts';

/** All offices have the same tags. Wrong parameters are refused as in the other lists. */
export const GET = apiCall('listTags', async ({ actor, query }) => {
	chosen(query, 'scope', ['own', 'tree']);
	const unit = query.get('unit');
	if (unit) await requireUnitWithin(unit, unitsOfToken(actor));
	return { body: { items: RATING_TAGS.map((id) => ({ id, name: tagWord(id) })), next_cursor: null } };
});
