import { statusesShown, type InboxChoice } from '#lib/cases/inbox-query.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { absentBehind } from '#lib/server/people/absence.ts';
import { deskUnits } from './desk-units.ts';
import { spansOf } from './figure-filter.ts';
import type { InboxFilter } from './filter.ts';

/** What the addresses of the desk's lists speak of, looked up once for however many of them. */
export async function choiceReader(actor: Actor): Promise<(choice: InboxChoice) => InboxFilter> {
	const [units, absent] = await Promise.all([deskUnits(actor), absentBehind(actor.accountId)]);
	return ({ unit, deputy, figure, ...choice }) => {
		const office = unit ? units.find((one) => one.slug === unit) : undefined;
		const tree = office && units.filter(({ path }) => path.startsWith(office.path));
		return {
			...choice,
			status: statusesShown({ ...choice, deputy, figure }),
			unitIds: office && !figure?.tree ? [office.id] : undefined,
			assignees: deputy ? absent.map((person) => person.id) : undefined,
			figure: figure && { ...figure, spans: spansOf(figure, figure.tree ? (tree ?? units) : office ? [office] : units) }
		};
	};
}
