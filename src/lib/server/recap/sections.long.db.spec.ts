import { eq } from 'drizzle-orm';
import { beforeEach, expect, test } from 'vitest';
import { differenceTable } from '#lib/recap/difference.ts';
import { m } from '#lib/paraglide/messages.js';
import { recapTables } from '#lib/recap/tables.ts';
import { ensureDefaults } from '#lib/server/calendar/load.ts';
import { answerCase } from '#lib/server/cases/answers/answer.ts';
import { submitObjection } from '#lib/server/cases/conversation/objection.ts';
import { classifyCase, verifyCase } from '#lib/server/cases/handling/verify.ts';
import { db } from '#lib/server/db/index.ts';
import { recaps } from '#lib/server/db/schema/recap.ts';
import { escalations } from '#lib/server/db/schema/escalations.ts';
import { clockRules } from '#lib/server/db/schema/clocks.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { overrideEnv } from '#lib/server/env.ts';
import { createVisit } from '#lib/server/visits/entries.ts';
import { receiveInbound } from '#lib/server/escalation/from-lapor/receive.ts';
import { inboundInput } from '#lib/dev/testing/forwarding/inbound.ts';
import { forwardedCase, makeOffice as makeLaporOffice } from '#lib/dev/testing/lapor.ts';
import { makeActor, makeCase, makeOfficer } from '#lib/dev/testing/factories.ts';
import { act, atTime, bringTo, caseIn, readCase } from '#lib/dev/testing/office.ts';
import { onDay, rateOn } from '#lib/dev/testing/figures/rating-history.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';
import { fileRecap, filingsOf } from './filings.ts';
import { addFollowUp } from './follow-ups.ts';
import { recapView } from './view.ts';

const office = useOffice();
let manager: Actor;
beforeEach(async () => {
	await ensureDefaults(db());
	manager = await makeActor([[office.unit.id, 'manager', 'supervisor']]);
});

const LATER = '2027-02-01T02:00:00Z';
const viewOf = (period: string, version?: 'now') =>
	atTime(LATER, () => recapView(manager, { unit: office.unit.code, scope: 'own', period, version }));

test('a suggestion that was answered twice is listed once, with the action of its last answer', async () => {
	const { reference } = await atTime('2026-10-05T02:00:00Z', () => makeCase(office.unit, { kind: 'suggestion' }));
	const answer = (action: string) => {
		const input = { body: 'Terima kasih, sudah kami tambah.', action, action_on: '2026-10-05' };
		return act(answerCase, office.handler, reference, input, { files: [] });
	};
	await atTime('2026-10-06T02:00:00Z', async () => {
		await bringTo(office, reference, 'in_progress');
		await answer('Menambah kursi.');
	});
	await atTime('2026-10-07T02:00:00Z', async () =>
		submitObjection((await readCase(reference)).id, { body: 'Masih panas sekali.' })
	);
	await atTime('2026-10-08T02:00:00Z', () => answer('Menambah kursi dan kipas.'));
	const { suggestions } = (await viewOf('2026-10')).figures;
	expect(suggestions.shown.map((one) => [one.reference, one.action])).toEqual([
		[reference, 'Menambah kursi dan kipas.']
	]);
});

test('a report that is filed in the first hours after its period has the visits of the whole period', async () => {
	for (const day of ['02', '03', '04', '05', '05', '06'].map((of) => `2026-11-${of}`)) {
		const visit = { unit: office.unit.code, channel: 'walk_in' };
		await onDay(day, () => createVisit(visit, { accountId: null, within: [office.unit.id] }));
	}
	// 07.40 WITA on 1 December.
	await atTime('2026-11-30T23:40:00Z', () => fileRecap(manager, office.unit.code, { period: '2026-11', version: 0 }));
	const [filed] = await db().select().from(recaps);
	expect(filed?.figures.ratings).toMatchObject({ visits: 6, visitDays: 5 });
});

test('a correction names each changed row so that no two are alike', async () => {
	const [first] = await atTime('2026-10-05T02:00:00Z', () =>
		Promise.all(['library', 'consultation'].map((service) => caseIn(office, 'verified', { service })))
	);
	await atTime(LATER, () => fileRecap(manager, office.unit.code, { period: '2026-10', version: 0 }));
	const changed = { category: 'cost', class: 'plain', priority: 'normal', reason: 'Perlu diperbaiki.' };
	await atTime(LATER, () => act(classifyCase, office.supervisor, first?.reference ?? '', changed));
	const { before, figures } = await viewOf('2026-10', 'now');
	const rows = before ? differenceTable(before, recapTables(figures, 'id'), 'id').rows : [];
	expect(rows.map(({ cells }) => cells[0])).toEqual(['Waktu pelayanan · Perpustakaan', 'Biaya · Perpustakaan']);
	expect(new Set(rows.map(({ key }) => key)).size).toBe(2);
});

test('a follow-up of a quarter is missing from reports of months that ended before the quarter ended', async () => {
	const words = { rootCause: 'Ruang sempit.', action: 'Menata ruang.', who: 'Umum', dueOn: '2027-05-01' };
	await atTime('2027-01-08T02:00:00Z', () =>
		addFollowUp(manager, { unit: office.unit.code, scope: 'own', period: '2026-Q4' }, words)
	);
	const shown = async (period: string) => (await viewOf(period)).figures.followUps.length;
	expect([await shown('2026-10'), await shown('2026-11')]).toEqual([0, 0]);
	expect([await shown('2026-12'), await shown('2026-Q4'), await shown('2027-01')]).toEqual([1, 1, 1]);
});

test('deadlines in working days and in calendar days have their own row and median', async () => {
	const complete = async (received: string, answered: string) => {
		const { reference } = await atTime(received, () => makeCase(office.unit));
		await atTime(answered, () => bringTo(office, reference, 'answered'));
	};
	// Friday to Monday.
	await complete('2026-10-09T02:00:00Z', '2026-10-12T02:00:00Z');
	const plain = { name: 'solution', kind: null, class: 'plain', state: null, days: 14, basis: 'Aturan baru' } as const;
	await db()
		.insert(clockRules)
		.values({ ...plain, dayUnit: 'calendar', validFrom: new Date('2026-10-15T00:00:00Z') });
	await complete('2026-10-16T02:00:00Z', '2026-10-19T02:00:00Z');
	const { clocks } = (await viewOf('2026-10')).figures;
	const solution = clocks.filter(({ name }) => name === 'solution');
	expect(solution.map(({ dayUnit, n, medianDays }) => [dayUnit, n, medianDays])).toEqual([
		['working', 1, 1],
		['calendar', 1, 3]
	]);
});

test('a report that the office recorded at LAPOR itself does not count as taken in when LAPOR passes it on', async () => {
	overrideEnv({ LAPOR_MODE: 'manual' });
	const lapor = await makeLaporOffice();
	const view = await atTime('2026-10-06T02:00:00Z', async () => {
		const { escalation } = await forwardedCase(lapor);
		const [own, other] = [inboundInput(lapor), inboundInput(lapor)];
		const sent = { state: 'sent', laporId: own.lapor_id, sentAt: new Date('2026-10-06T02:00:00Z') } as const;
		await db().update(escalations).set(sent).where(eq(escalations.id, escalation.id));
		for (const input of [own, other]) await receiveInbound(lapor.actor, { ...input, received_on: '2026-10-06' });
		return recapView(lapor.actor, { unit: lapor.unit.code, scope: 'own', period: '2026-10', version: 'now' });
	});
	const { counts, inbound } = view.figures.lapor;
	expect([counts?.recorded, counts?.taken, inbound.shown.length]).toEqual([1, 1, 1]);
	const opened = view.figures.flow.find(({ channel }) => channel === 'lapor');
	expect(opened?.received).toBe(counts?.taken);
});

test('a report that names an officer changes only totals in the report that this officer reads', async () => {
	const officer = await makeOfficer(office.unit.id);
	const reader = await makeActor([[office.unit.id, 'manager', 'supervisor']], officer.id);
	const figures = async () => {
		const query = { unit: office.unit.code, scope: 'own', period: '2026-10', version: 'now' } as const;
		return (await atTime(LATER, () => recapView(reader, query))).figures;
	};
	const open = (of: Record<string, unknown>, channel: 'web' | 'qr') =>
		atTime('2026-10-05T02:00:00Z', () => makeCase(office.unit, of, { channel }));
	await open({ kind: 'suggestion', service: 'library' }, 'web');
	const before = await figures();
	expect(before).toMatchObject({ totalsOnly: true, flow: [{ kind: null, channel: null, received: 1 }] });
	expect(recapTables(before, 'id').find(({ id }) => id === 'flow')?.rows).toHaveLength(1);

	const { reference } = await open({ service: 'consultation', officer: officer.id }, 'qr');
	const found = { category: 'behaviour', class: 'oversight', reason: 'Perlu diperiksa.' };
	await atTime('2026-10-30T02:00:00Z', () => act(verifyCase, office.supervisor, reference, found));
	const after = await figures();
	const received = [{ ...before.received[0], n: 2 }];
	const flow = [{ ...before.flow[0], received: 2, open: 2 }];
	// Deadlines are counted for all reports.
	expect(after).toEqual({ ...before, flow, received, clocks: after.clocks });
});

test('ratings are not shown before the period is over, because two readings would show the rating in between', async () => {
	await rateOn(office.unit, '2026-10-05');
	const ratingsOn = async (moment: string) => {
		const query = { unit: office.unit.code, scope: 'own', period: '2026-10', version: 'now' } as const;
		const { figures } = await atTime(moment, () => recapView(manager, query));
		return [figures.ratings, recapTables(figures, 'id').find(({ id }) => id === 'ratings')?.withheld];
	};
	expect(await ratingsOn('2026-10-31T08:00:00Z')).toEqual(['running', m.recap_ratings_running()]);
	expect(await ratingsOn('2026-11-01T02:00:00Z')).toEqual([expect.objectContaining({ n: 1 }), undefined]);
});

test('a combined report is outdated once an office below has corrected its own, which keeps its first day', async () => {
	const above = await makeActor([[office.root.id, 'manager']]);
	const period = '2026-10';
	const file = (day: string, actor: Actor, name: string, input: object) =>
		atTime(`${day}T02:00:00Z`, () => fileRecap(actor, name, { period, version: 0, ...input }));
	await file('2026-11-02', manager, office.unit.code, {});
	await file('2026-11-03', above, office.root.code, { scope: 'tree' });
	const rows = async () => (await filingsOf(above, { unit: office.root.code, grain: 'month', period })).owed;
	expect((await rows()).map(({ outdated }) => outdated)).toEqual([false, false, false]);
	await atTime('2026-10-05T02:00:00Z', () => makeCase(office.unit));
	await file('2026-11-20', manager, office.unit.code, { version: 1, reason: 'Satu laporan kertas menyusul.' });
	const [together, , corrected] = await atTime(LATER, rows);
	expect(together?.outdated).toBe(true);
	expect(corrected?.filed).toMatchObject({
		version: 2,
		firstFiledAt: new Date('2026-11-02T02:00:00Z'),
		filedAt: new Date('2026-11-20T02:00:00Z')
	});
});
