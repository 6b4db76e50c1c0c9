import { eq } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { withClock } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { escalationAttempts } from '#lib/server/db/schema/escalations.ts';
import { overrideEnv } from '#lib/server/env.ts';
import { attemptsOf } from '../call-log.ts';
import { laporClient } from '../connection/lapor-client.ts';
import { filesOf } from '../forward/files.ts';
import { deliver, sendReport } from './deliver.ts';
import { claimEscalation, renewLease, startCreate } from './lease.ts';
import { sweepEscalations } from './sweep.ts';
import { uploadFiles } from './upload.ts';
import { pollOrLookUp } from '../tracking/poll.ts';
import { escalationView } from '../view.ts';
import { forwardedCase, inMs, makeOffice, MINUTE, photo, forwardNow, useLapor } from '#lib/dev/testing/lapor.ts';

const lapor = useLapor();

/** Claims a forward for a worker that then dies or is slow. */
async function claim(id: string) {
	const claimed = await claimEscalation(id);
	const client = laporClient();
	if (!claimed || !client) throw new Error('not claimed');
	return { claimed, client };
}

describe('a worker that dies or is slow', () => {
	const sweepAfterLease = () => inMs(2 * MINUTE, sweepEscalations);

	it('after uploading the photos: the row waits again, and report and photos are sent once', async () => {
		const { escalation } = await forwardedCase(await makeOffice(), {}, {}, { files: [await photo('a.jpg')] });
		const { claimed, client } = await claim(escalation.id);
		expect((await forwardNow(escalation.id)).row.escalationState).toBe('sending');
		await uploadFiles(client, claimed);
		await sweepAfterLease();
		const back = await forwardNow(escalation.id);
		expect(back.escalation).toMatchObject({ state: 'waiting', reasonCode: 'lease_lost_before_create' });
		expect(await startCreate(claimed)).toBe(false);
		await inMs(5 * MINUTE, () => deliver(escalation.id));
		expect(await lapor.reports(escalation.reference)).toHaveLength(1);
		const files = (await attemptsOf(escalation.id)).filter(({ step }) => step === 'upload');
		expect(files).toHaveLength(1);
	});

	it('after the create started: the row becomes unknown and is never sent automatically', async () => {
		const { escalation } = await forwardedCase(await makeOffice());
		const { claimed } = await claim(escalation.id);
		expect(await startCreate(claimed)).toBe(true);
		await sweepAfterLease();
		const { escalation: after, types } = await forwardNow(escalation.id);
		expect(after).toMatchObject({ state: 'unknown', reasonCode: 'lease_lost_after_create', absentOffered: true });
		expect(types.at(-1)).toBe('escalation_unknown');
		for (const days of [1, 3]) await inMs(days * 24 * 60 * MINUTE, sweepEscalations);
		await inMs(4 * 24 * 60 * MINUTE, () => deliver(escalation.id));
		expect(await lapor.reports(escalation.reference)).toHaveLength(0);
	});

	it('before it stored the response: the row becomes unknown, and the late response is stored only as an attempt', async () => {
		const office = await makeOffice();
		const { escalation } = await forwardedCase(office);
		const { claimed, client } = await claim(escalation.id);
		const createComplaint = async (report: Parameters<typeof client.createComplaint>[0]) => {
			const seen = await client.createComplaint(report);
			await sweepAfterLease();
			expect((await forwardNow(escalation.id)).escalation.state).toBe('unknown');
			return seen;
		};
		await sendReport({ ...client, createComplaint }, claimed);
		expect((await forwardNow(escalation.id)).escalation).toMatchObject({ state: 'unknown', laporId: null });
		const [report] = await lapor.reports(escalation.reference);
		const laporId = String(report?.id);
		expect((await attemptsOf(escalation.id))[0]).toMatchObject({ outcome: 'late_accepted', laporId });
		// A search that does not find the report yet does not send it again.
		overrideEnv({ LAPOR_LOOKUP: true });
		const body = '{"results":{"data":[]}}';
		await lapor.faults([{ kind: 'answer', status: 200, body }]);
		for (const minutes of [20, 90]) await inMs(minutes * MINUTE, () => pollOrLookUp(escalation.id));
		expect((await forwardNow(escalation.id)).escalation).toMatchObject({ state: 'unknown', lookups: 2 });
		const many = { escalationId: escalation.id, step: 'lookup', fence: 1, startedAt: new Date(), outcome: 'unclear' };
		await db().insert(escalationAttempts).values(Array(100).fill(many));
		const view = await escalationView(office.actor, escalation.id);
		expect(view).toMatchObject({ lateNumber: laporId, lastCreate: { outcome: 'late_accepted' } });
	});

	it('does not send a report whose category became integrity during the uploads', async () => {
		const { escalation } = await forwardedCase(await makeOffice());
		const { claimed, client } = await claim(escalation.id);
		await db().update(cases).set({ category: 'integrity' }).where(eq(cases.id, escalation.caseId));
		expect(await sendReport(client, claimed)).toBeUndefined();
		await sweepAfterLease();
		await inMs(5 * MINUTE, () => deliver(escalation.id));
		expect(await lapor.reports(escalation.reference)).toEqual([]);
		expect((await forwardNow(escalation.id)).escalation).toMatchObject({ state: 'closed', reasonCode: 'integrity' });
	});

	it('keeps its row if it renews the lease', async () => {
		const { escalation } = await forwardedCase(await makeOffice());
		const { claimed } = await claim(escalation.id);
		await inMs(80_000, () => renewLease(claimed.escalation));
		await inMs(100_000, sweepEscalations);
		expect((await forwardNow(escalation.id)).escalation.state).toBe('sending');
	});
});

describe('a lease', () => {
	it('is lost if the renewal returns after the new lease has expired', async () => {
		const { escalation } = await forwardedCase(await makeOffice());
		const { claimed } = await claim(escalation.id);
		let ahead = 0;
		const clock = () => new Date(Date.now() + ahead);
		const renewed = withClock(clock, () => startCreate(claimed));
		// The clock moves on by three minutes while the database works.
		ahead = 3 * MINUTE;
		expect(await renewed).toBe(false);
	});
});

/** Two workers upload the photo of a claimed report. The first receives its response only after the second has ended. */
async function uploadTwice() {
	const { escalation } = await forwardedCase(await makeOffice(), {}, {}, { files: [await photo()] });
	const { claimed, client } = await claim(escalation.id);
	const wait = Promise.withResolvers<void>();
	const responded = Promise.withResolvers<void>();
	const slow = {
		...client,
		uploadFile: async (sent: Parameters<typeof client.uploadFile>[0]) => {
			const seen = await client.uploadFile(sent);
			responded.resolve();
			await wait.promise;
			return seen;
		}
	};
	const first = uploadFiles(slow, claimed);
	await responded.promise;
	const second = await uploadFiles(client, claimed);
	wait.resolve();
	return { first: await first, second, kept: (await filesOf(db(), escalation.id))[0] };
}

describe('a photo that two workers upload at once', () => {
	it('has the id that was stored first, and both workers use it', async () => {
		const { first, second, kept } = await uploadTwice();
		expect(first).toEqual(second);
		expect(second).toEqual({ kind: 'ready', fileIds: [kept?.remoteId] });
	});

	it('is sent if LAPOR accepted it from one of them', async () => {
		await lapor.faults([{ kind: 'answer', status: 413, match: { endpoint: 'upload' }, count: 1 }]);
		const { first, second, kept } = await uploadTwice();
		expect(first).toEqual(second);
		expect(kept).toMatchObject({ leftOut: null, remoteId: expect.stringMatching(/^\d+$/) });
	});
});
