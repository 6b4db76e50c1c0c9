import { caseBoard } from '#lib/server/insight/board.ts';
import { BOARD_ACCESS } from '#lib/server/insight/board-scope.ts';
import { withActor } from '#lib/server/web/http/staff-page.ts';
import { handlerLoads } from '#lib/server/insight/loads.ts';
import { insightFilter } from '#lib/server/web/filters/insight-filter.ts';

export const load = withActor(async (actor, { url }) => {
	const filter = await insightFilter(actor, url.searchParams, undefined, BOARD_ACCESS);
	const board = await caseBoard(actor, filter.query);
	return { filter, board, loads: await handlerLoads(actor, board.unit.id, filter.query.scope) };
});
