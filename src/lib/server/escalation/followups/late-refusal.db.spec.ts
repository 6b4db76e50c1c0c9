import { expect, it, vi } from 'vitest';
import { writeMessage } from '#lib/server/cases/conversation/message.ts';
import { followupsOf } from '#lib/dev/testing/forwarding/world.ts';
import { forwardedCase, inMs, makeOffice, MINUTE, forwardNow, useLapor } from '#lib/dev/testing/lapor.ts';
import { deliver } from '../delivery/deliver.ts';
import { followCaseEvents } from './followups.ts';
import { recoverFollowups } from './send.ts';

const lapor = useLapor();

it('a follow-up that LAPOR refuses late is rejected, and not one that may be there', async () => {
	const office = await makeOffice();
	const { row, escalation } = await forwardedCase(office);
	const { id } = escalation;
	await deliver(id);
	const { version } = (await forwardNow(id)).row;
	await writeMessage(office.actor, row.reference, { body: 'Sedang kami bahas.', public: true, version });
	await followCaseEvents((await forwardNow(id)).entries);
	await lapor.faults([
		{ kind: 'answer', status: 403, body: '{"message":"Bukan milik Anda"}', match: { endpoint: 'followup_add' } },
		{ kind: 'slow', delayMs: 2500 }
	]);
	const delivered = deliver(id);
	// The worker makes the test call when its lease ends.
	const isTesting = async () => (await lapor.served()).some(({ kind, fired }) => kind === 'slow' && fired > 0);
	await vi.waitUntil(isTesting, { timeout: 10_000 });
	await inMs(2 * MINUTE, recoverFollowups);
	expect((await forwardNow(id)).escalation.task).toBe('followup_unknown');
	await delivered;
	expect(await followupsOf(id)).toMatchObject([{ state: 'rejected', reasonCode: 'forbidden' }]);
	const { escalation: after } = await forwardNow(id);
	expect(after).toMatchObject({ task: 'followup_failed', taskText: 'Bukan milik Anda' });
});
