import { OUTCOMES } from '#lib/ratings/moves.ts';
import { ASPECTS, RATING_SOURCES, RATING_STATES, SCORES } from '#lib/ratings/vocabulary.ts';
import { ratingsBehind } from '#lib/server/ratings/review/list.ts';
import { managedOfficer } from '#lib/server/ratings/access.ts';
import { decideRating } from '#lib/server/ratings/review/decide.ts';
import { formAction, withActor } from '#lib/server/web/http/staff-page.ts';
import { insightFilter } from '#lib/server/web/filters/insight-filter.ts';

export const load = withActor(async (actor, { url }) => {
	const filter = await insightFilter(actor, url.searchParams);
	const asked = (name: string) => url.searchParams.get(name) || undefined;
	const chosen = {
		officer: asked('officer'),
		state: RATING_STATES.find((state) => state === asked('state')),
		score: SCORES.find((score) => String(score) === asked('score')),
		source: RATING_SOURCES.find((source) => source === asked('source')),
		aspect: ASPECTS.find((aspect) => aspect === asked('aspect')),
		verified: asked('verified') === 'yes',
		commented: asked('commented') === 'yes',
		noService: asked('service') === 'none'
	};
	const page = await ratingsBehind(actor, { ...filter.query, ...chosen, cursor: asked('cursor') });
	return {
		filter,
		chosen,
		page,
		officer: chosen.officer === undefined ? undefined : (await managedOfficer(actor, chosen.officer)).name,
		first: asked('cursor') === undefined,
		outcome: OUTCOMES.find((outcome) => outcome === asked('done'))
	};
});

export const actions = {
	default: formAction(async (actor, { data }, { url }) => {
		const id = String(data.rating ?? '');
		const { outcome } = await decideRating(actor, id, data);
		const back = new URL(url);
		back.searchParams.set('done', outcome);
		return `${back.pathname}${back.search}#done`;
	})
};
