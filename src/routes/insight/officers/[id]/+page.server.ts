import { officerCards } from '#lib/server/insight/officer-cards.ts';
import { ratingsBehind } from '#lib/server/ratings/review/list.ts';
import { managedOfficer } from '#lib/server/ratings/access.ts';
import { officerFigures } from '#lib/server/ratings/figures/detail.ts';
import { asPage } from '#lib/server/web/http/answers.ts';
import { insightFilter } from '#lib/server/web/filters/insight-filter.ts';
import { signedIn } from '#lib/server/web/http/signed-in.ts';

const COMMENTS = 12;

export const load = ({ locals, params, url }) =>
	asPage(async () => {
		const { id, unit } = await managedOfficer(signedIn(locals), params.id);
		const { actor, filter } = await insightFilter(locals.actor, url.searchParams, unit.slug);
		const asked = { ...filter.query, officer: id, state: 'counted' as const, commented: true, limit: COMMENTS };
		return {
			filter,
			figures: await officerFigures(actor, id, filter.query),
			portrait: (await officerCards([id]))[id]?.portrait ?? null,
			comments: await ratingsBehind(actor, asked)
		};
	});
