import { describe, expect, it } from 'vitest';
import { overrideEnv } from '#lib/server/env.ts';
import { throughCircuit } from './circuit.ts';
import { connectionState, haltOf, testConnection, troublesOfReports } from './connection.ts';
import { followCaseEvents } from '../followups/followups.ts';
import { pollOrLookUp } from '../tracking/poll.ts';
import { eq } from 'drizzle-orm';
import { writeMessage } from '#lib/server/cases/conversation/message.ts';
import { db } from '#lib/server/db/index.ts';
import { laporCircuits } from '#lib/server/db/schema/lapor.ts';
import { followupsOf } from '#lib/dev/testing/forwarding/world.ts';
import { deliver } from '../delivery/deliver.ts';
import { refusedSecret } from '../failure-reason.ts';
import { sweepEscalations } from '../delivery/sweep.ts';
import { escalationForApi, escalationsForApi, escalationView } from '../view.ts';
import { nameOfficer } from '#lib/dev/testing/office.ts';
import { makeActor, makeOfficerWithAccount, makeUnit } from '#lib/dev/testing/factories.ts';
import { forwardedCase, HOUR, inMs, makeOffice, MINUTE, photo, forwardNow, useLapor } from '#lib/dev/testing/lapor.ts';

const lapor = useLapor();

describe('a connection with wrong settings', () => {
	it('reports the missing settings', async () => {
		expect(await connectionState()).toMatchObject({ mode: 'api', authHeader: 'Authorization', missing: [] });
		overrideEnv({ LAPOR_TOKEN: undefined });
		expect(await connectionState()).toMatchObject({ missing: ['LAPOR_TOKEN'] });
		const office = await makeOffice();
		expect(await testConnection(await makeActor([[office.unit.id, 'admin']]))).toEqual({ ok: false });
	});

	it.each([
		['a wrong token', { LAPOR_TOKEN: '00000000-0000-4000-8000-000000000000' }, 'token'],
		['a wrong header name', { LAPOR_AUTH_HEADER: 'auth' as const }, 'auth'],
		['a wrong bearer', { LAPOR_BEARER: 'Bearer somebody-else' }, 'auth']
	])(
		'%s: the test call and the halt show which secret is wrong, and no report is sent',
		async (_what, wrong, secret) => {
			const office = await makeOffice();
			const admin = await makeActor([[office.unit.id, 'admin']]);
			overrideEnv(wrong);
			const tested = await testConnection(admin);
			expect(tested).toMatchObject({ ok: false, reason: { code: 'unauthorised', status: 401 } });
			expect(tested.ok ? undefined : refusedSecret(tested.reason ?? {})).toBe(secret);
			expect(await haltOf()).toBeUndefined();
			const { escalation } = await forwardedCase(office);
			await deliver(escalation.id);
			const halt = await haltOf();
			expect(halt?.reason).toEqual({ code: 'unauthorised', status: 401, secret });
			expect((await forwardNow(escalation.id)).escalation).toMatchObject({ state: 'waiting', createStartedAt: null });
			overrideEnv({ LAPOR_BASE_URL: `${lapor.url()}/elsewhere` });
			await testConnection(admin);
			expect((await haltOf())?.reason.code).toBe('wrong_address');
		}
	);
});

describe('a halted connection', () => {
	it('sends no report until a test call by an administrator succeeds', async () => {
		const office = await makeOffice();
		const root = await makeActor([[office.unit.id, 'admin']]);
		const first = await forwardedCase(office);
		const second = await forwardedCase(office);
		await lapor.faults([{ kind: 'answer', status: 401, body: '{"message":"Unauthorized"}' }]);
		await deliver(first.escalation.id);
		expect((await forwardNow(first.escalation.id)).escalation).toMatchObject({
			state: 'waiting',
			reasonCode: 'unauthorised'
		});
		expect(await haltOf()).toMatchObject({ reason: { code: 'unauthorised' } });
		await deliver(second.escalation.id);
		await inMs(10 * MINUTE, sweepEscalations);
		expect((await forwardNow(second.escalation.id)).escalation).toMatchObject({ state: 'waiting', attempts: 0 });
		// The list and the single forward of the API give the same reason.
		const { items } = await escalationsForApi(office.actor, {});
		expect(items.map(({ reason }) => reason)).toEqual(['connection_halted', 'connection_halted']);
		for (const item of items) expect(await escalationForApi(office.actor, item.id)).toEqual(item);
		expect(await testConnection(root)).toMatchObject({ ok: false, reason: { code: 'unauthorised' } });
		expect(await haltOf()).toBeDefined();
		await lapor.faults();
		expect(await testConnection(root)).toMatchObject({ ok: true });
		await Promise.all([deliver(first.escalation.id), deliver(second.escalation.id)]);
		expect((await forwardNow(first.escalation.id)).escalation.state).toBe('sent');
		expect((await forwardNow(second.escalation.id)).escalation.state).toBe('sent');
	});

	it.each([
		[307, 'redirected'],
		[403, 'forbidden']
	])('names the report whose create was answered with %d to administrators of a root unit', async (status, code) => {
		const office = await makeOffice();
		const [officer, named] = await makeOfficerWithAccount(office.unit.id, ['admin']);
		const { escalation, row } = await forwardedCase(office);
		const root = await makeActor([[office.unit.id, 'admin']]);
		expect(await troublesOfReports(root)).toMatchObject({ refused: [] });
		await lapor.faults([{ kind: 'answer', status, body: '', match: { endpoint: 'create' } }]);
		await deliver(escalation.id);
		expect((await haltOf())?.reason.code).toBe(code);
		expect((await troublesOfReports(root)).refused).toContain(escalation.reference);
		await nameOfficer(office.actor, row.reference, officer);
		expect((await troublesOfReports(named)).refused).not.toContain(escalation.reference);
		const below = await makeUnit({ parent: office.unit });
		const admin = await makeActor([[below.id, 'admin']]);
		expect(await troublesOfReports(admin)).toMatchObject({ refused: [] });
	});

	it('shows other offices nothing of the report that LAPOR repeats in its refusal', async () => {
		const office = await makeOffice();
		const root = await makeActor([[office.unit.id, 'admin']]);
		const first = await forwardedCase(office);
		const second = await forwardedCase(office);
		const body = JSON.stringify({ request: { content: 'Petugas M meminta uang.' } });
		await lapor.faults([{ kind: 'answer', status: 403, body }]);
		await deliver(first.escalation.id);
		await inMs(25 * HOUR, sweepEscalations);
		const other = await escalationView(office.actor, second.escalation.id);
		expect(other).toMatchObject({ state: 'stuck', reason: { code: 'connection_halted', cause: 'forbidden' } });
		const own = await escalationView(office.actor, first.escalation.id);
		expect(own.attemptRows).toMatchObject([{ excerpt: expect.stringContaining('Petugas M') }]);
		await testConnection(root);
		const stored = await db().select().from(laporCircuits);
		expect(JSON.stringify([other, stored, await connectionState()])).not.toContain('Petugas M');
	});

	it('can be tested only by an administrator of a root unit', async () => {
		const office = await makeOffice();
		await expect(testConnection(office.actor)).rejects.toMatchObject({ name: 'NotAllowed' });
	});
});

describe('"not found" for a follow-up', () => {
	const withFollowup = async () => {
		const office = await makeOffice();
		const { row, escalation } = await forwardedCase(office);
		await deliver(escalation.id);
		await writeMessage(office.actor, row.reference, { body: 'Sedang kami bahas.', public: true });
		await followCaseEvents((await forwardNow(escalation.id)).entries);
		return escalation.id;
	};
	const notFound = { kind: 'answer', status: 404, body: '<h1>404</h1>' };
	const ofFollowup = { ...notFound, match: { endpoint: 'followup_add' } };

	it.each([
		['halts the connection', [notFound], 'wrong_address'],
		['is tried again later', [ofFollowup, { kind: '500_before' }], undefined]
	])('%s if the test call fails too, and the follow-up waits', async (_what, faults, code) => {
		const id = await withFollowup();
		await lapor.faults(faults);
		await deliver(id);
		expect(await followupsOf(id)).toMatchObject([{ state: 'waiting' }]);
		expect((await forwardNow(id)).escalation.task).toBeNull();
		expect((await haltOf())?.reason.code).toBe(code);
	});

	it('is a refusal of this follow-up if the test call succeeds', async () => {
		const id = await withFollowup();
		await lapor.faults([ofFollowup]);
		await deliver(id);
		expect(await followupsOf(id)).toMatchObject([{ state: 'rejected', reasonCode: 'gone' }]);
		expect(await haltOf()).toBeUndefined();
	});
});

const open = (endpoint: string) => db().insert(laporCircuits).values({ endpoint, failures: 5, openUntil: new Date() });

describe('the one probe of an open circuit', () => {
	it('is not used by a report whose photos are not uploaded', async () => {
		const office = await makeOffice();
		const waiting = await forwardedCase(office, {}, {}, { files: [await photo()] });
		const ready = await forwardedCase(office);
		await open('create');
		await lapor.faults([{ kind: '500_before', match: { endpoint: 'upload' } }]);
		await inMs(1000, () => deliver(waiting.escalation.id));
		await inMs(2000, () => deliver(ready.escalation.id));
		expect((await forwardNow(ready.escalation.id)).escalation.state).toBe('sent');
		const [circuit] = await db().select().from(laporCircuits).where(eq(laporCircuits.endpoint, 'create'));
		expect(circuit).toMatchObject({ failures: 0, openUntil: null });
	});

	it('goes to the next caller if it was returned without a call', async () => {
		await open('detail');
		const call = (works: boolean | undefined, during?: () => Promise<void>) =>
			throughCircuit('detail', async () => ({ works, result: await during?.() }));
		const other = async () => expect(await call(true)).toHaveProperty('openUntil');
		expect(await inMs(1000, () => call(undefined, other))).toHaveProperty('result');
		expect(await inMs(1100, () => call(false, other))).toHaveProperty('result');
	});

	it('is also required if a worker died after the fifth failure, before the circuit was opened', async () => {
		await db().insert(laporCircuits).values({ endpoint: 'lookup', failures: 5, openUntil: null });
		const failed = async () => ({ works: false, result: null });
		expect(await throughCircuit('lookup', failed)).toEqual({ result: null });
		expect(await throughCircuit('lookup', failed)).toHaveProperty('openUntil');
	});
});

describe('a test call that succeeds', () => {
	it('makes waiting follow-ups due at once', async () => {
		const office = await makeOffice();
		const admin = await makeActor([[office.unit.id, 'admin']]);
		const { row, escalation } = await forwardedCase(office);
		await deliver(escalation.id);
		await writeMessage(office.actor, row.reference, { body: 'Sedang kami bahas.', public: true });
		await followCaseEvents((await forwardNow(escalation.id)).entries);
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
	it('that responds with 405 does not halt the connection', async () => {
		overrideEnv({ LAPOR_LOOKUP: true });
		const { escalation } = await forwardedCase(await makeOffice());
		await lapor.faults([
			{ kind: 'drop_after_store', match: { endpoint: 'create' } },
			{ kind: 'answer', status: 405, match: { endpoint: 'search' } }
		]);
		await deliver(escalation.id);
		await pollOrLookUp(escalation.id);
		expect((await forwardNow(escalation.id)).escalation).toMatchObject({ state: 'unknown', lookups: 1 });
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
		const held = await forwardNow(rows[5] ?? '');
		expect(held.escalation).toMatchObject({ state: 'waiting', reasonCode: 'circuit_open', attempts: 0 });
		await lapor.faults();
		await inMs(2 * MINUTE, () => Promise.all(rows.slice(5).map((id) => deliver(id))));
		const states = await Promise.all(rows.slice(5).map(async (id) => (await forwardNow(id)).escalation.state));
		expect(states.filter((state) => state === 'sent').length).toBeGreaterThanOrEqual(1);
		await inMs(10 * MINUTE, () => Promise.all(rows.slice(5).map((id) => deliver(id))));
		const [circuit] = await db().select().from(laporCircuits).where(eq(laporCircuits.endpoint, 'create'));
		expect(circuit).toMatchObject({ failures: 0, openUntil: null });
		for (const id of rows.slice(5)) expect((await forwardNow(id)).escalation.state).toBe('sent');
	});
});

it('shows with which status LAPOR refuses the search for unknown reports', async () => {
	const { escalation } = await forwardedCase(await makeOffice());
	await lapor.faults([{ kind: 'answer', status: 500, body: '', match: { endpoint: 'create' } }]);
	await deliver(escalation.id);
	expect((await forwardNow(escalation.id)).escalation.state).toBe('unknown');
	overrideEnv({ LAPOR_LOOKUP: true });
	await lapor.faults([{ kind: 'answer', status: 404, body: '' }]);
	await pollOrLookUp(escalation.id);
	const admin = await makeActor([[(await makeUnit()).id, 'admin']]);
	expect((await troublesOfReports(admin)).lookupRefused).toBe(404);
});
