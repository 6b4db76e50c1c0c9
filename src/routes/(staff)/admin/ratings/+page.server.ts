import { changeRatingMethod, ratingMethodForAdmin } from '#lib/server/ratings/figures/method.ts';
import { plainAction, withActor } from '#lib/server/web/http/staff-page.ts';

export const load = withActor(async (actor) => ({ method: await ratingMethodForAdmin(actor) }));

export const actions = {
	default: plainAction(changeRatingMethod, '/admin/ratings?saved')
};
