import { desc, eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { ensureDefaults } from '#lib/server/calendar/load.ts';
import { withClock } from '#lib/server/clock.ts';
import { db, transaction } from '#lib/server/db/index.ts';
import { auditEntries } from '#lib/server/db/schema/audit.ts';
import { publicFigures } from '#lib/server/db/schema/recap.ts';
import { NotAllowed, NotFound } from '#lib/server/errors.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { makeActor, makeCase } from '#lib/dev/testing/factories.ts';
import { bringTo, makeOffice, type Office } from '#lib/dev/testing/office.ts';
import { changePublicPage, closeAllQuarters, publicPage, publicPageOf, publicProof } from './public-page.ts';

/** Local times of Mamuju (UTC+8) as instants. */
const at = <T>(local: string, work: () => Promise<T>) => withClock(() => new Date(`${local}+08:00`), work);
const NOW = '2026-11-20T09:00';

async function show(office: Office, shown = true): Promise<Actor> {
	const admin = await makeActor([[office.unit.id, 'admin']]);
	await at(NOW, () =>
		changePublicPage(admin, office.unit.id, shown ? { active: 'on', changes: 'Satu.\n\n Dua. ' } : {})
	);
	return admin;
}
const page = (office: Office) => at(NOW, () => publicPage(office.unit.slug));
const thirdQuarter = async (office: Office) =>
	(await page(office)).quarters.find(({ key }) => key === '2026-Q3')?.figures;

const repeat = async (n: number, work: (n: number) => Promise<unknown>) => {
	for (let index = 0; index < n; index += 1) await work(index);
};

test('an office has no public page until an administrator of it switches the page on, which is logged', async () => {
	await ensureDefaults(db());
	const office = await makeOffice();
	await expect(publicPage(office.unit.slug)).rejects.toBeInstanceOf(NotFound);
	await expect(changePublicPage(office.supervisor, office.unit.id, { active: 'on' })).rejects.toSatisfy(
		(cause) => cause instanceof NotAllowed || cause instanceof NotFound
	);
	const admin = await show(office);
	expect((await page(office)).changes).toEqual(['Satu.', 'Dua.']);
	const [entry] = await db().select().from(auditEntries).orderBy(desc(auditEntries.id)).limit(1);
	expect(entry).toMatchObject({
		actorId: admin.accountId,
		unitId: office.unit.id,
		action: 'unit.figures',
		before: { active: false },
		after: { active: true }
	});
	await show(office, false);
	expect(await publicPageOf(office.unit.id)).toEqual({ active: false, changes: null });
	await expect(page(office)).rejects.toBeInstanceOf(NotFound);
});

test('a quarter has rounded figures without small numbers and without restricted reports', async () => {
	const office = await makeOffice();
	const opened = (category: string) =>
		at('2026-08-10T09:00', () => makeCase(office.unit, { category, kind: 'suggestion' }));
	await repeat(12, () => opened('time'));
	await repeat(7, () => opened('facilities'));
	await opened('cost');
	await repeat(6, () => opened('integrity'));
	await show(office);
	// Twenty reports count, because the six of integrity belong to the office above. The single one about costs is merged with
	// the next larger category.
	expect(await thirdQuarter(office)).toMatchObject({
		received: 20,
		answered: 0,
		medianDays: null,
		categories: [
			{ value: 'time', n: 10 },
			{ value: null, n: 10 }
		],
		scores: null
	});
});

test('a quarter with fewer than five reports has no figures', async () => {
	const office = await makeOffice();
	await repeat(4, () => at('2026-08-10T09:00', () => makeCase(office.unit)));
	await repeat(9, () => at('2026-08-10T09:00', () => makeCase(office.unit, { category: 'integrity' })));
	await show(office);
	const nothing = { received: null, answered: null, inTime: null, medianDays: null, categories: [], scores: null };
	expect(await thirdQuarter(office)).toEqual(nothing);
});

test('the office page names the newest quarter of a public page, if ten of its reports were surely answered', async () => {
	const office = await makeOffice();
	await show(office);
	const proof = async (received: number | null, answered: number | null, medianDays: number | null) => {
		const figures = { received, answered, inTime: null, medianDays, categories: [], scores: null };
		await transaction((tx) => tx.update(publicFigures).set({ figures }).where(eq(publicFigures.quarter, '2026-Q3')));
		return at(NOW, () => publicProof(office.unit));
	};
	// "About 10" may be eight, and "about 15" thirteen.
	expect(await proof(10, 1, 3)).toBeUndefined();
	expect(await proof(15, 1, 3)).toEqual({ key: '2026-Q3', answered: 1, medianDays: 3 });
	expect(await proof(15, 0.6, 3)).toBeUndefined();
	expect(await proof(20, 0.6, 2.5)).toMatchObject({ answered: 0.6, medianDays: 2.5 });
	expect(await proof(20, null, 3)).toBeUndefined();
	expect(await proof(20, 1, null)).toBeUndefined();
	expect(await proof(null, null, null)).toBeUndefined();
	expect(await proof(20, 1, 3)).toBeDefined();
	await show(office, false);
	expect(await proof(20, 1, 3)).toBeUndefined();
});

test('a share is shown only if neither side has few reports', async () => {
	const suggested = ({ unit }: Office) => at('2026-08-03T09:00', () => makeCase(unit, { kind: 'suggestion' }));
	const answered = async (of: Office) => {
		const { reference } = await suggested(of);
		await at('2026-08-06T09:00', () => bringTo(of, reference, 'closed'));
	};
	const office = await makeOffice();
	await repeat(6, () => answered(office));
	await repeat(6, () => suggested(office));
	await show(office);
	expect(await thirdQuarter(office)).toMatchObject({
		received: 10,
		answered: 0.5,
		inTime: 0.5,
		medianDays: 3,
		scores: { n: 5, satisfied: 1 }
	});
	const other = await makeOffice();
	await repeat(6, () => answered(other));
	await suggested(other);
	await show(other);
	expect(await thirdQuarter(other)).toMatchObject({ answered: null, inTime: null });
});

test('a quarter is closed once, two weeks after its end, whatever happens later', async () => {
	const office = await makeOffice();
	await repeat(6, () => at('2026-08-10T09:00', () => makeCase(office.unit, { category: 'time' })));
	const admin = await makeActor([[office.unit.id, 'admin']]);
	await at('2026-10-10T09:00', () => changePublicPage(admin, office.unit.id, { active: 'on' }));
	const before = await at('2026-10-10T09:00', () => publicPage(office.unit.slug));
	expect(before.quarters.map(({ key }) => key)).not.toContain('2026-Q3');
	await at('2026-10-16T02:00', closeAllQuarters);
	const closed = await thirdQuarter(office);
	expect(closed).toMatchObject({ received: 5 });
	// Reports that are recorded later, but count for that quarter.
	await repeat(9, () => at('2026-08-11T09:00', () => makeCase(office.unit, { category: 'cost' })));
	await at('2026-10-17T02:00', closeAllQuarters);
	expect(await thirdQuarter(office)).toEqual(closed);
});
