import { listTemplates } from '#lib/server/cases/answers/templates.ts';
import { withActor } from '#lib/server/web/http/staff-page.ts';

export const load = withActor(async (actor) => ({ templates: await listTemplates(actor) }));
