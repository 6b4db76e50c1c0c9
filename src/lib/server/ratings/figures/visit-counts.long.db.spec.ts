import { eq } from 'drizzle-orm';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addDays, type LocalDate } from '#lib/calendar/days.ts';
import { db } from '#lib/server/db/index.ts';
import { visits } from '#lib/server/db/schema/visits.ts';
import { makeActor, makeOfficer } from '#lib/dev/testing/factories.ts';
import { makeRatedOffice, onDay } from '#lib/dev/testing/figures/rating-history.ts';
import { rounds } from '#lib/dev/testing/random-tests.ts';
import { createVisit } from '#lib/server/visits/entries.ts';
import { unitFigures } from './detail.ts';
import { visitsByMonth, visitsByOfficer } from './visit-counts.ts';

const FIRST = '2026-01-20';

async function office() {
	const { unit, officer, manager } = await makeRatedOffice();
	const officers = [officer, await makeOfficer(unit.id)];
	return { unit, officers, manager, rated: await makeActor([[unit.id, 'manager']], officer.id) };
}
type Office = Awaited<ReturnType<typeof office>>;

async function note({ unit, officers }: Office, day: LocalDate, officer: number | null, service?: string) {
	const who = officer === null ? undefined : officers[officer]?.id;
	const visit = { unit: unit.code, channel: 'walk_in', officer: who, service };
	const recordVisit = () => createVisit(visit, { accountId: null, within: [unit.id] });
	return (await onDay(day, recordVisit)).id;
}

const service = fc.constantFrom('library', 'consultation', undefined);
const visit = fc.record({
	day: fc.nat(50).map((offset) => addDays(FIRST, offset)),
	officer: fc.constantFrom(0, 0, 1, null),
	service,
	used: fc.boolean(),
	/** The service after a later correction by the desk. */
	later: fc.option(service),
	handedTo: fc.option(fc.constantFrom(0, 1, null), { nil: undefined })
});

test(
	'counts of visits in whole months include recorded, used and corrected visits and exclude removed ones',
	{ timeout: 120_000 },
	async () => {
		await fc.assert(
			fc.asyncProperty(fc.array(visit, { minLength: 8, maxLength: 32 }), service, async (sample, serviceFilter) => {
				const at = await office();
				for (const { day, officer, service: first, used, later, handedTo } of sample) {
					const id = await note(at, day, officer, first);
					const changes = {
						...(used ? { usedOn: day } : {}),
						...(later === null ? {} : { service: later ?? null }),
						...(handedTo === undefined ? {} : { officerId: handedTo === null ? null : at.officers[handedTo]?.id })
					};
					if (Object.keys(changes).length > 0) await db().update(visits).set(changes).where(eq(visits.id, id));
				}
				const removed = await note(at, FIRST, 0, 'library');
				await db().delete(visits).where(eq(visits.id, removed));
				const period = { from: addDays(FIRST, 5), to: addDays(FIRST, 40), service: serviceFilter };
				const inPeriod = sample.filter(({ day, later, service: first }) => {
					const last = later === null ? first : later;
					return day.startsWith('2026-02') && (serviceFilter === undefined || last === serviceFilter);
				});
				const servedBy = ({ officer, handedTo }: (typeof sample)[number]) =>
					handedTo === undefined ? officer : handedTo;
				const count = (list: typeof sample) => {
					const visitDays = new Set(list.map(({ day }) => day)).size;
					const few = list.length < 5 || visitDays < 3;
					const counted = { visits: list.length, visitDays, answered: list.filter(({ used }) => used).length };
					return few ? { visits: 0, visitDays: 0, answered: 0 } : counted;
				};
				const ids = at.officers.map(({ id }) => id);
				const byOfficer = await visitsByOfficer(ids, period);
				for (const [n, id] of ids.entries())
					expect(byOfficer[id]).toEqual(count(inPeriod.filter((one) => servedBy(one) === n)));
				for (const [actor, within] of [
					[at.manager, inPeriod],
					[at.rated, inPeriod.filter((one) => servedBy(one) !== 0)]
				] as const) {
					expect((await unitFigures(actor, { unit: at.unit.code, ...period })).now).toMatchObject(count(within));
					const byMonth = await visitsByMonth(actor, at.unit.id, period);
					for (const month of ['2026-01', '2026-02', '2026-03'])
						expect(byMonth(`${month}-01`)).toEqual(count(within.filter(({ day }) => day.startsWith(month))));
				}
			}),
			{ numRuns: rounds({ quick: 4, all: 10 }) }
		);
	}
);
