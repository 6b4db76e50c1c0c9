import { caseBoard } from '#lib/server/insight/board.ts';
import { BOARD_ACCESS } from '#lib/server/insight/board-scope.ts';
import { withActor } from '#lib/server/web/http/staff-page.ts';
import { insightFilter } from '#lib/server/web/filters/insight-filter.ts';

export const load = withActor(async (actor, { url }) => {
	const filter = await insightFilter(actor, url.searchParams, undefined, BOARD_ACCESS);
	return { filter, board: await caseBoard(actor, filter.query) };
});
