import { describe, expect, it } from 'vitest';
import { withClock } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import { attemptsOf } from '../attempts.ts';
import { laporClient } from '../connection/lapor-client.ts';
import { filesOf } from '../forward/files.ts';
import { claimEscalation, renewLease, applyOutcome, deliver, sendReport, uploadFiles } from './deliver.ts';
import { sweepEscalations } from './sweep.ts';
import { useFreshDatabase } from '#lib/dev/testing/database.ts';
import { forwardedCase, later, makeOffice, MINUTE, photo, standing, useLapor } from '#lib/dev/testing/lapor.ts';

useFreshDatabase();
const lapor = useLapor();

/** Claims a forward, as a worker that the test then lets die or be slow. */
async function claim(id: string) {
	const claimed = await claimEscalation(id);
	const client = laporClient();
	if (!claimed || !client) throw new Error('not claimed');
	return { claimed, client };
}

describe('a worker that dies', () => {
	const sweepAfterLease = () => later(2 * MINUTE, sweepEscalations);

	it('right after the claim, or after the photos: the row waits again and is sent once', async () => {
		const { escalation } = await forwardedCase(await makeOffice(), {}, {}, { files: [await photo('a.jpg')] });
		const { claimed, client } = await claim(escalation.id);
		expect((await standing(escalation.id)).row.escalationState).toBe('sending');
		await uploadFiles(client, claimed.escalation);
		await sweepAfterLease();
		const back = await standing(escalation.id);
		expect(back.escalation).toMatchObject({ state: 'waiting', reasonCode: 'lease_lost_before_create' });
		expect(await renewLease(claimed.escalation, { starting: true })).toBe(false);
		await later(5 * MINUTE, () => deliver(escalation.id));
		expect(await lapor.reports(escalation.reference)).toHaveLength(1);
		const files = (await attemptsOf(escalation.id)).filter(({ step }) => step === 'upload');
		expect(files).toHaveLength(1);
	});

	it('after the create began: the row is unknown and never sent by itself', async () => {
		const { escalation } = await forwardedCase(await makeOffice());
		const { claimed } = await claim(escalation.id);
		expect(await renewLease(claimed.escalation, { starting: true })).toBe(true);
		await sweepAfterLease();
		const { escalation: after, types } = await standing(escalation.id);
		expect(after).toMatchObject({ state: 'unknown', reasonCode: 'lease_lost_after_create', absentOffered: true });
		expect(types.at(-1)).toBe('escalation_unknown');
		for (const days of [1, 3]) await later(days * 24 * 60 * MINUTE, sweepEscalations);
		await later(4 * 24 * 60 * MINUTE, () => deliver(escalation.id));
		expect(await lapor.reports(escalation.reference)).toHaveLength(0);
	});

	it('before it wrote the answer down: unknown; the late answer changes nothing but is kept with the attempts', async () => {
		const { escalation } = await forwardedCase(await makeOffice());
		const { claimed, client } = await claim(escalation.id);
		const ending = await sendReport(client, claimed);
		if (!ending) throw new Error('not sent');
		await sweepAfterLease();
		expect((await standing(escalation.id)).escalation.state).toBe('unknown');
		await applyOutcome(claimed.escalation, ending);
		expect((await standing(escalation.id)).escalation).toMatchObject({ state: 'unknown', laporId: null });
		const [report] = await lapor.reports(escalation.reference);
		expect((await attemptsOf(escalation.id))[0]).toMatchObject({
			outcome: 'late_accepted',
			laporId: String(report?.id)
		});
	});

	it('a lease that is renewed is no dead worker', async () => {
		const { escalation } = await forwardedCase(await makeOffice());
		const { claimed } = await claim(escalation.id);
		await later(80_000, () => renewLease(claimed.escalation));
		await later(100_000, sweepEscalations);
		expect((await standing(escalation.id)).escalation.state).toBe('sending');
	});
});

describe('a lease', () => {
	it('whose renewal came back too late is lost: nothing may be called', async () => {
		const { escalation } = await forwardedCase(await makeOffice());
		const { claimed } = await claim(escalation.id);
		const begun = Date.now();
		// The machine stands still for three minutes while the database answers.
		const clock = () => new Date(Date.now() + (Date.now() - begun > 300 ? 3 * MINUTE : 0));
		const renewed = withClock(clock, () => renewLease(claimed.escalation, { starting: true }));
		while (Date.now() - begun <= 320);
		expect(await renewed).toBe(false);
	});
});

/** Two workers upload the photo of a claimed report; the first hears its answer only after the second has ended. */
async function uploadTwice() {
	const { escalation } = await forwardedCase(await makeOffice(), {}, {}, { files: [await photo()] });
	const { claimed, client } = await claim(escalation.id);
	const wait = Promise.withResolvers<void>();
	const heard = Promise.withResolvers<void>();
	const slow = {
		...client,
		uploadFiles: async (sent: Parameters<typeof client.uploadFiles>[0]) => {
			const seen = await client.uploadFiles(sent);
			heard.resolve();
			await wait.promise;
			return seen;
		}
	};
	const first = uploadFiles(slow, claimed.escalation);
	await heard.promise;
	const second = await uploadFiles(client, claimed.escalation);
	wait.resolve();
	return { first: await first, second, kept: (await filesOf(db(), escalation.id))[0] };
}

describe('a photo that two workers upload at once', () => {
	it('has one id that counts, the first that was written down, and both go on with it', async () => {
		const { first, second, kept } = await uploadTwice();
		expect(first).toEqual(second);
		expect(second).toEqual({ outcome: 'ready', fileIds: [kept?.remoteId] });
	});

	it('does not stay behind where LAPOR took it from one of them', async () => {
		await lapor.faults([{ kind: 'answer', status: 413, match: { endpoint: 'upload' }, count: 1 }]);
		const { first, second, kept } = await uploadTwice();
		expect(first).toEqual(second);
		expect(kept).toMatchObject({ leftOut: null, remoteId: expect.stringMatching(/^\d+$/) });
	});
});
