import { beforeAll, describe, expect, it } from 'vitest';
import { db } from '#lib/server/db/index.ts';
import { useFreshDatabase } from '#lib/dev/testing/database.ts';
import { makeOffice, type Office } from '#lib/dev/testing/office.ts';
import { scannedBy } from '#lib/dev/testing/plans.ts';
import { fillYears } from '#lib/dev/testing/recap/years.ts';
import { figuresBeside, recapFigures } from './figures.ts';

useFreshDatabase();

const MARCH = { from: '2026-03-01', to: '2026-03-31' };
/** Tables that grow with every report; the others hold an office's few rows. */
const GROWING = ['cases', 'timeline', 'clocks', 'case_moves', 'clock_outcomes', 'escalations'];
// The embedded database plans the same way but offers fewer ways to inspect plans.
describe.runIf(process.env.TEST_DATABASE === 'postgres')('beside the reports of years', () => {
	let office: Office;
	beforeAll(async () => {
		office = await makeOffice();
		await fillYears(office);
	}, 120_000);

	it.each(['own', 'tree'] as const)(
		'a month is made of what happened in it: no table is read from end to end (%s)',
		async (scope) => {
			const unit = scope === 'own' ? office.unit : office.root;
			const scanned = await scannedBy(async () => {
				const figures = await recapFigures(db(), unit, scope, MARCH, await figuresBeside(unit, scope, MARCH));
				expect(figures.flow[0]?.received).toBeGreaterThan(150);
				expect(figures.lapor.recorded).toBeGreaterThan(150);
			});
			expect(scanned.filter((table) => GROWING.includes(table))).toEqual([]);
		}
	);
});
