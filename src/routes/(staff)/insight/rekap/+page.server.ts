import { RECAP_GRAINS } from '#lib/recap/period.ts';
import { isRootAdmin } from '#lib/server/people/administration.ts';
import { changeRecapDue, recapDueDays } from '#lib/server/recap/due.ts';
import { filingsOf } from '#lib/server/recap/filings.ts';
import { reportingUnits } from '#lib/server/recap/scope.ts';
import { formAction, withActor } from '#lib/server/web/http/staff-page.ts';

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
		unit: { slug: unit.slug, name: unit.name, timeZone: unit.timeZone },
		units: units.map(({ slug, name }) => ({ slug, name })),
		...filings,
		dueDays: (await isRootAdmin(actor)) ? await recapDueDays() : null
	};
});

export const actions = {
	default: formAction(async (actor, { data }) => {
		await changeRecapDue(actor, data);
		return '/insight/rekap';
	})
};
