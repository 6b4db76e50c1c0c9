import { eq } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { answerCase } from '#lib/server/cases/answers/answer.ts';
import { writeMessage } from '#lib/server/cases/conversation/message.ts';
import { dispute } from '#lib/server/cases/conversation/reporter-reply.ts';
import { db } from '#lib/server/db/index.ts';
import { escalationFollowups } from '#lib/server/db/schema/escalations.ts';
import { overrideEnv } from '#lib/server/env.ts';
import { attemptsOf } from '../attempts.ts';
import { deliver } from '../delivery/deliver.ts';
import { followCaseEvents } from './followups.ts';
import { escalateCase, resendEscalation } from '../forward/forward.ts';
import { receive } from '../tracking/receive.ts';
import { resolveEscalation, settleFollowup } from '../decisions.ts';
import { sweepEscalations } from '../delivery/sweep.ts';
import { useFreshDatabase } from '#lib/dev/testing/database.ts';
import { followupsOf } from '#lib/dev/testing/forwarding/world.ts';
import { forwardedCase, later, makeOffice, MINUTE, standing, useLapor, verifiedCase } from '#lib/dev/testing/lapor.ts';

useFreshDatabase();
const lapor = useLapor();

const SUGGESTION = { kind: 'suggestion', body: 'Sebaiknya ada kursi tambahan di ruang tunggu.' };

const statesOf = async (id: string) => (await followupsOf(id)).map(({ state }) => state);
const atLapor = async (reference: string) =>
	(await lapor.reports(reference))[0]?.followups.map((followup) => followup.content) ?? [];
const lostAnswer = (kind: string) => lapor.faults([{ kind, match: { endpoint: 'followup_add' }, count: 1 }]);

/** A forward whose case speaks. `observe` runs the jobs of its entries, twice, because a job may run again. */
async function forwarded(ids?: Record<string, string>) {
	const office = await makeOffice(ids);
	const { row, escalation } = await forwardedCase(office, {}, SUGGESTION);
	const { actor } = office;
	const { id, reference } = escalation;
	const observe = async () => {
		const { entries } = await standing(id);
		for (let times = 0; times < 2; times += 1) await followCaseEvents(entries);
	};
	const say = (body: string, isPublic = true) => writeMessage(actor, row.reference, { body, public: isPublic });
	return {
		actor,
		caseId: row.id,
		id,
		reference,
		observe,
		say,
		tell: async (...bodies: string[]) => {
			for (const body of bodies) await say(body);
			await observe();
		},
		answer: async (body: string) =>
			answerCase(actor, row.reference, { body, version: (await standing(id)).row.version })
	};
}

describe('what follows a report', () => {
	it('answers, messages and disputes go after it in order, without personal data, each once', async () => {
		const { id, caseId, reference, say, answer, observe } = await forwarded();
		await say('Kami cek dulu. Hubungi 0812-3456-7890.');
		await say('Catatan untuk kita saja.', false);
		await deliver(id);
		await answer('Kursi sudah ditambah sepuluh.');
		await dispute(caseId, { body: 'Saya lihat belum ada kursinya.' });
		await observe();
		await deliver(id);
		expect(await atLapor(reference)).toEqual([
			'Kami cek dulu. Hubungi [nomor telepon].',
			'Kursi sudah ditambah sepuluh.',
			'Saya lihat belum ada kursinya.'
		]);
		const sources = (await followupsOf(id)).map(({ state, source }) => `${source} ${state}`);
		expect(sources).toEqual(['message sent', 'answer sent', 'dispute sent']);
		const { types } = await standing(id);
		expect(types.filter((type) => type === 'escalation_followup_sent')).toHaveLength(3);
	});

	it('an answer that was there before the forward is taken along', async () => {
		const office = await makeOffice();
		const row = await verifiedCase(office, SUGGESTION);
		const answer = { body: 'Kursi sudah ditambah.', version: row.version };
		const { version } = await answerCase(office.actor, row.reference, answer);
		const input = { purpose: 'record', reason: 'Belum tercatat', version };
		const escalation = await escalateCase(office.actor, row.reference, input);
		await deliver(escalation.id);
		expect(await atLapor(escalation.reference)).toEqual(['Kursi sudah ditambah.']);
	});

	it('what waits for the number goes once it is there', async () => {
		const { id, reference, tell } = await forwarded();
		await lapor.faults([{ kind: '429', match: { endpoint: 'create' }, count: 1 }]);
		await deliver(id);
		await tell('Sedang kami bahas.');
		expect(await followupsOf(id)).toHaveLength(1);
		await later(2 * MINUTE, () => deliver(id));
		expect(await atLapor(reference)).toEqual(['Sedang kami bahas.']);
	});

	it('a lost answer is not sent again by itself and does not touch the report; polling finds it', async () => {
		const { id, reference, tell } = await forwarded();
		await deliver(id);
		await tell('Sedang kami bahas.', 'Selesai pekan depan.');
		await lostAnswer('drop_after_store');
		await deliver(id);
		expect(await statesOf(id)).toEqual(['unknown', 'sent']);
		expect((await standing(id)).escalation).toMatchObject({ state: 'sent', task: 'followup_unknown' });
		await deliver(id);
		await receive(id);
		expect(await statesOf(id)).toEqual(['sent', 'sent']);
		const { escalation: after, types } = await standing(id);
		expect(after.task).toBeNull();
		expect(types).not.toContain('escalation_followup');
		expect(await atLapor(reference)).toHaveLength(2);
	});

	it('one that never arrived is sent again when a person says so', async () => {
		const { actor, id, reference, tell } = await forwarded();
		await deliver(id);
		await tell('Sedang kami bahas.');
		await lostAnswer('500_before');
		await deliver(id);
		await receive(id);
		const [lost] = await followupsOf(id);
		expect(lost?.state).toBe('unknown');
		await settleFollowup(actor, id, { followup: lost?.id, outcome: 'again' });
		await deliver(id);
		expect(await atLapor(reference)).toEqual(['Sedang kami bahas.']);
	});

	it('a worker that dies while it sends leaves an unknown, and the next one is not held up', async () => {
		const { id, reference, tell } = await forwarded();
		await deliver(id);
		await tell('Sedang kami bahas.', 'Selesai pekan depan.');
		const [first] = await followupsOf(id);
		const underWay = { state: 'sending', startedAt: new Date(), attempts: 1 };
		await db()
			.update(escalationFollowups)
			.set(underWay)
			.where(eq(escalationFollowups.id, first?.id ?? ''));
		await deliver(id);
		expect(await atLapor(reference)).toEqual([]);
		await later(2 * MINUTE, sweepEscalations);
		await later(2 * MINUTE, () => deliver(id));
		expect(await statesOf(id)).toEqual(['unknown', 'sent']);
	});

	it('in manual mode is written by hand once the report has a number, one after the other, and a slip is taken back', async () => {
		overrideEnv({ LAPOR_MODE: 'manual' });
		const { actor, id, tell } = await forwarded({});
		await tell('Sedang kami bahas.', 'Loket kedua dibuka.');
		const [first, second] = await followupsOf(id);
		const settle = (followup: { id: string } | undefined, outcome: 'sent' | 'again') =>
			settleFollowup(actor, id, { followup: followup?.id, outcome });
		const barred = (reason: string) => ({ present: { reason } });
		await expect(settle(first, 'sent')).rejects.toMatchObject(barred('followup_before_number'));
		const found = { outcome: 'found', lapor_id: 'https://www.lapor.go.id/laporan/7216449', reason: 'Diisikan di sana' };
		await resolveEscalation(actor, id, found);
		await expect(settle(second, 'sent')).rejects.toMatchObject(barred('followup_earlier_waits'));
		await settle(first, 'sent');
		await settle(second, 'sent');
		await settle(second, 'again');
		expect(await statesOf(id)).toEqual(['sent', 'waiting']);
		expect((await standing(id)).types.slice(-3)).toEqual([
			'escalation_followup_sent',
			'escalation_followup_sent',
			'escalation_followup_again'
		]);
	});

	it('keeps the order of the story whichever job comes first, and misses nothing where a job died', async () => {
		const { id, caseId, reference, say, answer } = await forwarded();
		await deliver(id);
		await say('Kami cek dulu.');
		await answer('Kursi sudah ditambah sepuluh.');
		const answered = (await standing(id)).entries.find(({ type }) => type === 'answered');
		await followCaseEvents(answered ? [answered] : []);
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
		const { id, reference, actor, say, observe } = await forwarded();
		await deliver(id);
		const { escalation } = await standing(id);
		await lapor.post(`/_reports/${escalation.laporId}/status`, { status_name: 'Diarsipkan' });
		await receive(id);
		await say('Kami ajukan lagi.');
		const next = await resendEscalation(actor, id, { reason: 'Diarsipkan tanpa alasan' });
		await observe();
		await deliver(next.id);
		expect(await atLapor(reference)).toEqual([]);
		expect(await atLapor(next.reference)).toEqual(['Kami ajukan lagi.']);
	});

	it('goes with the forward that replaces one which never got a number', async () => {
		const { id, actor, tell, observe } = await forwarded();
		await tell('Sedang kami bahas.');
		await lapor.faults([{ kind: 'answer', status: 422, body: '{"message":"Judul"}', match: { endpoint: 'create' } }]);
		await deliver(id);
		await lapor.faults();
		const next = await resendEscalation(actor, id, { reason: 'Judul diperjelas' });
		await observe();
		await deliver(next.id);
		expect(await followupsOf(id)).toEqual([]);
		expect(await atLapor(next.reference)).toEqual(['Sedang kami bahas.']);
	});

	it('is two where the same was said twice: the one that got lost is found by its own', async () => {
		const { id, actor, tell } = await forwarded();
		await deliver(id);
		await tell('Sedang kami bahas.', 'Sedang kami bahas.');
		await lapor.faults([{ kind: 'drop_after_store', match: { endpoint: 'followup_add' } }]);
		await deliver(id);
		const [first] = await followupsOf(id);
		await settleFollowup(actor, id, { followup: first?.id, outcome: 'sent' });
		expect((await standing(id)).escalation.task).toBe('followup_unknown');
		await receive(id);
		expect(await statesOf(id)).toEqual(['sent', 'sent']);
		expect((await standing(id)).escalation.task).toBeNull();
	});

	it('is found by the next poll where it was under way at the last one and its worker died', async () => {
		const { id, tell } = await forwarded();
		await deliver(id);
		await tell('Sedang kami bahas.');
		await deliver(id);
		const underWay = { state: 'sending', sentAt: null, remoteId: null, startedAt: new Date() };
		await db().update(escalationFollowups).set(underWay).where(eq(escalationFollowups.escalationId, id));
		await receive(id);
		await later(2 * MINUTE, sweepEscalations);
		expect(await statesOf(id)).toEqual(['unknown']);
		expect((await attemptsOf(id))[0]).toMatchObject({ step: 'followup', reasonCode: 'lease_lost_after_create' });
		await later(2 * MINUTE, () => receive(id));
		expect(await statesOf(id)).toEqual(['sent']);
	});
});
