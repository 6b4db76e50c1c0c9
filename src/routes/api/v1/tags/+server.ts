import { RATING_TAGS } from '#lib/ratings/vocabulary.ts';
import { tagWord } from '#lib/words/rating.ts';
import { apiCall } from '#lib/server/web/api/call.ts';

export const GET = apiCall('listTags', async () => ({
	body: { items: RATING_TAGS.map((id) => ({ id, name: tagWord(id) })), next_cursor: null }
}));
