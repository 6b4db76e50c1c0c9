import { and, eq } from 'drizzle-orm';
import { beforeEach, expect, test } from 'vitest';
import { parseReference } from '#lib/text/reference-numbers.ts';
import { registerYears } from '#lib/server/cases/register.ts';
import { withClock } from '#lib/server/clock.ts';
import { db, transaction } from '#lib/server/db/index.ts';
import { settings } from '#lib/server/db/schema/settings.ts';
import { NUMBER_KINDS, numbers, type NumberKind } from '#lib/server/db/schema/numbers.ts';
import { caseFigures } from '#lib/server/health/figures.ts';
import { makeCase } from '#lib/dev/testing/factories.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';
import { skipNumbers } from './after-restore.ts';

const office = useOffice();
beforeEach(() => db().delete(settings));

// 08:00 UTC is the same day in every time zone of Indonesia.
const at = (day: string) => new Date(`${day}T08:00:00Z`);
const skip = (backup: string, restored: string, ahead = 100) =>
	withClock(
		() => at(restored),
		() => transaction((tx) => skipNumbers(tx, at(backup), ahead))
	);
const openCase = (day: string) =>
	withClock(
		() => at(day),
		() => makeCase(office.unit)
	);
const lastOf = async (kind: NumberKind, year: number) =>
	(
		await db()
			.select({ last: numbers.last })
			.from(numbers)
			.where(and(eq(numbers.kind, kind), eq(numbers.unitId, office.unit.id), eq(numbers.year, year)))
	)[0]?.last;

test('skips numbers of every kind in the year of the restore, not in past years', async () => {
	const unitId = office.unit.id;
	for (const kind of NUMBER_KINDS)
		await db()
			.insert(numbers)
			.values([
				{ kind, unitId, year: 2025, last: 7 },
				{ kind, unitId, year: 2026, last: 3 }
			]);
	await skip('2026-03-01', '2026-03-02');
	for (const kind of NUMBER_KINDS) expect([await lastOf(kind, 2025), await lastOf(kind, 2026)]).toEqual([7, 103]);
	const { reference } = await openCase('2026-03-02');
	expect(parseReference(reference)?.number).toBe(104);
});

test('skips numbers of an office that had none, and of a year that began after the backup', async () => {
	await skip('2026-12-31', '2027-01-02');
	expect([await lastOf('case', 2026), await lastOf('case', 2027)]).toEqual([100, 100]);
	expect(await lastOf('case', 2028)).toBeUndefined();
	expect(await registerYears(office.handler)).toEqual([]);
});

test('the register lists skipped numbers, and the figures do not count them', async () => {
	const before = await caseFigures();
	await openCase('2026-03-01');
	await skip('2026-03-01', '2026-03-02');
	await openCase('2026-03-02');
	await skip('2026-03-02', '2026-03-03', 10);
	const unitId = office.unit.id;
	expect(await registerYears(office.handler)).toMatchObject([
		{
			year: 2026,
			last: 112,
			skipped: [
				{ unitId, year: 2026, from: 2, to: 101 },
				{ unitId, year: 2026, from: 103, to: 112 }
			]
		}
	]);
	const after = await caseFigures();
	expect(after).toEqual({ ...before, received: before.received + 2 });
});

test('skips none if the restore is started with 0 numbers ahead', async () => {
	await openCase('2026-03-01');
	await skip('2026-03-01', '2026-03-02', 0);
	expect(await registerYears(office.handler)).toMatchObject([{ last: 1, skipped: [] }]);
});
