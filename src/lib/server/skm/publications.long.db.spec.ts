import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { now } from '#lib/server/clock.ts';
import { transaction } from '#lib/server/db/index.ts';
import { skmPublications } from '#lib/server/db/schema/skm.ts';
import { makeActor, makeUnit } from '#lib/dev/testing/factories.ts';
import { atTime } from '#lib/dev/testing/office.ts';
import { skmForm, startSurvey, submitSkmOn } from '#lib/dev/testing/figures/skm-history.ts';
import { hasSkmResults, previewPublication, publishSkm, skmPublicationsOf, withdrawSkm } from './publications.ts';

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

test('a publication that overlaps an earlier one shows no groups, so that no difference reveals one person', async () => {
	const unit = await makeUnit();
	await startSurvey(unit);
	const manager = await makeActor([[unit.id, 'manager']]);
	const say = async (day: string, women: number, men: number) => {
		for (let n = 0; n < women + men; n++)
			await submitSkmOn(unit, day, skmForm(unit, 3, { sex: n < women ? 'female' : 'male' }));
	};
	await say('2026-01-10', 5, 5);
	await say('2026-02-10', 5, 5);
	await say('2026-03-10', 4, 1);
	const publish = (from: string, to: string) =>
		atTime('2026-04-02T02:00:00Z', async () => {
			const { n: respondents, ikm } = (await previewPublication(manager, unit.code, { from, to })).figures;
			return publishSkm(manager, unit.code, { from, to, respondents, index: ikm?.hundredths });
		});
	const withdrawn = await publish('2026-01-01', '2026-01-31');
	await atTime('2026-04-02T02:00:00Z', () => withdrawSkm(manager, withdrawn, { reason: 'Salah masa' }));
	await publish('2026-02-01', '2026-02-28');
	await publish('2026-01-01', '2026-03-31');
	await publish('2026-01-01', '2026-01-31');
	const shown = (await skmPublicationsOf(unit)).map(({ period, figures }) => [
		period.to,
		figures?.respondents?.sex.groups
	]);
	expect(shown).toEqual([
		['2026-03-31', undefined],
		[
			'2026-02-28',
			[
				{ value: 'female', n: 5 },
				{ value: 'male', n: 5 }
			]
		],
		['2026-01-31', undefined],
		['2026-01-31', undefined]
	]);
});
