import { describe, expect, it } from 'vitest';
import { now, withClock } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import { laporCircuits } from '#lib/server/db/schema/lapor.ts';
import { sweepEscalations } from './sweep.ts';
import { queue } from '#lib/server/jobs/queue.ts';
import { useFreshDatabase } from '#lib/dev/testing/database.ts';
import { forwardedCase, jobsFor, makeOffice, standing, useLapor } from '#lib/dev/testing/lapor.ts';

useFreshDatabase();
useLapor();

const later = <T>(seconds: number, work: () => Promise<T>) =>
	withClock(() => new Date(Date.now() + seconds * 1000), work);
const jobsOf = (id: string) => jobsFor('escalation-deliver', id);

/** Takes every job there is and does none, as a worker that is killed at once. */
async function takeAndDie(): Promise<void> {
	while ((await queue().fetch('escalation-deliver', { batchSize: 50 })).length > 0);
}

describe('a row that is due', () => {
	it('gets another job after a lease where its first one died in the hands of a worker', async () => {
		const { escalation } = await forwardedCase(await makeOffice());
		await takeAndDie();
		await later(60, sweepEscalations);
		expect(await jobsOf(escalation.id)).toBe(1);
		await later(100, sweepEscalations);
		expect(await jobsOf(escalation.id)).toBe(2);
		await later(120, sweepEscalations);
		expect(await jobsOf(escalation.id)).toBe(2);
	});

	it('gets none while its job waits in a queue that is slow', async () => {
		const { escalation } = await forwardedCase(await makeOffice());
		await later(100, sweepEscalations);
		await later(200, sweepEscalations);
		expect(await jobsOf(escalation.id)).toBe(1);
	});
});

describe('the sweep', () => {
	it('makes a job of each row that is due and has none, and not a second one', async () => {
		const office = await makeOffice();
		const { escalation } = await forwardedCase(office);
		await sweepEscalations();
		expect(await jobsOf(escalation.id)).toBe(1);
		await later(6 * 60, sweepEscalations);
		await later(7 * 60, sweepEscalations);
		expect(await jobsOf(escalation.id)).toBe(2);
	});

	it('marks what has waited a day under a halted connection as stuck', async () => {
		const office = await makeOffice();
		const { escalation } = await forwardedCase(office);
		await db()
			.insert(laporCircuits)
			.values({ endpoint: 'connection', haltedAt: now(), haltedReason: '{"code":"forbidden"}' });
		await later(25 * 60 * 60, sweepEscalations);
		const { escalation: stuck, entries } = await standing(escalation.id);
		expect(stuck).toMatchObject({ state: 'stuck', reasonCode: 'connection_halted' });
		expect(entries.at(-1)).toMatchObject({ type: 'escalation_stuck', data: { reason: 'connection_halted' } });
		expect(await jobsOf(escalation.id)).toBe(1);
	});
});
