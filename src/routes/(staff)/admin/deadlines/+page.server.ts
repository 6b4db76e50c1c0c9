import { rulesNow } from '#lib/server/calendar/rules.ts';
import { firstZone } from '#lib/server/people/units/find-unit.ts';
import { asPage } from '#lib/server/web/http/error-responses.ts';

export const load = () => asPage(async () => ({ rules: await rulesNow(), zone: await firstZone() }));
