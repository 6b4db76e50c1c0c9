import { eq } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { MINUTE_MS } from '#lib/calendar/durations.ts';
import { answerCase } from '#lib/server/cases/answers/answer.ts';
import { writeMessage } from '#lib/server/cases/conversation/message.ts';
import { submitObjection } from '#lib/server/cases/conversation/objection.ts';
import { classifyCase } from '#lib/server/cases/handling/verify.ts';
import { db } from '#lib/server/db/index.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { escalationFollowups } from '#lib/server/db/schema/escalations.ts';
import { overrideEnv } from '#lib/server/env.ts';
import { attemptsOf } from '../call-log.ts';
import { deliver } from '../delivery/deliver.ts';
import { followCaseEvents } from './followups.ts';
import { escalateCase, resendEscalation } from '../forward/forward.ts';
import { pollOrLookUp } from '../tracking/poll.ts';
import { resolveEscalation, settleFollowup } from '../decisions.ts';
import { sweepEscalations } from '../delivery/sweep.ts';
import { followupsOf } from '#lib/dev/testing/forwarding/world.ts';
import { forwardedCase, forwardNow, inMs, makeOffice, useLapor, verifiedCase } from '#lib/dev/testing/lapor.ts';

const lapor = useLapor();

const SUGGESTION = { kind: 'suggestion', body: 'Sebaiknya ada kursi tambahan di ruang tunggu.' };

const statesOf = async (id: string) => (await followupsOf(id)).map(({ state }) => state);
const atLapor = async (reference: string) =>
	(await lapor.reports(reference))[0]?.followups.map((followup) => followup.content) ?? [];
const failNextFollowup = (kind: string) => lapor.faults([{ kind, match: { endpoint: 'followup_add' }, count: 1 }]);

/** A forward whose case gets messages. `observe` runs the jobs of its entries twice, because a job may be repeated. */
async function forwarded(ids?: Record<string, string>) {
	const office = await makeOffice(ids);
	const { row, escalation } = await forwardedCase(office, {}, SUGGESTION);
	const { actor } = office;
	const { id, reference } = escalation;
	const observe = async () => {
		const { entries } = await forwardNow(id);
		for (let times = 0; times < 2; times += 1) await followCaseEvents(entries);
	};
	const write = (body: string, isPublic = true) => writeMessage(actor, row.reference, { body, public: isPublic });
	return {
		actor,
		caseId: row.id,
		id,
		reference,
		observe,
		write,
		sendMessages: async (...bodies: string[]) => {
			for (const body of bodies) await write(body);
			await observe();
		},
		classify: async (category: string) => {
			const { version } = (await forwardNow(id)).row;
			return classifyCase(actor, row.reference, { category, class: 'plain', priority: 'normal', version });
		},
		answer: async (body: string) =>
			answerCase(actor, row.reference, { body, version: (await forwardNow(id)).row.version })
	};
}

describe('follow-ups of a report', () => {
	it('answers, messages and disputes are sent once each, in order, without personal data', async () => {
		const { id, caseId, reference, write, answer, observe } = await forwarded();
		await write('Kami cek dulu. Hubungi 0812-3456-7890.');
		await write('Catatan untuk kita saja.', false);
		await deliver(id);
		await answer('Kursi sudah ditambah sepuluh.');
		await submitObjection(caseId, { body: 'Saya lihat belum ada kursinya.' });
		await observe();
		await deliver(id);
		expect(await atLapor(reference)).toEqual([
			'Kami cek dulu. Hubungi [nomor telepon].',
			'Kursi sudah ditambah sepuluh.',
			'Saya lihat belum ada kursinya.'
		]);
		const sources = (await followupsOf(id)).map(({ state, source }) => `${source} ${state}`);
		expect(sources).toEqual(['message sent', 'answer sent', 'dispute sent']);
		const { types } = await forwardNow(id);
		expect(types.filter((type) => type === 'escalation_followup_sent')).toHaveLength(3);
	});

	it('an answer published before the forward is sent too', async () => {
		const office = await makeOffice();
		const row = await verifiedCase(office, SUGGESTION);
		const answer = { body: 'Kursi sudah ditambah.', version: row.version };
		const { version } = await answerCase(office.actor, row.reference, answer);
		const input = { purpose: 'record', reason: 'Belum tercatat', version };
		const escalation = await escalateCase(office.actor, row.reference, input);
		await deliver(escalation.id);
		expect(await atLapor(escalation.reference)).toEqual(['Kursi sudah ditambah.']);
	});

	it('a follow-up waits until the report has a number', async () => {
		const { id, reference, sendMessages } = await forwarded();
		await lapor.faults([{ kind: '429', match: { endpoint: 'create' }, count: 1 }]);
		await deliver(id);
		await sendMessages('Sedang kami bahas.');
		expect(await followupsOf(id)).toHaveLength(1);
		await inMs(2 * MINUTE_MS, () => deliver(id));
		expect(await atLapor(reference)).toEqual(['Sedang kami bahas.']);
	});

	it('after a lost response the follow-up is unknown and not resent, and polling finds it', async () => {
		const { id, reference, sendMessages } = await forwarded();
		await deliver(id);
		await sendMessages('Sedang kami bahas.', 'Selesai pekan depan.');
		await failNextFollowup('drop_after_store');
		await deliver(id);
		expect(await statesOf(id)).toEqual(['unknown', 'sent']);
		expect((await forwardNow(id)).escalation).toMatchObject({ state: 'sent', task: 'followup_unknown' });
		await deliver(id);
		await pollOrLookUp(id);
		expect(await statesOf(id)).toEqual(['sent', 'sent']);
		const { escalation: after, types } = await forwardNow(id);
		expect(after.task).toBeNull();
		expect(types).not.toContain('escalation_followup');
		expect(await atLapor(reference)).toHaveLength(2);
	});

	it('one that never arrived is resent when a person decides so', async () => {
		const { actor, id, reference, sendMessages } = await forwarded();
		await deliver(id);
		await sendMessages('Sedang kami bahas.');
		await failNextFollowup('500_before');
		await deliver(id);
		await pollOrLookUp(id);
		const [lost] = await followupsOf(id);
		expect(lost?.state).toBe('unknown');
		await settleFollowup(actor, id, { followup: lost?.id, outcome: 'again' });
		await deliver(id);
		expect(await atLapor(reference)).toEqual(['Sedang kami bahas.']);
	});

	it('if the worker dies while sending one, it becomes unknown, and the next one is sent', async () => {
		const { id, reference, sendMessages } = await forwarded();
		await deliver(id);
		await sendMessages('Sedang kami bahas.', 'Selesai pekan depan.');
		const [first] = await followupsOf(id);
		const underWay = { state: 'sending', startedAt: new Date(), attempts: 1 };
		await db()
			.update(escalationFollowups)
			.set(underWay)
			.where(eq(escalationFollowups.id, first?.id ?? ''));
		await deliver(id);
		expect(await atLapor(reference)).toEqual([]);
		await inMs(2 * MINUTE_MS, sweepEscalations);
		await inMs(2 * MINUTE_MS, () => deliver(id));
		expect(await statesOf(id)).toEqual(['unknown', 'sent']);
	});

	it('in manual mode a person marks them as sent in order once the report has a number, and can take that back', async () => {
		overrideEnv({ LAPOR_MODE: 'manual' });
		const { actor, id, sendMessages } = await forwarded({});
		await sendMessages('Sedang kami bahas.', 'Loket kedua dibuka.');
		const [first, second] = await followupsOf(id);
		const settle = (followup: { id: string } | undefined, outcome: 'sent' | 'again') =>
			settleFollowup(actor, id, { followup: followup?.id, outcome });
		const refusal = (reason: string) => ({ present: { reason } });
		await expect(settle(first, 'sent')).rejects.toMatchObject(refusal('followup_before_number'));
		const found = { outcome: 'found', lapor_id: 'https://www.lapor.go.id/laporan/7216449', reason: 'Diisikan di sana' };
		await resolveEscalation(actor, id, found);
		await expect(settle(second, 'sent')).rejects.toMatchObject(refusal('followup_earlier_waits'));
		await settle(first, 'sent');
		await settle(second, 'sent');
		await settle(second, 'again');
		expect(await statesOf(id)).toEqual(['sent', 'waiting']);
		expect((await forwardNow(id)).types.slice(-3)).toEqual([
			'escalation_followup_sent',
			'escalation_followup_sent',
			'escalation_followup_again'
		]);
	});

	it('are sent in timeline order whichever job runs first, even if a job died', async () => {
		const { id, caseId, reference, write, answer } = await forwarded();
		await deliver(id);
		await write('Kami cek dulu.');
		await answer('Kursi sudah ditambah sepuluh.');
		const answered = (await forwardNow(id)).entries.find(({ type }) => type === 'answered');
		await followCaseEvents(answered ? [answered] : []);
		await submitObjection(caseId, { body: 'Saya lihat belum ada kursinya.' });
		await pollOrLookUp(id);
		await deliver(id);
		expect(await atLapor(reference)).toEqual([
			'Kami cek dulu.',
			'Kursi sudah ditambah sepuluh.',
			'Saya lihat belum ada kursinya.'
		]);
	});

	it('are neither queued nor sent during a restriction, and neither is a waiting report', async () => {
		const { id, reference, sendMessages } = await forwarded();
		await deliver(id);
		await sendMessages('Kami cek dulu.');
		const waiting = await forwarded();
		const limit = (processingRestrictedAt: Date | null) => db().update(cases).set({ processingRestrictedAt });
		await limit(new Date());
		await sendMessages('Loket kedua dibuka.');
		for (const one of [id, waiting.id]) await deliver(one);
		const reports = [await lapor.reports(reference), await lapor.reports(waiting.reference)];
		expect(reports).toMatchObject([[{ followups: [] }], []]);
		expect(await statesOf(id)).toEqual(['waiting']);
		await limit(null);
		const { entries } = await forwardNow(id);
		await followCaseEvents(entries.slice(0, 1).map((entry) => ({ ...entry, type: 'restriction_lifted' })));
		await deliver(id);
		expect(await atLapor(reference)).toEqual(['Kami cek dulu.', 'Loket kedua dibuka.']);
	});

	it('are neither queued nor sent any more once the category is integrity', async () => {
		const { id, caseId, reference, sendMessages, classify, answer, observe } = await forwarded();
		await deliver(id);
		await sendMessages('Kami cek dulu.');
		await classify('integrity');
		await deliver(id);
		expect(await statesOf(id)).toEqual([]);
		await sendMessages('Mohon kirim buktinya.');
		await answer('Pegawai itu sudah diperiksa.');
		await submitObjection(caseId, { body: 'Saya lihat ia masih meminta uang.' });
		await observe();
		await pollOrLookUp(id);
		await deliver(id);
		expect(await atLapor(reference)).toEqual([]);
		expect((await forwardNow(id)).escalation.state).toBe('sent');
	});

	it('a report that is still unsent when the category becomes integrity is closed and never sent', async () => {
		const { actor, id, reference, classify, observe } = await forwarded();
		await lapor.faults([{ kind: '429', match: { endpoint: 'create' }, count: 1 }]);
		await deliver(id);
		await classify('integrity');
		await inMs(2 * MINUTE_MS, () => deliver(id));
		expect(await lapor.reports(reference)).toEqual([]);
		const { escalation, row, entries } = await forwardNow(id);
		expect(escalation).toMatchObject({ state: 'closed', reasonCode: 'integrity', laporId: null });
		expect(row.escalationState).toBe('closed');
		expect(entries.at(-1)).toMatchObject({ type: 'escalation_closed', actorKind: 'system', public: false });
		await observe();
		await expect(resendEscalation(actor, id, { reason: 'Kirim lagi' })).rejects.toMatchObject({
			issues: [{ code: 'escalation_integrity' }]
		});
	});

	it('a message goes to the next forward if its job runs after that was opened', async () => {
		const { id, reference, actor, write, observe } = await forwarded();
		await deliver(id);
		const { escalation } = await forwardNow(id);
		await lapor.post(`/_reports/${escalation.laporId}/status`, { status_name: 'Diarsipkan' });
		await pollOrLookUp(id);
		await write('Kami ajukan lagi.');
		const next = await resendEscalation(actor, id, { reason: 'Diarsipkan tanpa alasan' });
		await observe();
		await deliver(next.id);
		expect(await atLapor(reference)).toEqual([]);
		expect(await atLapor(next.reference)).toEqual(['Kami ajukan lagi.']);
	});

	it('a message moves to the next forward if the rejected one never got a number', async () => {
		const { id, actor, sendMessages, observe } = await forwarded();
		await sendMessages('Sedang kami bahas.');
		await lapor.faults([{ kind: 'answer', status: 422, body: '{"message":"Judul"}', match: { endpoint: 'create' } }]);
		await deliver(id);
		await lapor.faults();
		const next = await resendEscalation(actor, id, { reason: 'Judul diperjelas' });
		await observe();
		await deliver(next.id);
		expect(await followupsOf(id)).toEqual([]);
		expect(await atLapor(next.reference)).toEqual(['Sedang kami bahas.']);
	});

	it('two equal messages are two follow-ups, and the unknown one is found by its own copy', async () => {
		const { id, actor, sendMessages } = await forwarded();
		await deliver(id);
		await sendMessages('Sedang kami bahas.', 'Sedang kami bahas.');
		await lapor.faults([{ kind: 'drop_after_store', match: { endpoint: 'followup_add' } }]);
		await deliver(id);
		const [first] = await followupsOf(id);
		await settleFollowup(actor, id, { followup: first?.id, outcome: 'sent' });
		expect((await forwardNow(id)).escalation.task).toBe('followup_unknown');
		await pollOrLookUp(id);
		expect(await statesOf(id)).toEqual(['sent', 'sent']);
		expect((await forwardNow(id)).escalation.task).toBeNull();
	});

	it('a poll finds a follow-up whose worker died, even if an earlier poll has seen it', async () => {
		const { id, sendMessages } = await forwarded();
		await deliver(id);
		await sendMessages('Sedang kami bahas.');
		await deliver(id);
		const underWay = { state: 'sending', sentAt: null, remoteId: null, startedAt: new Date() };
		await db().update(escalationFollowups).set(underWay).where(eq(escalationFollowups.escalationId, id));
		await pollOrLookUp(id);
		await inMs(2 * MINUTE_MS, sweepEscalations);
		expect(await statesOf(id)).toEqual(['unknown']);
		expect((await attemptsOf(id))[0]).toMatchObject({ step: 'followup', reasonCode: 'lease_lost_after_create' });
		await inMs(2 * MINUTE_MS, () => pollOrLookUp(id));
		expect(await statesOf(id)).toEqual(['sent']);
	});
});
