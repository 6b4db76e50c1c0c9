import { eq } from 'drizzle-orm';
import { expect, it } from 'vitest';
import { db } from '#lib/server/db/index.ts';
import { escalations } from '#lib/server/db/schema/escalations.ts';
import { forwardedCase, forwardNow, HOUR, inMs, makeOffice, MINUTE, useLapor } from '#lib/dev/testing/lapor.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { resolveEscalation } from './decisions.ts';
import { laporClient } from './connection/lapor-client.ts';
import { deliver, sendReport } from './delivery/deliver.ts';
import { claimEscalation } from './delivery/lease.ts';
import { sweepEscalations } from './delivery/sweep.ts';

const lapor = useLapor();

/** Each forward has another number. */
let lastNumber = 7_700_900;

async function unsentForward(input: Record<string, unknown> = {}) {
	const office = await makeOffice();
	const { escalation } = await forwardedCase(office, input);
	const number = String((lastNumber += 1));
	const decide = (outcome: 'found' | 'absent', changes: Partial<Actor> = {}) => {
		const actor = { ...office.actor, ...changes };
		return resolveEscalation(actor, escalation.id, { outcome, lapor_id: number, reason: 'Kami isi di laman' });
	};
	return { ...escalation, number, decide, state: async () => (await forwardNow(escalation.id)).escalation.state };
}

it.each(['waiting', 'stuck', 'rejected'] as const)(
	'a report by API that is %s and that a person found at LAPOR is followed there and never sent',
	async (state) => {
		const { id, reference, number, decide } = await unsentForward();
		await db().update(escalations).set({ state, reasonCode: 'server_error' }).where(eq(escalations.id, id));
		await decide('found');
		const { escalation, row, entries } = await forwardNow(id);
		expect(escalation).toMatchObject({ state: 'sent', laporId: number, reasonCode: null, nextAttemptAt: null });
		expect(escalation.nextPollAt).not.toBeNull();
		expect(row.escalationState).toBe('sent');
		expect(entries.slice(-2)).toMatchObject([
			{ type: 'escalation_resolved', public: false, actorKind: 'staff', data: { outcome: 'found', lapor_id: number } },
			{ type: 'escalation_sent', public: true, actorKind: 'staff', data: { by: 'person', lapor_id: number } }
		]);
		await inMs(2 * HOUR, sweepEscalations);
		await inMs(2 * HOUR, () => deliver(id));
		expect(await lapor.reports(reference)).toEqual([]);
		await expect(decide('found')).rejects.toMatchObject({ code: 'invalid-move' });
	}
);

it.each(['waiting', 'stuck', 'rejected'] as const)(
	'the number of a transfer by API that is %s can’t be typed, because it would end the case',
	async (state) => {
		const { id, decide } = await unsentForward({ purpose: 'transfer', institution: '200102' });
		await db().update(escalations).set({ state, reasonCode: 'server_error' }).where(eq(escalations.id, id));
		await expect(decide('found')).rejects.toMatchObject({ code: 'invalid-move' });
		expect(await forwardNow(id)).toMatchObject({
			escalation: { state, laporId: null },
			row: { status: 'in_progress' }
		});
	}
);

it.each(['waiting', 'stuck', 'rejected'] as const)(
	'another system can’t record the number of a report by API that is %s',
	async (state) => {
		const { id, decide } = await unsentForward();
		await db().update(escalations).set({ state, reasonCode: 'server_error' }).where(eq(escalations.id, id));
		const token = { scopes: ['escalations:write'] as const };
		await expect(decide('found', token)).rejects.toMatchObject({ code: 'invalid-move' });
		expect((await forwardNow(id)).escalation).toMatchObject({ state, laporId: null });
	}
);

it('another system records the number of an unknown report, and of a waiting one in manual mode', async () => {
	const token = { scopes: ['escalations:write'] as const };
	for (const changes of [{ state: 'unknown' }, { mode: 'manual' }] as const) {
		const { id, number, decide } = await unsentForward();
		await db().update(escalations).set(changes).where(eq(escalations.id, id));
		await decide('found', token);
		expect((await forwardNow(id)).escalation).toMatchObject({ state: 'sent', laporId: number });
	}
});

it('a person can’t decide that a report by API is absent before it is sent', async () => {
	const { decide, state } = await unsentForward();
	await expect(decide('absent')).rejects.toMatchObject({ code: 'invalid-move' });
	expect(await state()).toBe('waiting');
});

it('while a worker sends the report, its number can’t be recorded', async () => {
	const { id, reference, decide } = await unsentForward();
	const claimed = await claimEscalation(id);
	await expect(decide('found')).rejects.toMatchObject({ code: 'invalid-move', present: { reason: 'sending' } });
	const client = laporClient();
	if (!claimed || !client) throw new Error('the report is not claimed');
	await sendReport(client, claimed);
	const [report] = await lapor.reports(reference);
	expect((await forwardNow(id)).escalation).toMatchObject({ state: 'sent', laporId: String(report?.id) });
});

it('a worker that lost its claim does not send a report whose number was recorded meanwhile', async () => {
	const { id, reference, number, decide, state } = await unsentForward();
	const claimed = await claimEscalation(id);
	await inMs(2 * MINUTE, sweepEscalations);
	expect(await state()).toBe('waiting');
	await decide('found');
	const client = laporClient();
	if (!claimed || !client) throw new Error('the report is not claimed');
	expect(await sendReport(client, claimed)).toBeUndefined();
	expect(await lapor.reports(reference)).toEqual([]);
	expect((await forwardNow(id)).escalation).toMatchObject({ state: 'sent', laporId: number });
});

it('if a worker and a person act at once, only one has effect', async () => {
	for (let round = 0; round < 4; round++) {
		const { id, reference, decide } = await unsentForward();
		const [recorded] = await Promise.allSettled([decide('found'), deliver(id)]);
		const sent = await lapor.reports(reference);
		expect(sent).toHaveLength(recorded.status === 'fulfilled' ? 0 : 1);
		expect((await forwardNow(id)).escalation.state).toBe('sent');
	}
});
