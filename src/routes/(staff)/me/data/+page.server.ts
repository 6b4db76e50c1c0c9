import { hourRule } from '#lib/server/calendar/load.ts';
import { now } from '#lib/server/clock.ts';
import { requestOwnData } from '#lib/server/privacy/requests/receive.ts';
import { requestsAbout } from '#lib/server/privacy/requests/register.ts';
import { accountIdOf } from '#lib/server/people/actor.ts';
import { firstZone } from '#lib/server/people/units/find-unit.ts';
import { changeThenOpen, withActor } from '#lib/server/web/http/staff-page.ts';

export const load = withActor(async (actor, { url }) => ({
	requests: await requestsAbout({ accountId: accountIdOf(actor) }),
	rule: await hourRule('data_request', now()),
	zone: await firstZone(),
	submissionId: crypto.randomUUID(),
	sent: url.searchParams.has('sent')
}));

export const actions = {
	default: changeThenOpen(requestOwnData, '/me/data?sent')
};
