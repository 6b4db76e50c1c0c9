import { caseBoard } from '#lib/server/insight/board.ts';
import { boardUnit, boardUnits } from '#lib/server/insight/board-scope.ts';
import { withActor } from '#lib/server/web/http/staff-page.ts';
import { insightFilter } from '#lib/server/web/filters/insight-filter.ts';

export const load = withActor(async (actor, { url }) => {
	const access = { all: boardUnits, one: boardUnit };
	const filter = await insightFilter(actor, url.searchParams, undefined, access);
	return { filter, board: await caseBoard(actor, filter.query) };
});
