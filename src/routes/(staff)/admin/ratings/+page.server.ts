import { changeRatingMethod, ratingMethodForAdmin } from '#lib/server/ratings/figures/method.ts';
import { formAction, withActor } from '#lib/server/web/http/staff-page.ts';

export const load = withActor(async (actor) => ({ method: await ratingMethodForAdmin(actor) }));

export const actions = {
	default: formAction(async (actor, { data }) => {
		await changeRatingMethod(actor, data);
		return '/admin/ratings?saved';
	})
};
