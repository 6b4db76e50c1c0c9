import { desksOf } from '#lib/server/places/roster.ts';
import { withActor } from '#lib/server/web/http/staff-page.ts';

export const load = withActor(async (actor) => ({ desks: await desksOf(actor) }));
