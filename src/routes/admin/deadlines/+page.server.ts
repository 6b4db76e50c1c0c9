import { rulesNow } from '#lib/server/calendar/rules.ts';
import { asPage } from '#lib/server/web/answers.ts';

export const load = () => asPage(async () => ({ rules: await rulesNow() }));
