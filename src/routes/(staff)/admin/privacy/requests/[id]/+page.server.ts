import { decideRequest, liftRestriction } from '#lib/server/privacy/requests/decide.ts';
import { readRequest } from '#lib/server/privacy/requests/register.ts';
import { recordActions, withActor } from '#lib/server/web/http/staff-page.ts';

export const load = withActor(async (actor, { params }) => ({ request: await readRequest(actor, params.id) }));

export const actions = recordActions('/admin/privacy/requests', { decide: decideRequest, lift: liftRestriction });
