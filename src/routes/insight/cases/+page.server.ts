import { caseBoard } from '#lib/server/insight/board.ts';
import { boardUnit, boardUnits } from '#lib/server/insight/board-scope.ts';
import { asPage } from '#lib/server/web/http/answers.ts';
import { insightFilter } from '#lib/server/web/filters/insight-filter.ts';

export const load = ({ locals, url }) =>
	asPage(async () => {
		const door = { all: boardUnits, one: boardUnit };
		const { actor, filter } = await insightFilter(locals.actor, url.searchParams, undefined, door);
		return { filter, board: await caseBoard(actor, filter.query) };
	});
