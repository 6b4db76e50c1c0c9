import { and, eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { archiveCase } from '../cases/archive.ts';
import { verifyCase } from '../cases/verify.ts';
import { ensureDefaults } from '../calendar/defaults.ts';
import { withClock } from '../clock.ts';
import { db } from '../db/index.ts';
import { caseOfficers, cases } from '../db/schema/cases.ts';
import { NotAllowed, NotFound } from '../errors.ts';
import { useFreshDatabase } from '../testing/database.ts';
import { makeActor, makeCase, makeOfficer, makeUnit } from '../testing/factories.ts';
import { caseFigures } from './figures.ts';

useFreshDatabase();

const MARCH = { from: '2026-03-01', to: '2026-03-31' };
/** Local times of Mamuju (UTC+8) as instants. */
const at = <T>(local: string, work: () => Promise<T>) => withClock(() => new Date(`${local}+08:00`), work);

test('reports are counted by what they are, over inclusive days of the unit and by service', async () => {
	await ensureDefaults(db());
	const province = await makeUnit();
	const unit = await makeUnit({ parent: province });
	await at('2026-02-28T23:59', () => makeCase(unit));
	await at('2026-03-01T00:01', () => makeCase(unit, { category: 'time' }));
	await at('2026-03-31T23:59', () => makeCase(unit, { kind: 'suggestion', service: 'library' }));
	await at('2026-03-10T10:00', () => makeCase(unit, {}, { channel: 'qr' }));
	await at('2026-04-01T00:01', () => makeCase(unit));
	const manager = await makeActor([[province.id, 'manager']]);
	const figures = await caseFigures(manager, { unit: unit.code, ...MARCH });
	expect(figures.total).toBe(3);
	expect(figures.counts).toEqual({
		status: [{ value: 'received', n: 3 }],
		kind: [
			{ value: 'complaint', n: 2 },
			{ value: 'suggestion', n: 1 }
		],
		category: [
			{ value: null, n: 2 },
			{ value: 'time', n: 1 }
		],
		channel: [
			{ value: 'web', n: 2 },
			{ value: 'qr', n: 1 }
		]
	});
	expect((await caseFigures(manager, { unit: unit.code, service: 'library', ...MARCH })).total).toBe(1);
	expect((await caseFigures(manager, { unit: province.code, ...MARCH })).total).toBe(0);
	expect((await caseFigures(manager, { unit: province.code, scope: 'tree', ...MARCH })).total).toBe(3);
	expect(JSON.stringify(figures)).not.toContain('Antrean');
});

test('deadlines are told as kept, missed, running and running late', async () => {
	const unit = await makeUnit();
	const handler = await makeActor([[unit.id, 'handler', 'supervisor']]);
	const manager = await makeActor([[unit.id, 'manager']]);
	const verify = (reference: string) =>
		verifyCase(handler, reference, { category: 'time', class: 'plain', version: 1 });
	const [inTime, late] = [
		await at('2026-03-02T09:00', () => makeCase(unit)),
		await at('2026-03-02T09:00', () => makeCase(unit))
	];
	await at('2026-03-02T09:00', () => makeCase(unit));
	await at('2026-03-12T09:00', () => makeCase(unit));
	const spam = await at('2026-03-02T09:00', () => makeCase(unit, { kind: 'suggestion' }));
	await at('2026-03-03T09:00', () => verify(inTime.reference));
	await at('2026-03-10T09:00', () => verify(late.reference));
	await at('2026-03-03T09:00', () =>
		archiveCase(handler, spam.reference, { reason: 'spam', note: 'Bukan laporan.', version: 1 })
	);
	const { clocks } = await at('2026-03-12T12:00', () => caseFigures(manager, { unit: unit.code, ...MARCH }));
	expect(clocks.map((clock) => clock.name)).not.toContain('reporter_turn');
	// Archiving meets verification and first_reply; solution ends without being met.
	expect(clocks.find((clock) => clock.name === 'verification')).toEqual({
		name: 'verification',
		n: 5,
		metOnTime: 2,
		metLate: 1,
		running: 1,
		runningLate: 1,
		stopped: 0
	});
	expect(clocks.find((clock) => clock.name === 'first_reply')).toMatchObject({
		metOnTime: 1,
		running: 1,
		runningLate: 3
	});
	expect(clocks.find((clock) => clock.name === 'solution')).toMatchObject({
		n: 5,
		metOnTime: 0,
		running: 4,
		stopped: 1
	});
	for (const { n, metOnTime, metLate, running, runningLate, stopped } of clocks) {
		expect(metOnTime + metLate + running + runningLate + stopped).toBe(n);
	}
});

test('what is restricted or names the asker moves no figure they see', async () => {
	const province = await makeUnit();
	const unit = await makeUnit({ parent: province });
	const officer = await makeOfficer(unit.id);
	await at('2026-03-02T09:00', () => makeCase(unit, { category: 'integrity' }));
	const named = await at('2026-03-02T09:00', () => makeCase(unit, { officer: officer.id }));
	await at('2026-03-02T09:00', () => makeCase(unit));
	const total = async (actor: Parameters<typeof caseFigures>[0]) =>
		(await caseFigures(actor, { unit: unit.code, ...MARCH })).total;
	const local = await makeActor([[unit.id, 'manager']]);
	const above = await makeActor([[province.id, 'manager']]);
	const self = await makeActor([[unit.id, 'manager']], officer.id);
	expect([await total(local), await total(above), await total(self)]).toEqual([2, 3, 1]);
	const [row] = await db().select().from(cases).where(eq(cases.reference, named.reference));
	await db()
		.update(caseOfficers)
		.set({ state: 'cleared' })
		.where(and(eq(caseOfficers.caseId, row?.id ?? 0), eq(caseOfficers.officerId, officer.id)));
	expect(await total(self)).toBe(2);
});

test('figures belong to the managers of the unit', async () => {
	const unit = await makeUnit();
	const handler = await makeActor([[unit.id, 'handler']]);
	const stranger = await makeActor([[(await makeUnit()).id, 'manager']]);
	await expect(caseFigures(handler, { unit: unit.code, ...MARCH })).rejects.toBeInstanceOf(NotAllowed);
	await expect(caseFigures(stranger, { unit: unit.code, ...MARCH })).rejects.toBeInstanceOf(NotFound);
});
