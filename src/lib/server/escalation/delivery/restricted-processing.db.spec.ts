import { eq } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import {
	forwardedCase,
	forwardNow,
	HOUR,
	jobsFor,
	inMs,
	makeOffice,
	MINUTE,
	photo,
	useLapor
} from '#lib/dev/testing/lapor.ts';
import { now } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { escalations } from '#lib/server/db/schema/escalations.ts';
import { queue } from '#lib/server/jobs/queue.ts';
import { laporClient } from '../connection/lapor-client.ts';
import { digestFacts } from '../digest-facts.ts';
import { countTodo, stateFigures } from '../list.ts';
import { escalationView } from '../view.ts';
import { deliver, sendReport } from './deliver.ts';
import { claimEscalation } from './lease.ts';
import { sweepEscalations } from './sweep.ts';

const lapor = useLapor();

/** A waiting forward without a job in the queue, and a function that restricts the processing of its case, or ends that. */
async function waitingForward() {
	const office = await makeOffice();
	const { row, escalation } = await forwardedCase(office);
	while ((await queue().fetch('escalation-deliver', { batchSize: 50 })).length > 0);
	const restrict = (processingRestrictedAt: Date | null) =>
		db().update(cases).set({ processingRestrictedAt }).where(eq(cases.id, row.id));
	return { ...escalation, actor: office.actor, restrict, jobs: () => jobsFor('escalation-deliver', escalation.id) };
}

describe('while processing is restricted at the reporter’s request', () => {
	it('a waiting report is not sent and does not become stuck; it is sent once the restriction has ended', async () => {
		const { id, reference, actor, restrict, jobs } = await waitingForward();
		const { escalation: before, entries } = await forwardNow(id);
		await restrict(now());
		const jobsBefore = await jobs();
		await inMs(25 * HOUR, sweepEscalations);
		await inMs(25 * HOUR, () => deliver(id));
		expect(await jobs()).toBe(jobsBefore);
		expect(await lapor.reports(reference)).toEqual([]);
		expect(await forwardNow(id)).toMatchObject({ escalation: before, entries });
		expect(await escalationView(actor, id)).toMatchObject({ reason: { code: 'processing_restricted' } });

		await restrict(null);
		await sweepEscalations();
		expect(await jobs()).toBe(jobsBefore + 1);
		await deliver(id);
		expect(await lapor.reports(reference)).toHaveLength(1);
		expect((await forwardNow(id)).escalation.state).toBe('sent');
	});

	it('a report that was stuck before is not work for people until the restriction ends', async () => {
		const { id, actor, restrict } = await waitingForward();
		await inMs(-25 * HOUR, () => db().update(escalations).set({ waitingSince: now() }).where(eq(escalations.id, id)));
		await sweepEscalations();
		const stuck = async () => (await stateFigures()).find(({ state }) => state === 'stuck');
		expect(await countTodo(actor)).toBe(1);
		expect((await digestFacts(actor)).groups).toMatchObject({ stuck: { count: 1 } });
		expect(await stuck()).toMatchObject({ count: 1, restricted: 0 });
		await restrict(now());
		expect(await countTodo(actor)).toBe(0);
		const { groups } = await digestFacts(actor);
		expect(groups).toMatchObject({ waiting: { count: 1, rows: [{ reason: 'processing_restricted' }] } });
		expect(Object.keys(groups)).toEqual(['waiting']);
		expect(await stuck()).toMatchObject({ count: 1, restricted: 1 });
	});

	it('no further photo is uploaded if the restriction begins after the first one', async () => {
		const files = [await photo('a.jpg'), await photo('b.jpg')];
		const { row, escalation } = await forwardedCase(await makeOffice(), {}, {}, { files });
		const [claimed, client] = [await claimEscalation(escalation.id), laporClient()];
		if (!claimed || !client) throw new Error('not claimed');
		let uploads = 0;
		const uploadFile: typeof client.uploadFile = async (file) => {
			uploads += 1;
			const seen = await client.uploadFile(file);
			await db().update(cases).set({ processingRestrictedAt: now() }).where(eq(cases.id, row.id));
			return seen;
		};
		expect(await sendReport({ ...client, uploadFile }, claimed)).toBeUndefined();
		expect(uploads).toBe(1);
		expect((await forwardNow(escalation.id)).escalation).toMatchObject({ state: 'waiting', leaseUntil: null });
	});

	it('a report is not sent if the restriction begins during the uploads', async () => {
		const { id, reference, restrict } = await waitingForward();
		const claimed = await claimEscalation(id);
		const client = laporClient();
		await restrict(now());
		expect(claimed && client && (await sendReport(client, claimed))).toBeUndefined();
		const untried = { state: 'waiting', attempts: 0, failures: 0, reasonCode: null, leaseUntil: null };
		const { escalation, types } = await forwardNow(id);
		expect(escalation).toMatchObject(untried);
		expect(types.at(-1)).toBe('escalation_waiting');
		await inMs(2 * MINUTE, sweepEscalations);
		await inMs(5 * MINUTE, () => deliver(id));
		expect(await lapor.reports(reference)).toEqual([]);
		expect((await forwardNow(id)).escalation.state).toBe('waiting');
		await restrict(null);
		await inMs(5 * MINUTE, () => deliver(id));
		expect(await lapor.reports(reference)).toHaveLength(1);
	});
});
