import { ESCALATION_STATES } from '#lib/cases/vocabulary.ts';
import { isForwardsCursor } from '#lib/server/escalation/list.ts';
import { escalationsForApi } from '#lib/server/escalation/view.ts';
import { apiCall } from '#lib/server/web/api/call.ts';
import { chosen, cursorIn } from '#lib/server/web/api/query.ts';

export const GET = apiCall('listEscalations', async ({ actor, query }) => {
	const state = chosen(query, 'state', ESCALATION_STATES);
	return { body: await escalationsForApi(actor, { state }, cursorIn(query, isForwardsCursor)) };
});
