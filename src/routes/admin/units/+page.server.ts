import { unitsForAdmin } from '#lib/server/people/units/units.ts';
import { asPage } from '#lib/server/web/http/answers.ts';
import { signedIn } from '#lib/server/web/http/signed-in.ts';

export const load = ({ locals }) => asPage(async () => ({ units: await unitsForAdmin(signedIn(locals)) }));
