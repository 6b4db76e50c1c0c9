import { readInboxChoice } from '#lib/cases/inbox-query.ts';
import { now } from '#lib/server/clock.ts';
import { choiceReader } from '#lib/server/cases/inbox/filter.ts';
import { deskUnits } from '#lib/server/cases/inbox/desk-units.ts';
import { inboxCounts } from '#lib/server/cases/inbox/counts.ts';
import { inbox } from '#lib/server/cases/inbox/inbox.ts';
import { forwardingAlarm } from '#lib/server/escalation/list.ts';
import { peopleDeputisedFor } from '#lib/server/people/absence.ts';
import { withActor } from '#lib/server/web/http/staff-page.ts';
import { viewLinks } from '#lib/server/web/forms/saved-views.ts';

export const load = withActor(async (actor, { url }) => {
	const choice = readInboxChoice(url.searchParams);
	// An open inbox reloads its list with a new number here; reading the parameter makes SvelteKit run `load` again.
	url.searchParams.get('asked');
	const units = await deskUnits(actor);
	const [before, after] = [url.searchParams.get('before'), url.searchParams.get('after')];
	const absent = await peopleDeputisedFor(actor.accountId);
	const read = await choiceReader(actor, absent);
	const [page, counts, views, forwarding] = await Promise.all([
		inbox(actor, read(choice), before ?? after ?? undefined, before ? 'newer' : 'older'),
		inboxCounts(actor),
		viewLinks(actor, { choice, read }),
		forwardingAlarm(actor)
	]);
	return {
		absent: absent.map((person) => person.name),
		choice,
		counts,
		views,
		further: Boolean(before ?? after),
		forwarding,
		mayTest: actor.units.admin.length > 0,
		now: now(),
		page,
		units: units.map(({ slug, name, depth }) => ({ slug, name, depth })),
		nothingPicked: url.searchParams.has('nothing'),
		gone: url.searchParams.get('gone'),
		stored: url.searchParams.get('stored')
	};
});
