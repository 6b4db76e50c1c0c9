import { caseView } from '#lib/server/web/api/case-view.ts';
import { apiCall } from '#lib/server/web/api/call.ts';

export const GET = apiCall('readCase', async ({ actor, params }) => ({
	body: await caseView(actor, params.reference ?? '')
}));
