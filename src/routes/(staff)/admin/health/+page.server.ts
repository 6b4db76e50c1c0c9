import { siteHealth } from '#lib/server/health/report.ts';
import { firstZone } from '#lib/server/people/units/find-unit.ts';
import { withActor } from '#lib/server/web/http/staff-page.ts';

export const load = withActor(async (actor, { request }) => ({
	findings: await siteHealth(actor, { forwarded: request.headers.has('x-forwarded-for') }),
	zone: await firstZone()
}));
