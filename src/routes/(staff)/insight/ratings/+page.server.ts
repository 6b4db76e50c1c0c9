import { OUTCOMES } from '#lib/ratings/moves.ts';
import { ASPECTS, RATING_SOURCES, RATING_STATES, SCORES } from '#lib/ratings/vocabulary.ts';
import { ratingsBehind } from '#lib/server/ratings/review/list.ts';
import { managedOfficer } from '#lib/server/ratings/access.ts';
import { decideRating } from '#lib/server/ratings/review/decide.ts';
import { formAction, withActor } from '#lib/server/web/http/staff-page.ts';
import { insightFilter } from '#lib/server/web/filters/insight-filter.ts';

export const load = withActor(async (actor, { url }) => {
	const filter = await insightFilter(actor, url.searchParams);
	const param = (name: string) => url.searchParams.get(name) || undefined;
	const chosen = {
		officer: param('officer'),
		state: RATING_STATES.find((state) => state === param('state')),
		score: SCORES.find((score) => String(score) === param('score')),
		source: RATING_SOURCES.find((source) => source === param('source')),
		aspect: ASPECTS.find((aspect) => aspect === param('aspect')),
		verified: param('verified') === 'yes',
		commented: param('commented') === 'yes',
		noService: param('service') === 'none'
	};
	const page = await ratingsBehind(actor, { ...filter.query, ...chosen, cursor: param('cursor') });
	return {
		filter,
		chosen,
		page,
		officer: chosen.officer === undefined ? undefined : (await managedOfficer(actor, chosen.officer)).name,
		first: param('cursor') === undefined,
		outcome: OUTCOMES.find((outcome) => outcome === param('done'))
	};
});

export const actions = {
	default: formAction(async (actor, { data }, { url }) => {
		const id = String(data.rating ?? '');
		const { outcome } = await decideRating(actor, id, data);
		const returnTo = new URL(url);
		returnTo.searchParams.set('done', outcome);
		return `${returnTo.pathname}${returnTo.search}#done`;
	})
};
