import { and, eq } from 'drizzle-orm';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addDays, instantAt, type LocalDate } from '#lib/calendar/days.ts';
import { withClock } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import { visitDaily, visitOfficerDaily, visitOfficerMonthly } from '#lib/server/db/schema/visit-sums.ts';
import { visits } from '#lib/server/db/schema/visits.ts';
import { useFreshDatabase } from '#lib/dev/testing/database.ts';
import { makeActor, makeOfficer, makeUnit } from '#lib/dev/testing/factories.ts';
import { createVisit } from '#lib/server/visits/visits.ts';
import { checkRatingSums } from './recount.ts';
import { visitsByOfficer } from './officer-visits.ts';
import { visitsByMonth, visitsByUnit } from './visit-counts.ts';

useFreshDatabase();

const FIRST = '2026-01-20';

async function office() {
	const unit = await makeUnit();
	const officers = [await makeOfficer(unit.id), await makeOfficer(unit.id)];
	const manager = await makeActor([[unit.id, 'manager']]);
	return { unit, officers, manager, rated: await makeActor([[unit.id, 'manager']], officers[0]?.id) };
}
type Office = Awaited<ReturnType<typeof office>>;

async function note({ unit, officers }: Office, day: LocalDate, officer: number | null, service?: string) {
	const who = officer === null ? undefined : officers[officer]?.id;
	const visit = { unit: unit.code, channel: 'walk_in', officer: who, service };
	const noted = () => createVisit(visit, { accountId: null, within: [unit.id] });
	return (await withClock(() => instantAt(day, '09:00', unit.timeZone), noted)).id;
}

const service = fc.constantFrom('library', 'consultation', undefined);
const visit = fc.record({
	day: fc.nat(50).map((offset) => addDays(FIRST, offset)),
	officer: fc.constantFrom(0, 1, null),
	service,
	used: fc.boolean(),
	/** What the desk corrects later. */
	later: fc.option(service),
	handedTo: fc.option(fc.constantFrom(0, 1, null), { nil: undefined })
});

test('visits are counted as they are noted, used, corrected and removed', { timeout: 120_000 }, async () => {
	await fc.assert(
		fc.asyncProperty(fc.array(visit, { minLength: 1, maxLength: 16 }), service, async (told, asked) => {
			const at = await office();
			for (const { day, officer, service: first, used, later, handedTo } of told) {
				const id = await note(at, day, officer, first);
				if (used) await db().update(visits).set({ usedOn: day }).where(eq(visits.id, id));
				if (later !== null)
					await db()
						.update(visits)
						.set({ service: later ?? null })
						.where(eq(visits.id, id));
				if (handedTo !== undefined)
					await db()
						.update(visits)
						.set({ officerId: handedTo === null ? null : at.officers[handedTo]?.id })
						.where(eq(visits.id, id));
			}
			const removed = await note(at, FIRST, 0, 'library');
			await db().delete(visits).where(eq(visits.id, removed));
			const period = { from: addDays(FIRST, 5), to: addDays(FIRST, 40), service: asked };
			const inPeriod = told.filter(({ day, later, service: first }) => {
				const last = later === null ? first : later;
				return period.from <= day && day <= period.to && (asked === undefined || last === asked);
			});
			const servedBy = ({ officer, handedTo }: (typeof told)[number]) => (handedTo === undefined ? officer : handedTo);
			const count = (some: typeof told) => ({
				visits: some.length,
				visitDays: new Set(some.map(({ day }) => day)).size,
				answered: some.filter(({ used }) => used).length
			});
			const ids = at.officers.map(({ id }) => id);
			const byOfficer = await visitsByOfficer(ids, period);
			for (const [n, id] of ids.entries())
				expect(byOfficer[id]).toEqual(count(inPeriod.filter((one) => servedBy(one) === n)));
			for (const [actor, within] of [
				[at.manager, inPeriod],
				[at.rated, inPeriod.filter((one) => servedBy(one) !== 0)]
			] as const) {
				expect((await visitsByUnit(actor, [at.unit.id], period))(at.unit.id)).toEqual(count(within));
				const byMonth = await visitsByMonth(actor, at.unit.id, period);
				for (const month of ['2026-01', '2026-02', '2026-03'])
					expect(byMonth(`${month}-01`)).toEqual(count(within.filter(({ day }) => day.startsWith(month))));
			}
			expect((await checkRatingSums()).differences).toBe(0);
		}),
		{ numRuns: 10 }
	);
});

test('two visits that change hands at once, there and back, are both counted', async () => {
	const at = await office();
	const [first, second] = at.officers.map(({ id }) => id);
	const ids = await Promise.all([note(at, FIRST, 0), note(at, addDays(FIRST, 1), 1)]);
	const handOver = (id: string | undefined, officerId: string | undefined) =>
		db()
			.update(visits)
			.set({ officerId })
			.where(eq(visits.id, id ?? ''));
	for (let round = 0; round < 10; round++) {
		const [one, other] = round % 2 === 0 ? [second, first] : [first, second];
		await Promise.all([handOver(ids[0], one), handOver(ids[1], other)]);
	}
	expect(await visitsByOfficer([first ?? ''], { from: FIRST, to: addDays(FIRST, 1) })).toEqual({
		[first ?? '']: { visits: 1, visitDays: 1, answered: 0 }
	});
	expect((await checkRatingSums()).differences).toBe(0);
});

test('the nightly check names a count of visits that differs from them', async () => {
	const at = await office();
	await note(at, FIRST, 0, 'library');
	const all = and(eq(visitDaily.unitId, at.unit.id), eq(visitDaily.service, '*'));
	await db().update(visitDaily).set({ answered: 1 }).where(all);
	expect((await checkRatingSums()).differences).toBe(1);
	await db().delete(visitDaily).where(all);
	expect((await checkRatingSums()).differences).toBe(1);
	const [months, days] = [visitOfficerMonthly, visitOfficerDaily];
	const officer = at.officers[0]?.id ?? '';
	await db()
		.update(months)
		.set({ visitDays: 2 })
		.where(and(eq(months.officerId, officer), eq(months.service, '*')));
	await db()
		.delete(days)
		.where(and(eq(days.officerId, officer), eq(days.service, 'library')));
	expect((await checkRatingSums()).differences).toBe(3);
});

test('of many visits noted and used at once on one day none is lost from the counts', async () => {
	const at = await office();
	const ids = await Promise.all(
		Array.from({ length: 20 }, (_, n) => note(at, FIRST, n % 2, n % 3 === 0 ? 'library' : 'consultation'))
	);
	await Promise.all(ids.map((id) => db().update(visits).set({ usedOn: FIRST }).where(eq(visits.id, id))));
	const counts = await visitsByUnit(at.manager, [at.unit.id], { from: FIRST, to: FIRST });
	expect(counts(at.unit.id)).toEqual({ visits: 20, visitDays: 1, answered: 20 });
	const own = at.officers[0]?.id ?? '';
	for (const [from, to] of [
		[FIRST, FIRST],
		['2026-01-01', '2026-01-31']
	] as const)
		expect(await visitsByOfficer([own], { from, to })).toEqual({ [own]: { visits: 10, visitDays: 1, answered: 10 } });
});
