import { registerYears } from '#lib/server/cases/register.ts';
import { asPage } from '#lib/server/web/http/answers.ts';
import { signedIn } from '#lib/server/web/http/signed-in.ts';

export const load = ({ locals }) => asPage(async () => ({ years: await registerYears(signedIn(locals)) }));
