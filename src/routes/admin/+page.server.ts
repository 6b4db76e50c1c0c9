import { administrationOverview } from '#lib/server/insight/administration.ts';
import { asPage } from '#lib/server/web/http/answers.ts';
import { signedIn } from '#lib/server/web/http/signed-in.ts';

export const load = ({ locals }) => asPage(() => administrationOverview(signedIn(locals)));
