import { error } from '@sveltejs/kit';
import { localDate } from '#lib/calendar/days.ts';
import { SERVICE_KINDS, type ServiceKind } from '#lib/cases/vocabulary.ts';
import { m } from '#lib/paraglide/messages.js';
import { PERIOD_NAMES, periodBetween, periodNamed, type Period, type PeriodName } from '#lib/ratings/period.ts';
import { now } from '../clock.ts';
import type { Actor } from '../people/actor.ts';
import { managedUnit, managedUnits, type ManagedUnit, type UnitScope } from '../ratings/managed-unit.ts';

/** What every page of the insight room is about, read from its address. */
export interface InsightFilter {
	query: Period & { unit: string; scope: UnitScope; service: ServiceKind | undefined };
	unit: ManagedUnit;
	/** What else may be chosen. */
	units: { slug: string; name: string }[];
	periods: (Period & { name: PeriodName; current: boolean })[];
	/** The typed days were no period; the last twelve months are shown instead. */
	periodRefused: boolean;
}

/**
 * `?unit=&scope=&service=&from=&to=`. Without a unit the first that the actor manages, without days the last twelve
 * months. What is no choice at all counts as not chosen.
 *
 * @throws NotFound on a unit that is not the actor's
 */
export async function insightFilter(
	actor: Actor | null,
	params: URLSearchParams
): Promise<{ actor: Actor; filter: InsightFilter }> {
	const units = actor ? await managedUnits(actor) : [];
	const [first] = units;
	if (!actor || !first) error(403, { message: m.error_not_allowed() });
	const unit = await managedUnit(actor, params.get('unit') || first.slug);
	const today = localDate(now(), unit.timeZone);
	const [from, to] = [params.get('from') ?? '', params.get('to') ?? ''];
	const typed = periodBetween(from, to);
	const period = typed ?? periodNamed('twelve_months', today);
	const filter: InsightFilter = {
		query: {
			unit: unit.slug,
			scope: params.get('scope') === 'tree' ? 'tree' : 'own',
			service: SERVICE_KINDS.find((kind) => kind === params.get('service')),
			...period
		},
		unit,
		units: units.map(({ slug, name }) => ({ slug, name })),
		periods: PERIOD_NAMES.map((name) => {
			const named = periodNamed(name, today);
			return { name, ...named, current: named.from === period.from && named.to === period.to };
		}),
		periodRefused: typed === undefined && (from !== '' || to !== '')
	};
	return { actor, filter };
}
