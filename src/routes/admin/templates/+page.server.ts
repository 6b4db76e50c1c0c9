import { listTemplates } from '#lib/server/cases/answers/templates.ts';
import { asPage } from '#lib/server/web/http/answers.ts';
import { signedIn } from '#lib/server/web/http/signed-in.ts';

export const load = ({ locals }) => asPage(async () => ({ templates: await listTemplates(signedIn(locals)) }));
