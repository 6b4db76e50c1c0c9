import { listPeople } from '#lib/server/people/directory.ts';
import { asPage } from '#lib/server/web/http/answers.ts';
import { signedIn } from '#lib/server/web/http/signed-in.ts';

export const load = ({ locals }) => asPage(async () => ({ people: await listPeople(signedIn(locals)) }));
