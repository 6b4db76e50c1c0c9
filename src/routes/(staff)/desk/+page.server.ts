import { DAY_SECONDS } from '#lib/calendar/durations.ts';
import { addListToAddress, listQueryOf, statusesShown } from '#lib/cases/inbox-query.ts';
import { readInboxChoice } from '#lib/cases/read-inbox-choice.ts';
import { now } from '#lib/server/clock.ts';
import { choiceReader } from '#lib/server/cases/inbox/filter.ts';
import { takeCase } from '#lib/server/cases/handling/assign.ts';
import { picksOf } from '#lib/server/cases/handling/bulk.ts';
import { deskUnits, handlersToFilter } from '#lib/server/cases/inbox/desk-units.ts';
import { inboxCounts } from '#lib/server/cases/inbox/counts.ts';
import { inbox } from '#lib/server/cases/inbox/inbox.ts';
import { forwardingAlarm, NO_ALARM } from '#lib/server/escalation/list.ts';
import { peopleDeputisedFor } from '#lib/server/people/absence.ts';
import { takesReports } from '#lib/server/people/units/find-unit.ts';
import { referenceData } from '#lib/server/reference/reference.ts';
import { formAction, withActor } from '#lib/server/web/http/staff-page.ts';
import { viewLinks } from '#lib/server/web/forms/saved-views.ts';
import { filterFields } from './filter-fields.ts';
import { choiceWords, officeNames } from '#lib/words/choice-words.ts';

/** Whether the person wants more space between the rows. */
const ROOMY = 'roomy';

export const load = withActor(async (actor, { url, cookies, isDataRequest }) => {
	const choice = readInboxChoice(url.searchParams);
	// An open inbox reloads its list with a new number here; reading the parameter makes SvelteKit run `load` again. The
	// number is returned, because SvelteKit answers a failed request with the data of the shown page.
	const asked = url.searchParams.get('asked');
	// It uses the rows and their counts only, so views, alarm and people are not loaded for it.
	const rowsOnly = isDataRequest && asked !== null;
	const units = await deskUnits(actor);
	const [before, after] = [url.searchParams.get('before'), url.searchParams.get('after')];
	const absent = await peopleDeputisedFor(actor.accountId);
	const read = await choiceReader(actor, absent);
	const offices = choice.unit ? units.filter(({ slug }) => slug === choice.unit) : units;
	const [found, counts, views, forwarding, people, { placeById }] = await Promise.all([
		inbox(actor, read(choice), before ?? after ?? undefined, before ? 'newer' : 'older'),
		inboxCounts(actor),
		rowsOnly ? [] : viewLinks(actor, { choice, read }),
		rowsOnly ? NO_ALARM : forwardingAlarm(actor),
		rowsOnly ? [] : handlersToFilter(actor, offices),
		referenceData()
	]);
	// If the reports of a later page were settled since, the first page shows those that are left. A search has its own
	// link to the first page.
	const further = Boolean(before ?? after);
	const page = further && !choice.q && found.items.length === 0 ? await inbox(actor, read(choice)) : found;
	const [office, ...others] = offices;
	/** Only of one office, because several have too many. */
	const places =
		others.length > 0 ? [] : [...placeById.values()].filter(({ unitId }) => unitId === office?.id).map(named);
	const nameOf = (id: string) => [...people, ...places].find((one) => one.id === id)?.name ?? officeNames(units)(id);
	return {
		absent: absent.map((person) => person.name),
		asked,
		choice,
		counts,
		views,
		further,
		forwarding,
		/** No office of the person takes reports, so an empty list doesn't mean that all are answered. */
		closed: units.length > 0 && !units.some(takesReports),
		administers: actor.units.admin.length > 0,
		now: now(),
		page,
		filters: filterFields(choice, { units, people, places }),
		/** The list with the statuses that it shows, on paper. */
		listWords: choiceWords({ ...choice, status: statusesShown(choice) ?? 'all' }, nameOf),
		/** The list without its search, above it. */
		filterWords: choiceWords({ ...choice, q: undefined }, nameOf),
		roomy: cookies.get(ROOMY) !== undefined,
		zone: units[0]?.timeZone ?? 'UTC',
		units: units.map(({ slug, name, depth }) => ({ slug, name, depth })),
		nothingPicked: url.searchParams.has('nothing'),
		gone: url.searchParams.get('gone'),
		stored: url.searchParams.get('stored'),
		taken: url.searchParams.get('taken')
	};
});

const named = ({ id, name }: { id: string; name: string }) => ({ id, name });

export const actions = {
	/** Assigns the report of a row to the person, or changes the height of the rows. Both lead back to the same list. */
	default: formAction(async (actor, { data }, { url, cookies }) => {
		let address = '/desk';
		if (data.rows === ROOMY) cookies.set(ROOMY, '1', { path: '/desk', maxAge: 365 * DAY_SECONDS });
		else if (data.rows) cookies.delete(ROOMY, { path: '/desk' });
		else {
			for (const { reference: taken, version } of picksOf(data.take)) {
				await takeCase(actor, taken, version);
				address = `/desk?taken=${encodeURIComponent(taken)}`;
			}
		}
		return addListToAddress(address, listQueryOf(url));
	})
};
