import { siteHealth } from '#lib/server/health/report.ts';
import { firstZone } from '#lib/server/people/units/find-unit.ts';
import { asPage } from '#lib/server/web/http/answers.ts';
import { signedIn } from '#lib/server/web/http/signed-in.ts';

export const load = ({ locals, request }) =>
	asPage(async () => ({
		findings: await siteHealth(signedIn(locals), { forwarded: request.headers.has('x-forwarded-for') }),
		zone: await firstZone()
	}));
