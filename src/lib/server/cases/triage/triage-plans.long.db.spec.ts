import { beforeAll, expect, test } from 'vitest';
import { sql } from 'drizzle-orm';
import { db } from '#lib/server/db/index.ts';
import { makeCase } from '#lib/dev/testing/factories.ts';
import { copyCases } from '#lib/dev/testing/forwarding/many-forwards.ts';
import { bringTo, makeOffice, readCase, type Office } from '#lib/dev/testing/office.ts';
import { readsOf } from '#lib/dev/testing/plans.ts';
import { peopleToAssign } from '../handling/assign.ts';
import { linksOf } from '../linking/link.ts';
import { likelyDuplicatesOf } from './duplicates.ts';
import { suggestionsFor } from './suggestion.ts';

let office: Office;
let reference = '';
beforeAll(async () => {
	office = await makeOffice();
	const past = await makeCase(office.unit);
	await bringTo(office, past.reference, 'verified');
	await copyCases((await readCase(past.reference)).id, 30_000);
	// Two hundred reports per day, so that 14 days have far more than are compared.
	await db().execute(
		sql`update cases set received_at = now() - (id % 150) * interval '1 day' - id * interval '1 second'`
	);
	// Every third report has additional unique words, and a few of them a common one.
	await db().execute(
		sql`update cases set body = body || ' Nomor urut ' || md5(id::text) || case when id % 900 = 0 then ' terlewati' else '' end
			where id % 3 = 0`
	);
	await db().execute(sql`analyze cases`);
	await db().execute(sql`analyze case_search`);
	({ reference } = await makeCase(office.unit, {
		body: `${(await readCase(past.reference)).body} Nomor terlewati.`
	}));
});

test('likely duplicates: reads a limited number of reports near in time', async () => {
	for (const { kind, rows } of await readsOf('cases', () =>
		readCase(reference).then((row) => likelyDuplicatesOf(office.handler, row))
	)) {
		expect(kind).not.toBe('Seq Scan');
		expect(rows).toBeLessThanOrEqual(3000);
	}
});

test.each([
	['the suggested category', () => suggestionsFor(office.handler, reference)],
	['the links of a case', () => readCase(reference).then((row) => linksOf(office.handler, row, []))],
	['the workload of people', () => peopleToAssign(office.supervisor, reference)]
])('%s: no sequential scan and at most 400 rows', async (_, work) => {
	for (const { kind, rows } of await readsOf('cases', work)) {
		expect(kind).not.toBe('Seq Scan');
		expect(rows).toBeLessThanOrEqual(400);
	}
});
