import { leaderboard } from '#lib/server/ratings/figures/leaderboard.ts';
import { apiCall } from '#lib/server/web/api/call.ts';
import { leaderboardQuery } from '#lib/server/web/api/leaderboard-query.ts';

export const GET = apiCall('readLeaderboard', async ({ actor, query }) => {
	const { method, items, insufficient } = await leaderboard(actor, await leaderboardQuery(actor, query));
	return { body: { method, items, insufficient } };
});
