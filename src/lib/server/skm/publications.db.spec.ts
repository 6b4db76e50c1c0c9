import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { now } from '#lib/server/clock.ts';
import { transaction } from '#lib/server/db/index.ts';
import { skmPublications } from '#lib/server/db/schema/skm.ts';
import { useFreshDatabase } from '#lib/dev/testing/database.ts';
import { makeUnit } from '#lib/dev/testing/factories.ts';
import { hasSkmResults } from './publications.ts';

useFreshDatabase();

test('an office has public results from the first publication until the last one is withdrawn', async () => {
	const [{ id: unitId }, other] = [await makeUnit(), await makeUnit()];
	expect(await hasSkmResults(unitId)).toBe(false);
	const period = { firstDay: '2026-03-01', lastDay: '2026-03-31', publishedAt: now() };
	const publication = { unitId, ...period, respondents: 5, figures: {}, decisionNumber: 'CONTOH-7' };
	await transaction((tx) => tx.insert(skmPublications).values(publication));
	expect(await hasSkmResults(unitId)).toBe(true);
	expect(await hasSkmResults(other.id)).toBe(false);
	const withdrawn = { withdrawnAt: now() };
	await transaction((tx) => tx.update(skmPublications).set(withdrawn).where(eq(skmPublications.unitId, unitId)));
	expect(await hasSkmResults(unitId)).toBe(false);
});
