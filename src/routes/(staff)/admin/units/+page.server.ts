import { unitsForAdmin } from '#lib/server/people/units/units.ts';
import { withActor } from '#lib/server/web/http/staff-page.ts';

export const load = withActor(async (actor) => ({ units: await unitsForAdmin(actor) }));
