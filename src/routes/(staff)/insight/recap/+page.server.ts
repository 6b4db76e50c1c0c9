import { RECAP_GRAINS } from '#lib/recap/period.ts';
import { filingsOf } from '#lib/server/recap/filings.ts';
import { reportingUnits } from '#lib/server/recap/scope.ts';
import { withActor } from '#lib/server/web/http/staff-page.ts';

export const load = withActor(async (actor, { url }) => {
	const [first] = await reportingUnits(actor);
	const grain = RECAP_GRAINS.find((known) => known === url.searchParams.get('grain')) ?? 'month';
	const query = {
		unit: url.searchParams.get('unit') || (first?.slug ?? ''),
		grain,
		period: url.searchParams.get('period') ?? undefined
	};
	const { units, unit, ...filings } = await filingsOf(actor, query);
	return {
		grain,
		unit: { slug: unit.slug, name: unit.name },
		units: units.map(({ slug, name }) => ({ slug, name })),
		...filings
	};
});
