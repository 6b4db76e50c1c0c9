import { isRootAdmin } from '#lib/server/people/administration.ts';
import { countOpenBreaches } from '#lib/server/privacy/breaches/book.ts';
import { countRequests } from '#lib/server/privacy/requests/register.ts';
import { withActor } from '#lib/server/web/http/staff-page.ts';

export const load = withActor(async (actor) => ({
	requests: await countRequests(actor),
	isRootAdmin: await isRootAdmin(actor),
	breaches: await countOpenBreaches(actor)
}));
