import { error } from '@sveltejs/kit';
import { localDate, type LocalDate } from '#lib/calendar/days.ts';
import { SERVICE_KINDS } from '#lib/cases/vocabulary.ts';
import { m } from '#lib/paraglide/messages.js';
import { adjacentKey, keyOf, selectableKeys, periodOfKey, type PeriodKey } from '#lib/ratings/period-key.ts';
import { PERIOD_NAMES, periodBetween, periodNamed, type Period } from '#lib/ratings/period.ts';
import { now } from '#lib/server/clock.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { ASPECTS, RATING_SOURCES, RATING_STATES, SCORES } from '#lib/ratings/vocabulary.ts';
import { managedUnit, managedUnits, type ManagedUnit, type UnitScope } from '#lib/server/ratings/access.ts';

type NamedPeriod = Period & { key: PeriodKey };

/** The units that an actor may choose on these pages, and the unit that an address names. */
export interface UnitAccess {
	all: (actor: Actor) => Promise<ManagedUnit[]>;
	one: (actor: Actor, name: string) => Promise<ManagedUnit>;
}
const MANAGERS: UnitAccess = { all: managedUnits, one: managedUnit };

/**
 * Reads the filter of the insight pages: `?unit=&scope=&service=&period=&from=&to=`.
 *
 * - Without a unit, the first that the actor manages.
 * - `period` is the name of a year, quarter or month and takes precedence over the two days. Without either, the last
 *   twelve months.
 * - Invalid values are ignored.
 *
 * @param about the unit, on pages whose address names it already
 * @param access for pages that not only managers read
 * @throws NotFound if the unit is not one of the actor's
 */
export async function insightFilter(
	actor: Actor,
	params: URLSearchParams,
	about?: string,
	access: UnitAccess = MANAGERS
) {
	const units = await access.all(actor);
	const [first] = units;
	if (!first) error(403, { message: m.error_not_allowed() });
	const unit = await access.one(actor, about ?? (params.get('unit') || first.slug));
	const today = localDate(now(), unit.timeZone);
	const [from, to] = [params.get('from') ?? '', params.get('to') ?? ''];
	const typed = periodOfKey(params.get('period') ?? '', today) ?? periodBetween(from, to);
	const period = typed ?? periodNamed('twelve_months', today);
	return {
		query: {
			unit: unit.slug,
			scope: (params.get('scope') === 'tree' ? 'tree' : 'own') as UnitScope,
			service: SERVICE_KINDS.find((kind) => kind === params.get('service')),
			...period
		},
		unit,
		units: units.map(({ slug, name }) => ({ slug, name })),
		periods: PERIOD_NAMES.map((name) => {
			const named = periodNamed(name, today);
			return { name, ...named, current: named.from === period.from && named.to === period.to };
		}),
		named: namedPeriod(period, today),
		keys: selectableKeys(today),
		/** The typed days were no period, so the last twelve months are shown. */
		periodRefused: typed === undefined && (from !== '' || to !== '')
	};
}

export type InsightFilter = Awaited<ReturnType<typeof insightFilter>>;

/** The name of a period that is a year, quarter or month, and the periods before and after it; undefined for others. */
function namedPeriod(period: Period, today: LocalDate) {
	const key = keyOf(period, today);
	if (!key) return undefined;
	const beside = (step: 1 | -1): NamedPeriod | undefined => {
		const other = adjacentKey(key, step);
		const found = periodOfKey(other, today);
		return found && { key: other, ...found };
	};
	const earlier = beside(-1);
	return earlier && { key, earlier, later: beside(1) };
}

/** Reads which ratings of a period an address asks for. Invalid values are ignored. */
export function ratingChoice(params: URLSearchParams) {
	const param = (name: string) => params.get(name) || undefined;
	return {
		officer: param('officer'),
		state: RATING_STATES.find((state) => state === param('state')),
		score: SCORES.find((score) => String(score) === param('score')),
		source: RATING_SOURCES.find((source) => source === param('source')),
		aspect: ASPECTS.find((aspect) => aspect === param('aspect')),
		verified: param('verified') === 'yes',
		commented: param('commented') === 'yes',
		noService: param('service') === 'none'
	};
}
