import { desc, eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { db } from '#lib/server/db/index.ts';
import { auditEntries } from '#lib/server/db/schema/audit.ts';
import { Invalid, NotAllowed } from '#lib/server/errors.ts';
import { makeActor, makeOfficer, makeUnit } from '#lib/dev/testing/factories.ts';
import { rateOn } from '#lib/dev/testing/figures/rating-history.ts';
import { leaderboard } from './compare-officers.ts';
import { changeRatingMethod, ratingMethod, ratingMethodForAdmin } from './method.ts';

test('only an administrator of the root changes the method for all offices, within its limits, and the change is logged', async () => {
	const root = await makeUnit();
	const unit = await makeUnit({ parent: root });
	const officer = await makeOfficer(root.id);
	for (let n = 0; n < 5; n++) await rateOn(root, '2026-03-02', { officer: officer.id });
	const manager = await makeActor([[root.id, 'manager']]);
	const board = () => leaderboard(manager, { unit: root.code, from: '2026-01-01', to: '2026-12-31' });
	expect((await board()).items).toEqual([]);

	const admin = await makeActor([[root.id, 'admin']]);
	for (const other of [manager, await makeActor([[unit.id, 'admin']])]) {
		await expect(changeRatingMethod(other, { minimum: '5', priorWeight: '4' })).rejects.toBeInstanceOf(NotAllowed);
		await expect(ratingMethodForAdmin(other)).rejects.toBeInstanceOf(NotAllowed);
	}
	for (const minimum of ['4', '101', '7.5', '', 'banyak'])
		await expect(changeRatingMethod(admin, { minimum, priorWeight: '10' })).rejects.toBeInstanceOf(Invalid);
	for (const priorWeight of ['0', '101', '1.5', ''])
		await expect(changeRatingMethod(admin, { minimum: '10', priorWeight })).rejects.toBeInstanceOf(Invalid);
	expect(await ratingMethod()).toEqual({ minimum: 10, priorWeight: 10 });

	await changeRatingMethod(admin, { minimum: '5', priorWeight: '4' });
	const { method, items } = await board();
	expect(method).toEqual({ minimum: 5, priorWeight: 4 });
	expect(items).toMatchObject([{ officer: { id: officer.id }, mean: expect.closeTo((25 + 4 * 3) / 9, 12) as number }]);
	const [entry] = await db()
		.select()
		.from(auditEntries)
		.where(eq(auditEntries.action, 'rating.method_changed'))
		.orderBy(desc(auditEntries.id));
	expect(entry).toMatchObject({
		actorId: admin.accountId,
		before: { minimum: 10, priorWeight: 10 },
		after: { minimum: 5, priorWeight: 4 }
	});

	const { seen } = await ratingMethodForAdmin(admin);
	await changeRatingMethod(admin, { minimum: '6', priorWeight: '4', seen });
	const late = changeRatingMethod(admin, { minimum: '5', priorWeight: '9', seen });
	await expect(late).rejects.toMatchObject({ code: 'stale' });
	expect(await ratingMethod()).toEqual({ minimum: 6, priorWeight: 4 });
});
