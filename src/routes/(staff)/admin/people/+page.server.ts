import { listPeople } from '#lib/server/people/directory.ts';
import { withActor } from '#lib/server/web/http/staff-page.ts';

export const load = withActor(async (actor) => ({ people: await listPeople(actor) }));
