import { eq } from 'drizzle-orm';
import { beforeAll, describe, expect, it } from 'vitest';
import { withClock } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { units } from '#lib/server/db/schema/units.ts';
import { overrideEnv } from '#lib/server/env.ts';
import { escalateCase } from './forward/forward.ts';
import { receiveInbound } from './from-lapor/receive.ts';
import { inboundOfCase } from './from-lapor/reports.ts';
import { caseForActor } from '#lib/server/cases/find.ts';
import { resolveEscalation } from './decisions.ts';
import { listUnrecorded, nextUnrecorded, unrecordedByUnit, unrecordedDuty, unrecordedViewOf } from './unrecorded.ts';
import { makeActor, makeCase, makeOfficer } from '#lib/dev/testing/factories.ts';
import { act } from '#lib/dev/testing/office.ts';
import { archiveCase } from '#lib/server/cases/handling/archive.ts';
import { makeOffice, verifiedCase } from '#lib/dev/testing/lapor.ts';

beforeAll(() => overrideEnv({ LAPOR_MODE: 'manual' }));

const DAY = 24 * 3_600_000;
const daysAgo = <T>(days: number, work: () => Promise<T>) => withClock(() => new Date(Date.now() - days * DAY), work);

async function recordingOffice() {
	const office = await makeOffice();
	await db().update(units).set({ recordAllAtLapor: true }).where(eq(units.id, office.unit.id));
	return office;
}

const references = async (actor: Awaited<ReturnType<typeof makeActor>>, view: 'duty' | 'choice' = 'duty') =>
	(await listUnrecorded(actor, { view })).items.map(({ reference }) => reference);

const viewOf = async (actor: Awaited<ReturnType<typeof makeActor>>, reference: string) => {
	const found = await caseForActor(actor, reference);
	return unrecordedViewOf(found, (await inboundOfCase(found.row)).length > 0);
};

const forward = (office: Awaited<ReturnType<typeof makeOffice>>, row: { reference: string; version: number }) =>
	escalateCase(office.actor, row.reference, { purpose: 'record', reason: 'Dicatat di sana.', version: row.version });

describe('complaints that are not at LAPOR', () => {
	it('are verified ones without a forward; suggestions, integrity cases, archived and unverified ones are not listed', async () => {
		const office = await recordingOffice();
		const plain = await verifiedCase(office);
		const received = await makeCase(office.unit);
		const suggestion = await verifiedCase(office, { kind: 'suggestion' });
		const integrity = await verifiedCase(office);
		await db().update(cases).set({ category: 'integrity' }).where(eq(cases.id, integrity.id));
		const fromLapor = await verifiedCase(office);
		await db().update(cases).set({ channel: 'lapor' }).where(eq(cases.id, fromLapor.id));
		const spam = await verifiedCase(office);
		await db().update(cases).set({ status: 'archived' }).where(eq(cases.id, spam.id));
		expect(await references(office.actor)).toEqual([plain.reference]);
		expect(await viewOf(office.actor, plain.reference)).toBe('duty');
		for (const { reference } of [received, suggestion, fromLapor, spam])
			expect(await viewOf(office.actor, reference)).toBeUndefined();
	});

	it('have the state of their draft, as in the other lists', async () => {
		const office = await recordingOffice();
		await makeActor([[office.unit.id, 'supervisor']]);
		const { reference } = await verifiedCase(office);
		const draftIn = async () => (await listUnrecorded(office.actor, { view: 'duty' })).items[0]?.draft;
		expect(await draftIn()).toBeNull();
		await act(archiveCase, office.actor, reference, { reason: 'spam' });
		expect(await draftIn()).toBe('pending');
	});

	it('leave the list once forwarded, and return after LAPOR rejected the report', async () => {
		const office = await recordingOffice();
		const row = await verifiedCase(office);
		const escalation = await forward(office, row);
		expect(await references(office.actor)).toEqual([]);
		expect(await viewOf(office.actor, row.reference)).toBeUndefined();
		await resolveEscalation(office.actor, escalation.id, {
			outcome: 'found',
			lapor_id: '1916449',
			reason: 'Disalin dengan tangan.'
		});
		expect((await unrecordedDuty(office.actor)).count).toBe(0);
		await db().update(cases).set({ escalationState: 'rejected' }).where(eq(cases.id, row.id));
		expect(await references(office.actor)).toEqual([row.reference]);
		expect(await viewOf(office.actor, row.reference)).toBe('duty');
	});

	it('leave the list once LAPOR has forwarded them to us with a number of its own', async () => {
		const office = await recordingOffice();
		const { reference } = await verifiedCase(office);
		await receiveInbound(office.actor, {
			unit: office.unit.code,
			lapor_id: '4100233',
			received_on: new Date().toISOString().slice(0, 10),
			content: `Pelapor menulis juga di sana: ${reference}`
		});
		expect(await references(office.actor)).toEqual([]);
		expect(await viewOf(office.actor, reference)).toBeUndefined();
	});

	it('leave the list under a restriction and after destruction, because forwarding is refused', async () => {
		const office = await recordingOffice();
		const { id, reference } = await verifiedCase(office);
		for (const column of ['processingRestrictedAt', 'destroyedAt'] as const) {
			await db()
				.update(cases)
				.set({ [column]: new Date() })
				.where(eq(cases.id, id));
			expect(await references(office.actor)).toEqual([]);
			expect((await unrecordedDuty(office.actor)).count).toBe(0);
			expect(await viewOf(office.actor, reference)).toBeUndefined();
			await db()
				.update(cases)
				.set({ [column]: null })
				.where(eq(cases.id, id));
			expect(await references(office.actor)).toEqual([reference]);
		}
	});

	it('are a duty in offices that record all and a choice elsewhere, each counted with the oldest', async () => {
		const records = await recordingOffice();
		const picks = await makeOffice();
		const both = await makeActor([
			[records.unit.id, 'handler'],
			[picks.unit.id, 'supervisor']
		]);
		const old = await daysAgo(9, () => verifiedCase(records));
		const young = await daysAgo(2, () => verifiedCase(records));
		const chosen = await daysAgo(30, () => verifiedCase(picks));
		expect(await references(both)).toEqual([old.reference, young.reference]);
		expect(await references(both, 'choice')).toEqual([chosen.reference]);
		expect(await unrecordedDuty(both)).toEqual({ count: 2, oldest: old.receivedAt });
		expect(await unrecordedByUnit(both)).toMatchObject([
			{ code: records.unit.code, duty: true, count: 2 },
			{ code: picks.unit.code, duty: false, count: 1 }
		]);
		expect((await listUnrecorded(both, { view: 'duty', unit: picks.unit.code })).items).toEqual([]);
	});

	it('are hidden from other offices and from an officer whom the case names', async () => {
		const office = await recordingOffice();
		const officer = await makeOfficer(office.unit.id);
		const named = await makeActor([[office.unit.id, 'handler']], officer.id);
		const row = await verifiedCase(office, { officer: officer.id });
		const stranger = await makeActor([[(await makeOffice()).unit.id, 'handler', 'supervisor']]);
		for (const actor of [named, stranger]) {
			expect(await references(actor)).toEqual([]);
			expect(await unrecordedDuty(actor)).toEqual({ count: 0, oldest: null });
		}
		expect(await references(office.actor)).toEqual([row.reference]);
	});

	it('follow one another from the oldest on, also after one was recorded or skipped', async () => {
		const office = await recordingOffice();
		const first = await daysAgo(5, () => verifiedCase(office));
		const second = await daysAgo(4, () => verifiedCase(office));
		const third = await daysAgo(3, () => verifiedCase(office));
		await forward(office, first);
		const filter = { view: 'duty' as const };
		expect(await nextUnrecorded(office.actor, filter, first.reference)).toBe(second.reference);
		expect(await nextUnrecorded(office.actor, filter, second.reference)).toBe(third.reference);
		expect(await nextUnrecorded(office.actor, filter, third.reference)).toBeUndefined();
	});
});
