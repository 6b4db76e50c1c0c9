import { asc, eq } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { answerCase } from '#lib/server/cases/answers/answer.ts';
import { writeMessage } from '#lib/server/cases/conversation/message.ts';
import { dispute } from '#lib/server/cases/conversation/report-back.ts';
import { withClock } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import { timeline } from '#lib/server/db/schema/cases.ts';
import { escalationFollowups } from '#lib/server/db/schema/escalations.ts';
import { overrideEnv } from '#lib/server/env.ts';
import { deliver } from '../delivery/deliver.ts';
import { followCaseEvent } from './followups.ts';
import { escalateCase } from '../forward/forward.ts';
import { receive } from '../tracking/receive.ts';
import { resolveEscalation } from '../delivery/resolve.ts';
import { settleFollowup } from './settle.ts';
import { sweepEscalations } from '../delivery/sweep.ts';
import { useFreshDatabase } from '#lib/dev/testing/database.ts';
import { forwardedCase, makeOffice, standing, useLapor, verifiedCase } from '#lib/dev/testing/lapor.ts';

useFreshDatabase();
const lapor = useLapor();

const SUGGESTION = { kind: 'suggestion', body: 'Sebaiknya ada kursi tambahan di ruang tunggu.' };

/** Hands every entry of the case to the observer, as the jobs do; more than once does no harm. */
async function observe(caseId: number) {
	const entries = await db().select().from(timeline).where(eq(timeline.caseId, caseId)).orderBy(asc(timeline.seq));
	for (const { seq } of [...entries, ...entries]) await followCaseEvent({ caseId, seq });
}
const followupsOf = (id: string) =>
	db()
		.select()
		.from(escalationFollowups)
		.where(eq(escalationFollowups.escalationId, id))
		.orderBy(asc(escalationFollowups.seq));
const atLapor = async (reference: string) =>
	(await lapor.reports(reference))[0]?.followups.map((followup) => followup.content) ?? [];

async function forwardedSuggestion(office: Awaited<ReturnType<typeof makeOffice>>, input = {}) {
	const { row, escalation } = await forwardedCase(office, input, SUGGESTION);
	const version = async () => (await standing(escalation.id)).row.version;
	return { row, escalation, version, office };
}

describe('what follows a report', () => {
	it('answers, messages and disputes go after it in order, without personal data, each once', async () => {
		const { row, escalation, office, version } = await forwardedSuggestion(await makeOffice());
		await writeMessage(office.actor, row.reference, { body: 'Kami cek dulu. Hubungi 0812-3456-7890.', public: true });
		await writeMessage(office.actor, row.reference, { body: 'Catatan untuk kita saja.', public: false });
		await deliver(escalation.id);
		await answerCase(office.actor, row.reference, { body: 'Kursi sudah ditambah sepuluh.', version: await version() });
		await dispute(row.id, { body: 'Saya lihat belum ada kursinya.' });
		await observe(row.id);
		await deliver(escalation.id);
		expect(await atLapor(escalation.reference)).toEqual([
			'Kami cek dulu. Hubungi [nomor telepon].',
			'Kursi sudah ditambah sepuluh.',
			'Saya lihat belum ada kursinya.'
		]);
		expect((await followupsOf(escalation.id)).map(({ state, source }) => `${source} ${state}`)).toEqual([
			'message sent',
			'answer sent',
			'dispute sent'
		]);
		expect(
			(await standing(escalation.id)).entries.filter(({ type }) => type === 'escalation_followup_sent')
		).toHaveLength(3);
	});

	it('an answer that was there before the forward is taken along', async () => {
		const office = await makeOffice();
		const row = await verifiedCase(office, SUGGESTION);
		const answered = await answerCase(office.actor, row.reference, {
			body: 'Kursi sudah ditambah.',
			version: row.version
		});
		const escalation = await escalateCase(office.actor, row.reference, {
			purpose: 'record',
			reason: 'Belum tercatat',
			version: answered.version
		});
		await deliver(escalation.id);
		expect(await atLapor(escalation.reference)).toEqual(['Kursi sudah ditambah.']);
	});

	it('what waits for the number goes once it is there', async () => {
		const { row, escalation, office } = await forwardedSuggestion(await makeOffice());
		await lapor.faults([{ kind: '429', match: { endpoint: 'create' }, count: 1 }]);
		await deliver(escalation.id);
		await writeMessage(office.actor, row.reference, { body: 'Sedang kami bahas.', public: true });
		await observe(row.id);
		expect(await followupsOf(escalation.id)).toHaveLength(1);
		await withClock(
			() => new Date(Date.now() + 120_000),
			() => deliver(escalation.id)
		);
		expect(await atLapor(escalation.reference)).toEqual(['Sedang kami bahas.']);
	});

	it('a lost answer is not sent again by itself and does not touch the report; polling finds it', async () => {
		const { row, escalation, office } = await forwardedSuggestion(await makeOffice());
		await deliver(escalation.id);
		await writeMessage(office.actor, row.reference, { body: 'Sedang kami bahas.', public: true });
		await writeMessage(office.actor, row.reference, { body: 'Selesai pekan depan.', public: true });
		await observe(row.id);
		await lapor.faults([{ kind: 'drop_after_store', match: { endpoint: 'followup_add' }, count: 1 }]);
		await deliver(escalation.id);
		expect((await followupsOf(escalation.id)).map(({ state }) => state)).toEqual(['unknown', 'sent']);
		expect((await standing(escalation.id)).escalation).toMatchObject({ state: 'sent', task: 'followup_unknown' });
		await deliver(escalation.id);
		await receive(escalation.id);
		expect((await followupsOf(escalation.id)).map(({ state }) => state)).toEqual(['sent', 'sent']);
		const { escalation: after, types } = await standing(escalation.id);
		expect(after.task).toBeNull();
		expect(types).not.toContain('escalation_followup');
		expect(await atLapor(escalation.reference)).toHaveLength(2);
	});

	it('one that never arrived is sent again when a person says so', async () => {
		const { row, escalation, office } = await forwardedSuggestion(await makeOffice());
		await deliver(escalation.id);
		await writeMessage(office.actor, row.reference, { body: 'Sedang kami bahas.', public: true });
		await observe(row.id);
		await lapor.faults([{ kind: '500_before', match: { endpoint: 'followup_add' }, count: 1 }]);
		await deliver(escalation.id);
		await receive(escalation.id);
		const [lost] = await followupsOf(escalation.id);
		expect(lost?.state).toBe('unknown');
		await settleFollowup(office.actor, escalation.id, { followup: lost?.id, outcome: 'again' });
		await deliver(escalation.id);
		expect(await atLapor(escalation.reference)).toEqual(['Sedang kami bahas.']);
	});

	it('a worker that dies while it sends leaves an unknown, and the next one is not held up', async () => {
		const { row, escalation, office } = await forwardedSuggestion(await makeOffice());
		await deliver(escalation.id);
		await writeMessage(office.actor, row.reference, { body: 'Sedang kami bahas.', public: true });
		await writeMessage(office.actor, row.reference, { body: 'Selesai pekan depan.', public: true });
		await observe(row.id);
		const [first] = await followupsOf(escalation.id);
		await db()
			.update(escalationFollowups)
			.set({ state: 'sending', startedAt: new Date(), attempts: 1 })
			.where(eq(escalationFollowups.id, first?.id ?? ''));
		await deliver(escalation.id);
		expect(await atLapor(escalation.reference)).toEqual([]);
		await withClock(
			() => new Date(Date.now() + 120_000),
			async () => {
				await sweepEscalations();
				await deliver(escalation.id);
			}
		);
		expect((await followupsOf(escalation.id)).map(({ state }) => state)).toEqual(['unknown', 'sent']);
	});

	it('in manual mode is written by hand once the report has a number, one after the other, and a slip is taken back', async () => {
		overrideEnv({ LAPOR_MODE: 'manual' });
		const { row, escalation, office } = await forwardedSuggestion(await makeOffice({}));
		await writeMessage(office.actor, row.reference, { body: 'Sedang kami bahas.', public: true });
		await observe(row.id);
		await writeMessage(office.actor, row.reference, { body: 'Loket kedua dibuka.', public: true });
		await observe(row.id);
		const [first, second] = await followupsOf(escalation.id);
		const settle = (followup: { id: string } | undefined, outcome: 'sent' | 'again') =>
			settleFollowup(office.actor, escalation.id, { followup: followup?.id, outcome });
		const barred = (reason: string) => ({ present: { reason } });
		await expect(settle(first, 'sent')).rejects.toMatchObject(barred('followup_before_number'));
		await resolveEscalation(office.actor, escalation.id, {
			outcome: 'found',
			lapor_id: 'https://www.lapor.go.id/laporan/7216449',
			reason: 'Diisikan di lapor.go.id'
		});
		await expect(settle(second, 'sent')).rejects.toMatchObject(barred('followup_earlier_waits'));
		await settle(first, 'sent');
		await settle(second, 'sent');
		await settle(second, 'again');
		expect((await followupsOf(escalation.id)).map(({ state }) => state)).toEqual(['sent', 'waiting']);
		const { types } = await standing(escalation.id);
		expect(types.slice(-3)).toEqual([
			'escalation_followup_sent',
			'escalation_followup_sent',
			'escalation_followup_again'
		]);
	});
});
