import { describe, expect, it } from 'vitest';
import { withClock } from '#lib/server/clock.ts';
import { overrideEnv } from '#lib/server/env.ts';
import { connectionState, haltOf, testConnection } from './connection.ts';
import { deliver } from '../delivery/deliver.ts';
import { refusedSecret } from './refused-secret.ts';
import { sweepEscalations } from '../delivery/sweep.ts';
import { useFreshDatabase } from '#lib/dev/testing/database.ts';
import { makeActor } from '#lib/dev/testing/factories.ts';
import { forwardedCase, makeOffice, standing, useLapor } from '#lib/dev/testing/lapor.ts';

useFreshDatabase();
const lapor = useLapor();

const MINUTE = 60_000;
const later = <T>(ms: number, work: () => Promise<T>): Promise<T> => withClock(() => new Date(Date.now() + ms), work);

describe('a connection set up wrongly', () => {
	it('names the settings that are missing', async () => {
		expect(await connectionState()).toMatchObject({ mode: 'api', authHeader: 'Authorization', missing: [] });
		overrideEnv({ LAPOR_TOKEN: undefined });
		expect(await connectionState()).toMatchObject({ missing: ['LAPOR_TOKEN'] });
		const office = await makeOffice();
		expect(await testConnection(await makeActor([[office.unit.id, 'admin']]))).toEqual({ ok: false });
	});

	it.each([
		['the token is not taken', { LAPOR_TOKEN: '00000000-0000-4000-8000-000000000000' }, 'token'],
		['the header has the other name', { LAPOR_AUTH_HEADER: 'auth' as const }, 'auth'],
		['the bearer is not taken', { LAPOR_BEARER: 'Bearer somebody-else' }, 'auth']
	])('%s: the test call and the alarm say which, and nothing leaves until it works', async (_what, wrong, secret) => {
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
		expect(halt?.reason).toMatchObject({ code: 'unauthorised', status: 401 });
		expect(refusedSecret(halt?.reason ?? {})).toBe(secret);
		expect((await standing(escalation.id)).escalation).toMatchObject({ state: 'waiting', createStartedAt: null });
		overrideEnv({ LAPOR_BASE_URL: `${lapor.url()}/elsewhere` });
		await testConnection(admin);
		expect((await haltOf())?.reason.code).toBe('wrong_address');
	});
});

describe('a halted connection', () => {
	it('stops as a whole with an alarm, until a test call by an administrator succeeds', async () => {
		const office = await makeOffice();
		const root = await makeActor([[office.unit.id, 'admin']]);
		const first = await forwardedCase(office);
		const second = await forwardedCase(office);
		await lapor.faults([{ kind: 'answer', status: 401, body: '{"message":"Unauthorized"}' }]);
		await deliver(first.escalation.id);
		expect((await standing(first.escalation.id)).escalation).toMatchObject({
			state: 'waiting',
			reasonCode: 'unauthorised'
		});
		expect(await haltOf()).toMatchObject({ reason: { code: 'unauthorised' } });
		await deliver(second.escalation.id);
		await later(10 * MINUTE, sweepEscalations);
		expect((await standing(second.escalation.id)).escalation).toMatchObject({ state: 'waiting', attempts: 0 });
		expect(await testConnection(root)).toMatchObject({ ok: false, reason: { code: 'unauthorised' } });
		expect(await haltOf()).toBeDefined();
		await lapor.faults();
		expect(await testConnection(root)).toMatchObject({ ok: true });
		await Promise.all([deliver(first.escalation.id), deliver(second.escalation.id)]);
		expect((await standing(first.escalation.id)).escalation.state).toBe('sent');
		expect((await standing(second.escalation.id)).escalation.state).toBe('sent');
	});

	it('is tested by an administrator of a root unit only', async () => {
		const office = await makeOffice();
		await expect(testConnection(office.actor)).rejects.toMatchObject({ name: 'NotAllowed' });
	});
});
