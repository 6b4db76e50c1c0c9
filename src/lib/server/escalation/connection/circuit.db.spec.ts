import { eq } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { writeMessage } from '#lib/server/cases/conversation/message.ts';
import { withClock } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import { laporCircuits } from '#lib/server/db/schema/lapor.ts';
import { overrideEnv } from '#lib/server/env.ts';
import { askCircuit, noteCall, returnLeave } from './circuit.ts';
import { claimEscalation, renewLease } from '../delivery/claim.ts';
import { haltOf, testConnection } from './connection.ts';
import { deliver } from '../delivery/deliver.ts';
import { followCaseEvent } from '../followups/followups.ts';
import { receive } from '../tracking/receive.ts';
import { useFreshDatabase } from '#lib/dev/testing/database.ts';
import { makeActor } from '#lib/dev/testing/factories.ts';
import { followupsOf } from '#lib/dev/testing/forwarding/world.ts';
import { forwardedCase, makeOffice, standing, useLapor } from '#lib/dev/testing/lapor.ts';
import { phonePhoto } from '#lib/dev/testing/photos.ts';

useFreshDatabase();
const lapor = useLapor();

const MINUTE = 60_000;
const later = <T>(ms: number, work: () => Promise<T>): Promise<T> => withClock(() => new Date(Date.now() + ms), work);
const open = (endpoint: string) => db().insert(laporCircuits).values({ endpoint, failures: 5, openUntil: new Date() });

describe('the one probe of an open circuit', () => {
	it('is not held by a report that still waits for its photos', async () => {
		const office = await makeOffice();
		const files = [{ name: 'a.jpg', type: 'image/jpeg', bytes: await phonePhoto('jpeg') }];
		const waiting = await forwardedCase(office, {}, {}, { files });
		const ready = await forwardedCase(office);
		await open('create');
		await lapor.faults([{ kind: '500_before', match: { endpoint: 'upload' } }]);
		await later(1000, () => deliver(waiting.escalation.id));
		await later(2000, () => deliver(ready.escalation.id));
		expect((await standing(ready.escalation.id)).escalation.state).toBe('sent');
		const [circuit] = await db().select().from(laporCircuits).where(eq(laporCircuits.endpoint, 'create'));
		expect(circuit).toMatchObject({ failures: 0, openUntil: null });
	});

	it('goes to the next where it led to no call', async () => {
		await open('detail');
		const asked = await later(1000, () => askCircuit('detail'));
		expect(await later(1000, () => askCircuit('detail'))).toHaveProperty('openUntil');
		if (!('leave' in asked)) throw new Error('no leave');
		await later(1000, () => returnLeave(asked.leave));
		expect(await later(1100, () => askCircuit('detail'))).toMatchObject({ leave: { probe: true } });
	});

	it('is needed also where a worker died between the fifth failure and the opening', async () => {
		await db().insert(laporCircuits).values({ endpoint: 'lookup', failures: 5, openUntil: null });
		await noteCall({ endpoint: 'lookup', probe: false }, false);
		expect(await askCircuit('lookup')).toHaveProperty('openUntil');
	});
});

describe('a lease', () => {
	it('whose renewal came back too late is lost: nothing may be called', async () => {
		const { escalation } = await forwardedCase(await makeOffice());
		const claimed = await claimEscalation(escalation.id);
		if (!claimed) throw new Error('not claimed');
		const begun = Date.now();
		// The machine stands still for three minutes while the database answers.
		const clock = () => new Date(Date.now() + (Date.now() - begun > 300 ? 3 * MINUTE : 0));
		const renewed = withClock(clock, () => renewLease(claimed.escalation, { starting: true }));
		while (Date.now() - begun <= 320);
		expect(await renewed).toBe(false);
	});
});

describe('a test call that succeeds', () => {
	it('makes due at once what is to be said after a report, too', async () => {
		const office = await makeOffice();
		const admin = await makeActor([[office.unit.id, 'admin']]);
		const { row, escalation } = await forwardedCase(office);
		await deliver(escalation.id);
		await writeMessage(office.actor, row.reference, { body: 'Sedang kami bahas.', public: true });
		for (const { seq } of (await standing(escalation.id)).entries) await followCaseEvent({ caseId: row.id, seq });
		const refusal = { kind: 'answer', status: 401, body: '{"message":"Unauthorized"}' };
		await lapor.faults([{ ...refusal, match: { endpoint: 'followup_add' }, count: 1 }]);
		await deliver(escalation.id);
		expect(await haltOf()).toBeDefined();
		expect(await testConnection(admin)).toMatchObject({ ok: true });
		await deliver(escalation.id);
		expect((await followupsOf(escalation.id)).map(({ state }) => state)).toEqual(['sent']);
	});
});

describe('a service without a search', () => {
	it('that answers "method not allowed" stops nothing', async () => {
		overrideEnv({ LAPOR_LOOKUP: true });
		const { escalation } = await forwardedCase(await makeOffice());
		await lapor.faults([
			{ kind: 'drop_after_store', match: { endpoint: 'create' } },
			{ kind: 'answer', status: 405, match: { endpoint: 'search' } }
		]);
		await deliver(escalation.id);
		await receive(escalation.id);
		expect((await standing(escalation.id)).escalation).toMatchObject({ state: 'unknown', lookups: 1 });
		expect(await haltOf()).toBeUndefined();
	});
});

describe('the circuit', () => {
	it('opens after five failures in a row, then probes with one row', async () => {
		const office = await makeOffice();
		const rows: string[] = [];
		for (let n = 0; n < 9; n += 1) rows.push((await forwardedCase(office)).escalation.id);
		await lapor.faults([{ kind: '500_before', match: { endpoint: 'create' } }]);
		for (const id of rows.slice(0, 5)) await deliver(id);
		await deliver(rows[5] ?? '');
		const held = await standing(rows[5] ?? '');
		expect(held.escalation).toMatchObject({ state: 'waiting', reasonCode: 'circuit_open', attempts: 0 });
		await lapor.faults();
		await later(2 * MINUTE, () => Promise.all(rows.slice(5).map((id) => deliver(id))));
		const states = await Promise.all(rows.slice(5).map(async (id) => (await standing(id)).escalation.state));
		expect(states.filter((state) => state === 'sent').length).toBeGreaterThanOrEqual(1);
		await later(10 * MINUTE, () => Promise.all(rows.slice(5).map((id) => deliver(id))));
		const [circuit] = await db().select().from(laporCircuits).where(eq(laporCircuits.endpoint, 'create'));
		expect(circuit).toMatchObject({ failures: 0, openUntil: null });
		for (const id of rows.slice(5)) expect((await standing(id)).escalation.state).toBe('sent');
	});
});
