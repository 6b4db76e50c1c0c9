import { caseTimeline } from '#lib/server/web/api/case-view.ts';
import { apiCall } from '#lib/server/web/api/call.ts';

export const GET = apiCall('readTimeline', async ({ actor, params }) => ({
	body: { items: await caseTimeline(actor, params.reference ?? ''), next_cursor: null }
}));
