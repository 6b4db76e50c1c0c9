import { ESCALATION_STATES } from '#lib/cases/vocabulary.ts';
import { isForwardsCursor, listEscalations } from '#lib/server/escalation/list.ts';
import { escalationShape } from '#lib/server/escalation/view.ts';
import { apiCall } from '#lib/server/web/api/call.ts';
import { chosen, cursorIn } from '#lib/server/web/api/query.ts';

export const GET = apiCall('listEscalations', async ({ actor, query }) => {
	const state = chosen(query, 'state', ESCALATION_STATES);
	const page = await listEscalations(actor, { state }, cursorIn(query, isForwardsCursor));
	const items = page.items.map((item) => escalationShape(item.escalation, item.case.reference));
	return { body: { items, next_cursor: page.nextCursor } };
});
