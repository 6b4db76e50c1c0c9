import { eq } from 'drizzle-orm';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { answerCase } from '#lib/server/cases/answers/answer.ts';
import { now } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import { settings } from '#lib/server/db/schema/settings.ts';
import { overrideEnv } from '#lib/server/env.ts';
import { markForwardsUnknown } from './after-restore.ts';
import { deliver } from './delivery/deliver.ts';
import { resolveEscalation } from './decisions.ts';
import { sweepEscalations } from './delivery/sweep.ts';
import { followCaseEvents } from './followups/followups.ts';
import { RESTORED } from '#lib/server/outgoing-hold.ts';
import { followupsOf } from '#lib/dev/testing/forwarding/world.ts';
import { forwardedCase, jobsFor, makeOffice, forwardNow, useLapor } from '#lib/dev/testing/lapor.ts';

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

test('during the hold no forward is sent or enqueued; after the release it is sent', async () => {
	await hold();
	const { escalation } = await forwardedCase(office);
	const jobs = await jobsFor('escalation-deliver', escalation.id);
	await deliver(escalation.id);
	await sweepEscalations();
	expect(await lapor.reports(escalation.reference)).toEqual([]);
	expect((await forwardNow(escalation.id)).escalation.state).toBe('waiting');
	expect(await jobsFor('escalation-deliver', escalation.id)).toBe(jobs);
	await release();
	await deliver(escalation.id);
	expect((await forwardNow(escalation.id)).escalation.state).toBe('sent');
});

test('a forward that waited in the backup becomes unknown, and only a decision of a person sends it again', async () => {
	const { escalation } = await forwardedCase(office);
	expect(await markForwardsUnknown([])).toMatchObject({ forwards: 1 });
	const doubted = await forwardNow(escalation.id);
	expect(doubted.escalation).toMatchObject({ state: 'unknown', reasonCode: 'restored', absentOffered: true });
	expect(doubted.row.escalationState).toBe('unknown');
	expect(doubted.types.at(-1)).toBe('escalation_unknown');
	await deliver(escalation.id);
	await sweepEscalations();
	expect(await lapor.reports(escalation.reference)).toEqual([]);
	await resolveEscalation(office.actor, escalation.id, { outcome: 'absent', reason: 'Tidak ada di SP4N-LAPOR!' });
	await deliver(escalation.id);
	expect((await forwardNow(escalation.id)).escalation.state).toBe('sent');
	expect(await markForwardsUnknown([])).toMatchObject({ forwards: 0 });
});

test('a waiting forward in manual mode becomes unknown too', async () => {
	overrideEnv({ LAPOR_MODE: 'manual' });
	const { escalation } = await forwardedCase(office);
	await markForwardsUnknown([]);
	expect((await forwardNow(escalation.id)).escalation).toMatchObject({
		mode: 'manual',
		state: 'unknown',
		nextLookupAt: null
	});
	await resolveEscalation(office.actor, escalation.id, { outcome: 'absent', reason: 'Belum dimasukkan.' });
	expect((await forwardNow(escalation.id)).escalation.state).toBe('waiting');
});

test('a follow-up whose job had not run in the backup becomes unknown, and is not sent again', async () => {
	const suggestion = { kind: 'suggestion', body: 'Sebaiknya ada kursi tambahan di ruang tunggu.' };
	const { row, escalation } = await forwardedCase(office, {}, suggestion);
	await deliver(escalation.id);
	const { version } = (await forwardNow(escalation.id)).row;
	await answerCase(office.actor, row.reference, { body: 'Kursi sudah ditambah sepuluh.', version });
	expect(await markForwardsUnknown([{ caseId: row.id }])).toMatchObject({ followups: 1 });
	await followCaseEvents((await forwardNow(escalation.id)).entries);
	await deliver(escalation.id);
	expect(await followupsOf(escalation.id)).toMatchObject([{ state: 'unknown', reasonCode: 'restored' }]);
	expect((await lapor.reports(escalation.reference))[0]?.followups).toEqual([]);
});

test('an event of a case that was deleted does not stop the restore', async () => {
	expect(await markForwardsUnknown([{ caseId: 999_999 }])).toEqual({ forwards: 0, followups: 0 });
});
