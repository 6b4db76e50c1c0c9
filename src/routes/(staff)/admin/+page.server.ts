import { administrationOverview } from '#lib/server/insight/administration.ts';
import { withActor } from '#lib/server/web/http/staff-page.ts';

export const load = withActor((actor) => administrationOverview(actor));
