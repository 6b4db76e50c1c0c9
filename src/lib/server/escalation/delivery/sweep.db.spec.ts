import { eq, sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { writeMessage } from '#lib/server/cases/conversation/message.ts';
import { now } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { escalationFollowups } from '#lib/server/db/schema/escalations.ts';
import { laporCircuits } from '#lib/server/db/schema/lapor.ts';
import { followCaseEvents } from '../followups/followups.ts';
import { deliver } from './deliver.ts';
import { claimEscalation } from './lease.ts';
import { sweepEscalations } from './sweep.ts';
import { queue } from '#lib/server/jobs/queue.ts';
import {
	forwardedCase,
	HOUR,
	jobsFor,
	inMs,
	makeOffice,
	MINUTE,
	forwardNow,
	useLapor
} from '#lib/dev/testing/lapor.ts';

useLapor();

const jobsOf = (id: string) => jobsFor('escalation-deliver', id);

describe('the sweep', () => {
	it('enqueues a due row once while its job waits in the queue, and again after the job was lost', async () => {
		const { escalation } = await forwardedCase(await makeOffice());
		for (const minutes of [0, 2, 60]) await inMs(minutes * MINUTE, sweepEscalations);
		expect(await jobsOf(escalation.id)).toBe(1);
		// A worker fetches all jobs and is killed before it runs any.
		while ((await queue().fetch('escalation-deliver', { batchSize: 50 })).length > 0);
		await sweepEscalations();
		await sweepEscalations();
		expect(await jobsOf(escalation.id)).toBe(2);
	});

	it('enqueues a due follow-up only after the restriction of processing has ended', async () => {
		const { actor, unit } = await makeOffice();
		const { escalation, row } = await forwardedCase({ actor, unit });
		await deliver(escalation.id);
		await writeMessage(actor, row.reference, { body: 'Sedang kami bahas.', public: true });
		const restrict = (processingRestrictedAt: Date | null) =>
			db().update(cases).set({ processingRestrictedAt }).where(eq(cases.id, row.id));
		await followCaseEvents((await forwardNow(escalation.id)).entries);
		while ((await queue().fetch('escalation-deliver', { batchSize: 50 })).length > 0);
		const jobs = await jobsOf(escalation.id);
		await restrict(now());
		await sweepEscalations();
		expect(await jobsOf(escalation.id)).toBe(jobs);
		await restrict(null);
		await sweepEscalations();
		expect(await jobsOf(escalation.id)).toBe(jobs + 1);
	});

	it('goes on after rows that can’t be changed', async () => {
		const office = await makeOffice();
		const ids: string[] = [];
		while (ids.length < 4) ids.push((await forwardedCase(office)).escalation.id);
		const [brokenClaim = '', claim = '', brokenWait = '', waiting = ''] = ids;
		for (const escalationId of [brokenClaim, claim]) {
			await claimEscalation(escalationId);
			const sending = { seq: 1, eventSeq: 1, part: 1, source: 'message', content: 'Kabar.', state: 'sending' };
			await db()
				.insert(escalationFollowups)
				.values({ ...sending, escalationId, startedAt: now(), createdAt: now() });
		}
		while ((await queue().fetch('escalation-deliver', { batchSize: 50 })).length > 0);
		await db().execute(sql`create function refuse() returns trigger language plpgsql as
			$$ begin raise exception 'cannot be changed'; end $$`);
		await db().execute(sql`create trigger refuses before update on escalations for each row
			when (old.id in (${sql.raw(`'${brokenClaim}', '${brokenWait}'`)})) execute function refuse()`);
		await inMs(25 * HOUR, sweepEscalations);
		await db().execute(sql`drop function refuse cascade`);
		const states = ids.map(async (id) => (await forwardNow(id)).escalation.state);
		expect(await Promise.all(states)).toEqual(['sending', 'stuck', 'waiting', 'stuck']);
		const followups = await db().select().from(escalationFollowups);
		const stateOf = (id: string) => followups.find(({ escalationId }) => escalationId === id)?.state;
		expect([stateOf(brokenClaim), stateOf(claim)]).toEqual(['sending', 'unknown']);
		expect(await jobsOf(waiting)).toBe(2);
	});

	it('marks a row as stuck that has waited a day because the connection is halted', async () => {
		const { escalation } = await forwardedCase(await makeOffice());
		await db()
			.insert(laporCircuits)
			.values({ endpoint: 'connection', haltedAt: now(), haltedReason: '{"code":"forbidden"}' });
		await inMs(25 * HOUR, sweepEscalations);
		const { escalation: stuck, entries } = await forwardNow(escalation.id);
		expect(stuck).toMatchObject({ state: 'stuck', reasonCode: 'connection_halted' });
		expect(entries.at(-1)).toMatchObject({ type: 'escalation_stuck', data: { reason: 'connection_halted' } });
		expect(await jobsOf(escalation.id)).toBe(1);
	});
});
