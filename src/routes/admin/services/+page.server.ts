import { listServices } from '#lib/server/people/units/services.ts';
import { asPage } from '#lib/server/web/http/answers.ts';
import { signedIn } from '#lib/server/web/http/signed-in.ts';

export const load = ({ locals }) => asPage(async () => ({ services: await listServices(signedIn(locals)) }));
