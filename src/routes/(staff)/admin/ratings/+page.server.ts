import { changeRatingMethod, ratingMethodForAdmin } from '#lib/server/ratings/figures/method.ts';
import { changeThenOpen, withActor } from '#lib/server/web/http/staff-page.ts';

export const load = withActor((actor) => ratingMethodForAdmin(actor));

export const actions = {
	default: changeThenOpen(changeRatingMethod, '/admin/ratings?saved')
};
