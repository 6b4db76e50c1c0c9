import { registerYears } from '#lib/server/cases/register.ts';
import { withActor } from '#lib/server/web/http/staff-page.ts';

export const load = withActor(async (actor) => ({ years: await registerYears(actor) }));
