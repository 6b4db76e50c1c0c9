import { asc, eq } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { withClock } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import { escalationAttempts } from '#lib/server/db/schema/escalations.ts';
import { applyOutcome } from './apply-outcome.ts';
import { claimEscalation, renewLease } from './claim.ts';
import { sendReport } from './create.ts';
import { deliver } from './deliver.ts';
import { laporClient } from '../connection/lapor-client.ts';
import { sweepEscalations } from './sweep.ts';
import { uploadFiles } from './upload.ts';
import { useFreshDatabase } from '#lib/dev/testing/database.ts';
import { forwardedCase, makeOffice, standing, useLapor } from '#lib/dev/testing/lapor.ts';
import { phonePhoto } from '#lib/dev/testing/photos.ts';

useFreshDatabase();
const lapor = useLapor();

const MINUTE = 60_000;
const later = <T>(ms: number, work: () => Promise<T>): Promise<T> => {
	const shifted = () => new Date(Date.now() + ms);
	return withClock(shifted, work);
};
const attemptsOf = (id: string) =>
	db()
		.select()
		.from(escalationAttempts)
		.where(eq(escalationAttempts.escalationId, id))
		.orderBy(asc(escalationAttempts.id));
const photo = async (name: string) => ({ name, type: 'image/jpeg', bytes: await phonePhoto('jpeg') });

describe('a worker that dies', () => {
	const sweepAfterLease = () => later(2 * MINUTE, sweepEscalations);

	it('right after the claim, or after the photos: the row waits again and is sent once', async () => {
		const office = await makeOffice();
		const { escalation } = await forwardedCase(office, {}, {}, { files: [await photo('a.jpg')] });
		const claimed = await claimEscalation(escalation.id);
		const client = laporClient();
		if (!claimed || !client) throw new Error('not claimed');
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
		const office = await makeOffice();
		const { escalation } = await forwardedCase(office);
		const claimed = await claimEscalation(escalation.id);
		if (!claimed || !(await renewLease(claimed.escalation, { starting: true }))) throw new Error('not claimed');
		await sweepAfterLease();
		const { escalation: after, types } = await standing(escalation.id);
		expect(after).toMatchObject({ state: 'unknown', reasonCode: 'lease_lost_after_create', absentOffered: true });
		expect(types.at(-1)).toBe('escalation_unknown');
		for (const days of [1, 3]) await later(days * 24 * 60 * MINUTE, sweepEscalations);
		await later(4 * 24 * 60 * MINUTE, () => deliver(escalation.id));
		expect(await lapor.reports(escalation.reference)).toHaveLength(0);
	});

	it('before it wrote the answer down: unknown; the late answer changes nothing but is kept with the attempts', async () => {
		const office = await makeOffice();
		const { escalation } = await forwardedCase(office);
		const claimed = await claimEscalation(escalation.id);
		const client = laporClient();
		if (!claimed || !client) throw new Error('not claimed');
		const ending = await sendReport(client, claimed);
		if (!ending) throw new Error('not sent');
		await sweepAfterLease();
		expect((await standing(escalation.id)).escalation.state).toBe('unknown');
		await applyOutcome(claimed.escalation, ending);
		expect((await standing(escalation.id)).escalation).toMatchObject({ state: 'unknown', laporId: null });
		const [report] = await lapor.reports(escalation.reference);
		expect((await attemptsOf(escalation.id)).at(-1)).toMatchObject({
			outcome: 'late_accepted',
			laporId: String(report?.id)
		});
	});

	it('a lease that is renewed is no dead worker', async () => {
		const office = await makeOffice();
		const { escalation } = await forwardedCase(office);
		const claimed = await claimEscalation(escalation.id);
		if (!claimed) throw new Error('not claimed');
		await later(80_000, () => renewLease(claimed.escalation));
		await later(100_000, sweepEscalations);
		expect((await standing(escalation.id)).escalation.state).toBe('sending');
	});
});
