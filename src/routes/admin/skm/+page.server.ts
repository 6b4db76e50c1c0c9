import { skmForAdmin } from '#lib/server/skm/office.ts';
import { asPage } from '#lib/server/web/http/answers.ts';
import { signedIn } from '#lib/server/web/http/signed-in.ts';

export const load = ({ locals }) =>
	asPage(async () => {
		const units = await skmForAdmin(signedIn(locals));
		return { units: units.map(({ id, code, slug, name, skm }) => ({ id, code, slug, name, skm: skm ?? null })) };
	});
