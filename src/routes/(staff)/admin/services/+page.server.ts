import { listServices } from '#lib/server/people/units/services.ts';
import { withActor } from '#lib/server/web/http/staff-page.ts';

export const load = withActor(async (actor) => ({ services: await listServices(actor) }));
