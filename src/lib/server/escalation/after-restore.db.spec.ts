import { eq } from 'drizzle-orm';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { now } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import { settings } from '#lib/server/db/schema/settings.ts';
import { overrideEnv } from '#lib/server/env.ts';
import { doubtForwards } from './after-restore.ts';
import { deliver } from './delivery/deliver.ts';
import { resolveEscalation } from './decisions.ts';
import { sweepEscalations } from './delivery/sweep.ts';
import { RESTORED } from '#lib/server/outgoing-hold.ts';
import { useFreshDatabase } from '#lib/dev/testing/database.ts';
import { forwardedCase, jobsFor, makeOffice, standing, useLapor } from '#lib/dev/testing/lapor.ts';

useFreshDatabase();
const lapor = useLapor();

let office: Awaited<ReturnType<typeof makeOffice>>;
beforeAll(async () => {
	office = await makeOffice();
});
beforeEach(async () => {
	await db().delete(settings).where(eq(settings.key, RESTORED));
});

const hold = () =>
	db()
		.insert(settings)
		.values({ key: RESTORED, value: { from: now().toISOString(), at: now().toISOString(), releasedAt: null } });
const release = () => db().delete(settings).where(eq(settings.key, RESTORED));

test('while everything is held no forward leaves and none is given a job; afterwards it goes', async () => {
	await hold();
	const { escalation } = await forwardedCase(office);
	const jobs = await jobsFor('escalation-deliver', escalation.id);
	await deliver(escalation.id);
	await sweepEscalations();
	expect(await lapor.reports(escalation.reference)).toEqual([]);
	expect((await standing(escalation.id)).escalation.state).toBe('waiting');
	expect(await jobsFor('escalation-deliver', escalation.id)).toBe(jobs);
	await release();
	await deliver(escalation.id);
	expect((await standing(escalation.id)).escalation.state).toBe('sent');
});

test('what a backup saw waiting is unknown, told on the timeline, and goes again by a person’s word alone', async () => {
	const { escalation } = await forwardedCase(office);
	expect(await doubtForwards()).toMatchObject({ forwards: 1 });
	const doubted = await standing(escalation.id);
	expect(doubted.escalation).toMatchObject({ state: 'unknown', reasonCode: 'restored', absentOffered: true });
	expect(doubted.row.escalationState).toBe('unknown');
	expect(doubted.types.at(-1)).toBe('escalation_unknown');
	await deliver(escalation.id);
	await sweepEscalations();
	expect(await lapor.reports(escalation.reference)).toEqual([]);
	await resolveEscalation(office.actor, escalation.id, { outcome: 'absent', reason: 'Tidak ada di SP4N-LAPOR!' });
	await deliver(escalation.id);
	expect((await standing(escalation.id)).escalation.state).toBe('sent');
	expect(await doubtForwards()).toMatchObject({ forwards: 0 });
});

test('a report entered by hand that waited for its number is asked about as well', async () => {
	overrideEnv({ LAPOR_MODE: 'manual' });
	const { escalation } = await forwardedCase(office);
	await doubtForwards();
	expect((await standing(escalation.id)).escalation).toMatchObject({ mode: 'manual', state: 'unknown' });
	await resolveEscalation(office.actor, escalation.id, { outcome: 'absent', reason: 'Belum dimasukkan.' });
	expect((await standing(escalation.id)).escalation.state).toBe('waiting');
});
