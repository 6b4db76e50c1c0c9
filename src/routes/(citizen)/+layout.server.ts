import { practisedOffices } from '#lib/server/people/units/trial.ts';
import { mainOrigin } from '#lib/server/web/http/origin.ts';
import { isPrivateRoute } from '#lib/server/web/http/page-access.ts';

export const load = async (event) => ({
	trial: await practisedOffices(event.locals.actor),
	/** The site's address for the preview of a shared link; null on pages without a preview, for example a receipt. */
	shared: isPrivateRoute(event.route.id) ? null : mainOrigin(event)
});
