import { administrationOverview } from '#lib/server/insight/administration.ts';
import { withActor } from '#lib/server/web/http/staff-page.ts';

export const load = withActor(async (actor, { url }) => ({
	...(await administrationOverview(actor)),
	q: url.searchParams.get('q')?.trim() ?? ''
}));
