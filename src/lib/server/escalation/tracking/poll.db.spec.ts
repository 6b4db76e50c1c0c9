import { eq } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { db } from '#lib/server/db/index.ts';
import { escalationAttempts, escalations } from '#lib/server/db/schema/escalations.ts';
import { overrideEnv } from '#lib/server/env.ts';
import { attemptsOf } from '../attempts.ts';
import { haltOf } from '../connection/connection.ts';
import { receive } from './receive.ts';
import { sweepEscalations } from '../delivery/sweep.ts';
import { useFreshDatabase } from '#lib/dev/testing/database.ts';
import { HOUR, jobsFor, later, MINUTE, sentReport, standing, useLapor } from '#lib/dev/testing/lapor.ts';

useFreshDatabase();
const lapor = useLapor();

describe('the clock of polling', () => {
	it('asks when due, with a job of its own that is not made twice', async () => {
		const { id } = await sentReport(lapor);
		await sweepEscalations();
		expect(await jobsFor('escalation-receive', id)).toBe(0);
		await later(16 * MINUTE, sweepEscalations);
		await later(17 * MINUTE, sweepEscalations);
		expect(await jobsFor('escalation-receive', id)).toBe(1);
	});

	it('waits an hour after an error, keeps what is known, and writes the error down', async () => {
		const { id } = await sentReport(lapor);
		await receive(id);
		await lapor.faults([{ kind: '500_before', match: { endpoint: 'followups' } }]);
		await receive(id);
		const { escalation } = await standing(id);
		expect(escalation.laporStatus).toBe('Belum Terverifikasi');
		expect((escalation.nextPollAt?.getTime() ?? 0) - Date.now()).toBeGreaterThan(53 * MINUTE);
		const [attempt] = await db().select().from(escalationAttempts).where(eq(escalationAttempts.step, 'followups'));
		expect(attempt).toMatchObject({ outcome: 'retry', httpStatus: 500, reasonCode: 'server_error' });
	});

	it('a report whose follow-ups are "not found" has none; its status counts', async () => {
		const { id, move } = await sentReport(lapor);
		await move('Dalam Proses');
		await lapor.faults([{ kind: 'answer', status: 404, body: '{}', match: { endpoint: 'followups' } }]);
		await receive(id);
		expect((await standing(id)).escalation).toMatchObject({ laporStatus: 'Dalam Proses', task: null });
	});

	it('waits as long as the service asks it to', async () => {
		const { id } = await sentReport(lapor);
		overrideEnv({ LAPOR_POLL_CAPPED: true, LAPOR_POLL_SECONDS: 60 });
		await lapor.faults([{ kind: '429', retryAfter: '3600', match: { endpoint: 'detail' } }]);
		await receive(id);
		const { escalation } = await standing(id);
		expect((escalation.nextPollAt?.getTime() ?? 0) - Date.now()).toBeGreaterThan(59 * MINUTE);
	});

	it('a number that LAPOR knows no more is a task', async () => {
		const { id } = await sentReport(lapor);
		await db().update(escalations).set({ laporId: '99999999' }).where(eq(escalations.id, id));
		await receive(id);
		expect((await standing(id)).escalation).toMatchObject({ state: 'sent', task: 'gone' });
	});

	it('one report that may not be read is a task of its own and stops nothing else', async () => {
		const { id, move } = await sentReport(lapor);
		await lapor.faults([
			{ kind: 'answer', status: 403, body: '{"message":"Bukan milik Anda"}', match: { endpoint: 'detail' } }
		]);
		await receive(id);
		expect(await haltOf()).toBeUndefined();
		expect((await standing(id)).escalation).toMatchObject({ state: 'sent', task: 'hidden' });
		const [attempt] = await attemptsOf(id);
		expect(attempt).toMatchObject({ outcome: 'retry', httpStatus: 403, reasonCode: 'forbidden' });
		await lapor.faults();
		await move('Dalam Proses');
		await receive(id);
		expect((await standing(id)).escalation).toMatchObject({ laporStatus: 'Dalam Proses', task: null });
		// Where the smallest call is refused as well, it is the connection.
		await lapor.faults([{ kind: 'answer', status: 403, body: '{}' }]);
		await receive(id);
		expect(await haltOf()).toMatchObject({ reason: { code: 'forbidden' } });
	});

	it.each([
		['detail', '{"results":{"data":null}}'],
		['detail', '{"results":{"data":[]}}'],
		['followups', '{"results":{"data":{"a":1}}}']
	])('%s of another shape, %s, is written down as what cannot be read', async (endpoint, body) => {
		const { id } = await sentReport(lapor);
		await lapor.faults([{ kind: 'answer', status: 200, body, match: { endpoint } }]);
		await receive(id);
		expect((await attemptsOf(id))[0]).toMatchObject({ step: endpoint, outcome: 'retry', reasonCode: 'unreadable' });
		expect(((await standing(id)).escalation.nextPollAt?.getTime() ?? 0) - Date.now()).toBeGreaterThan(53 * MINUTE);
	});

	it('takes what no index and no database would: endless ids and names, odd keys', async () => {
		const { id } = await sentReport(lapor);
		const long = 'x'.repeat(6000);
		const detail = { results: { data: { status_name: `Dalam Proses ${long}`, 'a\u0000b': 1, status_logs: [] } } };
		const followups = {
			results: {
				data: [
					{ id: long, content: 'Kabar pertama' },
					{ id: `${long}y`, content: 'Kedua' }
				]
			}
		};
		await lapor.faults([
			{ kind: 'answer', status: 200, body: JSON.stringify(detail), match: { endpoint: 'detail' } },
			{ kind: 'answer', status: 200, body: JSON.stringify(followups), match: { endpoint: 'followups' } }
		]);
		await receive(id);
		await receive(id);
		const { types, escalation } = await standing(id);
		expect(types.filter((type) => type === 'escalation_followup')).toHaveLength(2);
		expect(escalation).toMatchObject({ task: 'status_unmapped' });
		expect(escalation.taskText).toHaveLength(200);
	});

	it('goes on daily for ten days after the end, then stops; LAPOR_POLL_SECONDS caps it', async () => {
		const { id, move } = await sentReport(lapor);
		await move('Diarsipkan');
		await receive(id);
		const wait = async () => ((await standing(id)).escalation.nextPollAt?.getTime() ?? 0) - Date.now();
		expect(await wait()).toBeGreaterThan(21 * HOUR);
		overrideEnv({ LAPOR_POLL_CAPPED: true, LAPOR_POLL_SECONDS: 60 });
		await receive(id);
		expect(await wait()).toBeLessThanOrEqual(MINUTE);
		await later(241 * HOUR, () => receive(id));
		expect((await standing(id)).escalation.nextPollAt).toBeNull();
	});
});
