import { isLocalDate, localDate } from '#lib/calendar/days.ts';
import { SERVICE_KINDS } from '#lib/cases/vocabulary.ts';
import { periodBetween, periodNamed } from '#lib/ratings/period.ts';
import { now } from '#lib/server/clock.ts';
import { invalid } from '#lib/server/errors.ts';
import { managedUnit } from '#lib/server/ratings/access.ts';
import { leaderboard } from '#lib/server/ratings/figures/compare-officers.ts';
import { apiCall } from '#lib/server/web/api/call.ts';
import { chosen } from '#lib/server/web/api/query.ts';

/** Compares officers by `?unit=&from=&to=&service=&scope=`. Days are inclusive, in the unit's zone; default: the last 12 months. */
export const GET = apiCall('readLeaderboard', async ({ actor, query }) => {
	const name = query.get('unit');
	if (!name) throw invalid('unit', 'unit_missing');
	const unit = await managedUnit(actor, name);
	const to = query.get('to') || localDate(now(), unit.timeZone);
	if (!isLocalDate(to)) throw invalid('to', 'period_invalid');
	const period = periodBetween(query.get('from') || periodNamed('twelve_months', to).from, to);
	if (!period) throw invalid('from', 'period_invalid');
	const body = await leaderboard(actor, {
		unit: name,
		...period,
		service: chosen(query, 'service', SERVICE_KINDS),
		scope: chosen(query, 'scope', ['own', 'tree'] as const)
	});
	return { body };
});
