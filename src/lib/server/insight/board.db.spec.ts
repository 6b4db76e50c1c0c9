import { and, eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { readInboxChoice } from '#lib/cases/read-inbox-choice.ts';
import { archiveCase } from '#lib/server/cases/handling/archive.ts';
import { choiceReader } from '#lib/server/cases/inbox/filter.ts';
import { inbox } from '#lib/server/cases/inbox/inbox.ts';
import { scoreAnswer } from '#lib/server/cases/conversation/reporter-reply.ts';
import { verifyCase } from '#lib/server/cases/handling/verify.ts';
import { ensureDefaults } from '#lib/server/calendar/load.ts';
import { withClock } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import { caseOfficers, cases } from '#lib/server/db/schema/cases.ts';
import { escalations } from '#lib/server/db/schema/escalations.ts';
import { overrideEnv } from '#lib/server/env.ts';
import { NotFound } from '#lib/server/errors.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import type { UnitScope } from '#lib/server/ratings/access.ts';
import { makeActor, makeCase, makeOfficer, makePlace, makeUnit } from '#lib/dev/testing/factories.ts';
import { forwardedCase, makeOffice as makeLaporOffice } from '#lib/dev/testing/lapor.ts';
import { bringTo, makeOffice, readCase } from '#lib/dev/testing/office.ts';
import { caseBoard } from './board.ts';

const MARCH = { from: '2026-03-01', to: '2026-03-31' };
/** Local times of Mamuju (UTC+8) as instants. */
const at = <T>(local: string, work: () => Promise<T>) => withClock(() => new Date(`${local}+08:00`), work);

test('counts reports by their properties and by service, with both days of the period in the unit’s zone', async () => {
	await ensureDefaults(db());
	const province = await makeUnit();
	const unit = await makeUnit({ parent: province });
	await at('2026-02-28T23:59', () => makeCase(unit));
	await at('2026-03-01T00:01', () => makeCase(unit, { category: 'time' }));
	await at('2026-03-31T23:59', () => makeCase(unit, { kind: 'suggestion', service: 'library' }));
	await at('2026-03-10T10:00', () => makeCase(unit, {}, { channel: 'qr' }));
	await at('2026-04-01T00:01', () => makeCase(unit));
	const manager = await makeActor([[province.id, 'manager']]);
	const figures = await caseBoard(manager, { unit: unit.code, ...MARCH });
	expect(figures.totals.received).toBe(3);
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
	expect((await caseBoard(manager, { unit: unit.code, service: 'library', ...MARCH })).totals.received).toBe(1);
	expect((await caseBoard(manager, { unit: province.code, ...MARCH })).totals.received).toBe(0);
	expect((await caseBoard(manager, { unit: province.code, scope: 'tree', ...MARCH })).totals.received).toBe(3);
	expect(JSON.stringify(figures)).not.toContain('Antrean');
});

test('shows deadlines as met, missed, running and running late', async () => {
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
	const { clocks } = await at('2026-03-12T12:00', () => caseBoard(manager, { unit: unit.code, ...MARCH }));
	expect(clocks.map((clock) => clock.name)).not.toContain('reporter_turn');
	// Archiving meets verification and first_reply. It ends solution without meeting it.
	expect(clocks.find((clock) => clock.name === 'verification')).toEqual({
		name: 'verification',
		metOnTime: 2,
		metLate: 1,
		running: 1,
		overdue: 1
	});
	expect(clocks.find((clock) => clock.name === 'first_reply')).toMatchObject({ metOnTime: 1, running: 1, overdue: 3 });
	expect(clocks.find((clock) => clock.name === 'solution')).toMatchObject({ metOnTime: 0, running: 4, overdue: 0 });
});

test('restricted reports and reports that name the reader change no figure the reader sees', async () => {
	const province = await makeUnit();
	const unit = await makeUnit({ parent: province });
	const officer = await makeOfficer(unit.id);
	await at('2026-03-02T09:00', () => makeCase(unit, { category: 'integrity' }));
	const named = await at('2026-03-02T09:00', () => makeCase(unit, { officer: officer.id }));
	await at('2026-03-02T09:00', () => makeCase(unit));
	const board = (actor: Actor, of: { code: string }, scope: UnitScope = 'own') =>
		caseBoard(actor, { unit: of.code, ...MARCH, scope });
	const total = async (...query: Parameters<typeof board>) => (await board(...query)).totals.received;
	const integrity = async (...query: Parameters<typeof board>) =>
		(await board(...query)).counts.category.find(({ value }) => value === 'integrity')?.n ?? 0;

	// Managers and staff of the office see the same figures as without the report.
	for (const role of ['manager', 'handler', 'supervisor'] as const) {
		const local = await makeActor([[unit.id, role]]);
		expect([role, await total(local, unit), await integrity(local, unit)]).toEqual([role, 2, 0]);
		expect([role, await total(local, unit, 'tree')]).toEqual([role, 2]);
	}
	const above = await makeActor([[province.id, 'manager']]);
	expect([await total(above, unit), await total(above, unit, 'tree')]).toEqual([2, 3]);
	// The board of the office above counts it in the total, as a report of the office above.
	expect([await total(above, province), await integrity(above, province, 'tree')]).toEqual([0, 1]);
	const rows = (await board(above, province, 'tree')).offices.map((row) => [row.unit.code, row.received, row.open]);
	expect(rows).toEqual([
		[province.code, 1, 1],
		[unit.code, 2, 2]
	]);
	// For a reader who may open it, it counts at its own office.
	const supervisor = await makeActor([[province.id, 'supervisor']]);
	expect([await total(supervisor, unit), await integrity(supervisor, unit)]).toEqual([3, 1]);
	const handler = await makeActor([[province.id, 'handler']]);
	expect([await total(handler, unit), await total(handler, province, 'tree')]).toEqual([2, 2]);

	const self = await makeActor([[unit.id, 'manager']], officer.id);
	const before = await board(self, unit);
	expect(before.totals).toMatchObject({ received: 1, open: 1 });
	await at('2026-03-03T09:00', () => makeCase(unit, { officer: officer.id, place: undefined }));
	expect(await board(self, unit)).toEqual(before);
	const [row] = await db().select().from(cases).where(eq(cases.reference, named.reference));
	await db()
		.update(caseOfficers)
		.set({ state: 'cleared' })
		.where(and(eq(caseOfficers.caseId, row?.id ?? 0), eq(caseOfficers.officerId, officer.id)));
	expect(await total(self, unit)).toBe(2);
});

test('restricted reports of a root unit count only for its supervisors', async () => {
	const root = await makeUnit();
	await at('2026-03-02T09:00', () => makeCase(root, { category: 'integrity' }));
	const total = async (role: 'manager' | 'handler' | 'supervisor', scope: UnitScope) => {
		const actor = await makeActor([[root.id, role]]);
		return (await caseBoard(actor, { unit: root.code, ...MARCH, scope })).totals.received;
	};
	expect([await total('manager', 'own'), await total('manager', 'tree')]).toEqual([0, 0]);
	expect([await total('handler', 'tree'), await total('supervisor', 'own')]).toEqual([0, 1]);
});

test('every figure equals the number of reports in the list behind it', async () => {
	const office = await makeOffice();
	const { root, unit, handler } = office;
	const place = await makePlace(unit.id);
	await at('2026-03-02T09:00', () => makeCase(unit, { category: 'time', place: place.id }, { channel: 'qr' }));
	await at('2026-03-03T09:00', () => makeCase(unit, { kind: 'suggestion', service: 'library' }));
	const answered = await at('2026-03-04T09:00', () => makeCase(unit));
	const archived = await at('2026-03-05T09:00', () => makeCase(unit, { kind: 'suggestion' }));
	await at('2026-03-06T09:00', () => bringTo(office, answered.reference, 'answered'));
	const { id } = await readCase(answered.reference);
	await at('2026-03-09T09:00', () => scoreAnswer(id, { score: 2, comment: 'Belum selesai juga.' }));
	await at('2026-03-09T10:00', async () =>
		archiveCase(handler, archived.reference, { reason: 'spam', note: 'Bukan laporan.', version: 1 })
	);
	const actor = await makeActor([[root.id, 'handler', 'supervisor']]);
	await at('2026-03-12T09:00', async () => {
		const query = { unit: unit.code, ...MARCH };
		const board = await caseBoard(actor, query);
		const read = await choiceReader(actor);
		const listed = async (query: string) => {
			const params = Object.fromEntries(new URLSearchParams(query));
			const choice = readInboxChoice(new URLSearchParams({ unit: unit.slug, status: 'all', ...params }));
			return (await inbox(actor, read(choice))).items.length;
		};
		const span = 'from=2026-03-01&to=2026-03-31';
		expect(board.totals).toMatchObject({ received: 4, answered: 1, archived: 1, reopened: 1, open: 3, late: 2 });
		expect(await listed('status=&due=overdue')).toBe(board.totals.late);
		expect(await listed(span)).toBe(board.totals.received);
		expect(await listed(`by=archived&${span}`)).toBe(board.totals.archived);
		expect(await listed(`by=reopened&${span}`)).toBe(board.totals.reopened);
		expect(await listed(`by=answered&${span}`)).toBe(board.totals.answered);
		expect(await listed(`by=rated&score=2&${span}`)).toBe(board.scores[1]);
		expect(board.scores).toEqual([0, 1, 0, 0, 0]);
		for (const [part, name] of [
			['category', 'category'],
			['channel', 'channel'],
			['kind', 'kind']
		] as const)
			for (const { value, n } of board.counts[part]) expect(await listed(`${name}=${value ?? 'none'}&${span}`)).toBe(n);
		expect(await listed(`place=${place.id}&${span}`)).toBe(board.places[0]?.reports);
		for (const { name, ...clock } of board.clocks) {
			const { metOnTime, metLate, overdue, running } = clock;
			for (const [by, outcome, n] of [
				['kept', 'met', metOnTime],
				['kept', 'late', metLate],
				['missed', 'overdue', overdue],
				['received', 'running', running]
			] as const)
				expect([name, outcome, await listed(`by=${by}&clock=${name}.${outcome}&${span}`)]).toEqual([name, outcome, n]);
		}
		for (const { from, to, n } of board.ages)
			expect(
				await listed(`by=aged&status=received,verified,in_progress,needs_info&to=${to}${from ? `&from=${from}` : ''}`)
			).toBe(n);
		expect((await caseBoard(actor, { ...query, unit: root.code, scope: 'tree' })).totals.received).toBe(4);
		expect(await listed(`unit=${root.slug}&tree=1&${span}`)).toBe(4);
	});
});

test('only handlers, supervisors and managers of the unit may see its board', async () => {
	const unit = await makeUnit();
	const other = await makeUnit();
	const stranger = await makeActor([[other.id, 'manager', 'handler']]);
	const administrator = await makeActor([[unit.id, 'admin']]);
	for (const actor of [stranger, administrator])
		await expect(caseBoard(actor, { unit: unit.code, ...MARCH })).rejects.toBeInstanceOf(NotFound);
	const handler = await makeActor([[unit.id, 'handler']]);
	expect((await caseBoard(handler, { unit: unit.code, ...MARCH })).opens).toBe(true);
});

test('the median time until LAPOR gives a number has no upper limit', async () => {
	overrideEnv({ LAPOR_MODE: 'manual' });
	const { unit, actor } = await makeLaporOffice();
	const { escalation } = await forwardedCase({ unit, actor });
	const times = { createdAt: new Date('2026-01-20T02:00:00Z'), sentAt: new Date('2026-03-21T02:00:00Z') };
	await db()
		.update(escalations)
		.set({ ...times, laporId: '1234567', state: 'sent' })
		.where(eq(escalations.id, escalation.id));
	const { lapor } = await caseBoard(actor, { unit: unit.code, ...MARCH });
	expect(lapor).toMatchObject({ numbered: 1, medianHours: 60 * 24 });
});
