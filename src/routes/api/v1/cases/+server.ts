import { numberToText } from '#lib/cases/schema.ts';
import { CASE_KINDS, CASE_STATUSES } from '#lib/cases/vocabulary.ts';
import { readCursor } from '#lib/server/cases/inbox/order.ts';
import { openCase } from '#lib/server/cases/open-case.ts';
import { requireUnitWithin } from '#lib/server/people/units/find-unit.ts';
import { unitIdsWithin } from '#lib/server/people/units/listing.ts';
import { apiCall, unitsOfToken } from '#lib/server/web/api/call.ts';
import { caseList } from '#lib/server/web/api/case-view.ts';
import { chosen, chosenList, cursorIn } from '#lib/server/web/api/query.ts';

export const POST = apiCall('openCase', async ({ actor, body }) => {
	const unit = typeof body === 'object' && body !== null && 'unit' in body ? numberToText(body.unit) : undefined;
	// A missing one is refused by the schema.
	if (typeof unit === 'string' && unit.trim()) await requireUnitWithin(unit.trim(), unitsOfToken(actor));
	const opened = await openCase(body, { by: 'api', actor });
	return { body: opened, status: opened.repeated ? 200 : 201 };
});

export const GET = apiCall('listCases', async ({ actor, query }) => {
	const unit = query.get('unit');
	const tree = chosen(query, 'scope', ['own', 'tree'] as const) === 'tree';
	const filter = {
		status: chosenList(query, 'status', CASE_STATUSES),
		kind: chosen(query, 'kind', CASE_KINDS),
		unitIds: unit ? await unitIdsWithin(unitsOfToken(actor), unit, tree) : undefined,
		q: query.get('q')?.trim() || undefined
	};
	const body = await caseList(
		actor,
		filter,
		cursorIn(query, (cursor) => readCursor(cursor) !== undefined)
	);
	return { body };
});
