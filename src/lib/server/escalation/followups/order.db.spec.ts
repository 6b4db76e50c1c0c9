import { eq } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { answerCase } from '#lib/server/cases/answers/answer.ts';
import { writeMessage } from '#lib/server/cases/conversation/message.ts';
import { dispute } from '#lib/server/cases/conversation/report-back.ts';
import { withClock } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import { escalationFollowups } from '#lib/server/db/schema/escalations.ts';
import { attemptsOf } from '../attempts.ts';
import { deliver } from '../delivery/deliver.ts';
import { followCaseEvent } from './followups.ts';
import { receive } from '../tracking/receive.ts';
import { resendEscalation } from '../forward/resend.ts';
import { settleFollowup } from './settle.ts';
import { sweepEscalations } from '../delivery/sweep.ts';
import { useFreshDatabase } from '#lib/dev/testing/database.ts';
import { followupsOf } from '#lib/dev/testing/forwarding/world.ts';
import { forwardedCase, makeOffice, standing, useLapor } from '#lib/dev/testing/lapor.ts';

useFreshDatabase();
const lapor = useLapor();

const SUGGESTION = { kind: 'suggestion', body: 'Sebaiknya ada kursi tambahan di ruang tunggu.' };
const inTwoMinutes = <T>(work: () => Promise<T>): Promise<T> => withClock(() => new Date(Date.now() + 120_000), work);
const atLapor = async (reference: string) =>
	(await lapor.reports(reference))[0]?.followups.map((followup) => followup.content) ?? [];

/** A forward whose case speaks; `heard` runs the jobs of its entries. */
async function forwarded() {
	const office = await makeOffice();
	const { row, escalation } = await forwardedCase(office, {}, SUGGESTION);
	const { actor } = office;
	return {
		actor,
		caseId: row.id,
		id: escalation.id,
		reference: escalation.reference,
		say: (body: string) => writeMessage(actor, row.reference, { body, public: true }),
		answer: async (body: string) =>
			answerCase(actor, row.reference, { body, version: (await standing(escalation.id)).row.version }),
		heard: async () => {
			for (const { seq } of (await standing(escalation.id)).entries) await followCaseEvent({ caseId: row.id, seq });
		}
	};
}

describe('what follows a report', () => {
	it('keeps the order of the story whichever job comes first, and misses nothing where a job died', async () => {
		const { id, caseId, reference, say, answer } = await forwarded();
		await deliver(id);
		await say('Kami cek dulu.');
		await answer('Kursi sudah ditambah sepuluh.');
		const answered = (await standing(id)).entries.find(({ type }) => type === 'answered');
		await followCaseEvent({ caseId, seq: answered?.seq ?? 0 });
		await dispute(caseId, { body: 'Saya lihat belum ada kursinya.' });
		await receive(id);
		await deliver(id);
		expect(await atLapor(reference)).toEqual([
			'Kami cek dulu.',
			'Kursi sudah ditambah sepuluh.',
			'Saya lihat belum ada kursinya.'
		]);
	});

	it('is not lost where its job comes only after the next forward was opened', async () => {
		const { id, reference, actor, say, heard } = await forwarded();
		await deliver(id);
		const { escalation } = await standing(id);
		await lapor.post(`/_reports/${escalation.laporId}/status`, { status_name: 'Diarsipkan' });
		await receive(id);
		await say('Kami ajukan lagi.');
		const next = await resendEscalation(actor, id, { reason: 'Diarsipkan tanpa alasan' });
		await heard();
		await deliver(next.id);
		expect(await atLapor(reference)).toEqual([]);
		expect(await atLapor(next.reference)).toEqual(['Kami ajukan lagi.']);
	});

	it('goes with the forward that replaces one which never got a number', async () => {
		const { id, actor, say, heard } = await forwarded();
		await say('Sedang kami bahas.');
		await heard();
		await lapor.faults([{ kind: 'answer', status: 422, body: '{"message":"Judul"}', match: { endpoint: 'create' } }]);
		await deliver(id);
		await lapor.faults();
		const next = await resendEscalation(actor, id, { reason: 'Judul diperjelas' });
		await heard();
		await deliver(next.id);
		expect(await followupsOf(id)).toEqual([]);
		expect(await atLapor(next.reference)).toEqual(['Sedang kami bahas.']);
	});

	it('is two where the same was said twice: the one that got lost is found by its own', async () => {
		const { id, actor, say, heard } = await forwarded();
		await deliver(id);
		for (const body of ['Sedang kami bahas.', 'Sedang kami bahas.']) await say(body);
		await heard();
		await lapor.faults([{ kind: 'drop_after_store', match: { endpoint: 'followup_add' } }]);
		await deliver(id);
		const [first] = await followupsOf(id);
		await settleFollowup(actor, id, { followup: first?.id, outcome: 'sent' });
		expect((await standing(id)).escalation.task).toBe('followup_unknown');
		await receive(id);
		expect((await followupsOf(id)).map(({ state }) => state)).toEqual(['sent', 'sent']);
		expect((await standing(id)).escalation.task).toBeNull();
	});

	it('is found by the next poll where it was under way at the last one and its worker died', async () => {
		const { id, say, heard } = await forwarded();
		await deliver(id);
		await say('Sedang kami bahas.');
		await heard();
		await deliver(id);
		const underWay = { state: 'sending', sentAt: null, remoteId: null, startedAt: new Date() };
		await db().update(escalationFollowups).set(underWay).where(eq(escalationFollowups.escalationId, id));
		await receive(id);
		await inTwoMinutes(sweepEscalations);
		expect((await followupsOf(id))[0]?.state).toBe('unknown');
		expect((await attemptsOf(id))[0]).toMatchObject({ step: 'followup', reasonCode: 'lease_lost_after_create' });
		await inTwoMinutes(() => receive(id));
		expect((await followupsOf(id))[0]?.state).toBe('sent');
	});
});
