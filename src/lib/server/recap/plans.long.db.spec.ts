import { beforeAll, expect, test } from 'vitest';
import { db } from '#lib/server/db/index.ts';
import { makeOffice, type Office } from '#lib/dev/testing/office.ts';
import { scannedBy } from '#lib/dev/testing/plans.ts';
import { fillYears } from '#lib/dev/testing/recap/years.ts';
import { readUnitsAndRatings, recapFigures } from './figures.ts';

const MARCH = { from: '2026-03-01', to: '2026-03-31' };
/** Tables that grow with every report. The others have few rows per office. */
const GROWING = ['cases', 'timeline', 'clocks', 'case_moves', 'clock_outcomes', 'escalations'];

let office: Office;
beforeAll(async () => {
	office = await makeOffice();
	await fillYears(office);
}, 120_000);

test.each(['own', 'tree'] as const)('the report of a month scans no growing table (%s)', async (scope) => {
	const unit = scope === 'own' ? office.unit : office.root;
	const work = async () => {
		const figures = await recapFigures(db(), unit, scope, MARCH, await readUnitsAndRatings(unit, scope, MARCH));
		expect(figures.flow[0]?.received).toBeGreaterThan(150);
		expect(figures.lapor.recorded).toBeGreaterThan(150);
	};
	expect(await scannedBy(work, GROWING)).toEqual([]);
});
