import { desksOf } from '#lib/server/places/roster.ts';
import { asPage } from '#lib/server/web/http/answers.ts';
import { signedIn } from '#lib/server/web/http/signed-in.ts';

export const load = ({ locals }) => asPage(async () => ({ desks: await desksOf(signedIn(locals)) }));
