import { asc, eq } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { db, transaction } from '#lib/server/db/index.ts';
import { approvals, messages } from '#lib/server/db/schema/cases.ts';
import { escalations, escalationUpdates } from '#lib/server/db/schema/escalations.ts';
import { answerCase } from '#lib/server/cases/answers/answer.ts';
import { dispute } from '#lib/server/cases/conversation/reporter-reply.ts';
import { applyNews } from './apply-status.ts';
import { receive } from './receive.ts';
import { lockEscalation } from '../rows.ts';
import { settleTask } from '../decisions.ts';
import { useFreshDatabase } from '#lib/dev/testing/database.ts';
import { makeActor } from '#lib/dev/testing/factories.ts';
import { HOUR, MINUTE, sentReport, standing, useLapor } from '#lib/dev/testing/lapor.ts';

useFreshDatabase();
const lapor = useLapor();

const saidBy = async (caseId: number) =>
	(await db().select().from(messages).where(eq(messages.caseId, caseId)).orderBy(asc(messages.at))).map(
		({ author, body }) => ({ author, body })
	);

/** Applies a poll that brought nothing but a status. */
const apply = (id: string, name: string, at: Date | undefined, startedAt: Date) =>
	transaction(async (tx) => {
		const status = { name, at, note: '', noteKey: undefined, raw: {} };
		await applyNews(tx, await lockEscalation(tx, id), { items: [], status }, startedAt);
	});

describe('news from LAPOR', () => {
	it('brings status and follow-ups to the timeline, where the reporter reads them, each once', async () => {
		const { id, move, say, laporId } = await sentReport(lapor);
		await receive(id);
		await move('Dalam Proses', 'Sedang ditelaah');
		await say('Laporan kami teruskan kepada {{institution_to}}.', { institution_to: 'Bagian <b>Layanan</b>' });
		await receive(id);
		await receive(id);
		const { entries, escalation } = await standing(id);
		const statuses = entries.filter((entry) => entry.type === 'escalation_status');
		expect(statuses.map((entry) => entry.data.status_name)).toEqual(['Belum Terverifikasi', 'Dalam Proses']);
		expect(statuses.every((entry) => entry.public && entry.actorKind === 'lapor')).toBe(true);
		expect(statuses[1]?.data).toMatchObject({ lapor_id: laporId, note: 'Sedang ditelaah', meaning: 'in_process' });
		const followups = entries.filter((entry) => entry.type === 'escalation_followup');
		expect(followups).toHaveLength(1);
		expect(followups[0]?.data).toMatchObject({
			institution: 'BPS Kabupaten Mamuju',
			content: 'Laporan kami teruskan kepada Bagian <b>Layanan</b>.'
		});
		expect(escalation).toMatchObject({ laporStatus: 'Dalam Proses', state: 'sent' });
		const kept = await db().select().from(escalationUpdates).where(eq(escalationUpdates.escalationId, id));
		expect(kept.find((update) => update.kind === 'followup')?.raw).toMatchObject({
			content: 'Laporan kami teruskan kepada {{institution_to}}.'
		});
	});

	it("Selesai with the institution's text answers a case in progress, by LAPOR", async () => {
		const { id, say, caseId } = await sentReport(lapor);
		await say('Loket sudah ditambah satu. Terima kasih.', { status_new: 'Selesai' });
		await receive(id);
		const { row, escalation, entries } = await standing(id);
		expect(row).toMatchObject({ status: 'answered', escalationState: 'closed' });
		expect(escalation).toMatchObject({ state: 'closed', laporStatus: 'Selesai', task: null });
		expect(entries.find((entry) => entry.type === 'answered')).toMatchObject({ actorKind: 'lapor', public: true });
		expect(await saidBy(caseId)).toEqual([{ author: 'lapor', body: 'Loket sudah ditambah satu. Terima kasih.' }]);
	});

	it('Selesai leaves no draft of ours behind for a second person to sign', async () => {
		const { id, office, say } = await sentReport(lapor);
		await makeActor([[office.unit.id, 'supervisor']]);
		const { row } = await standing(id);
		await answerCase(office.actor, row.reference, { body: 'Kami sedang menulis.', version: row.version });
		const states = async () =>
			(await db().select().from(approvals).where(eq(approvals.caseId, row.id))).map(({ state }) => state);
		expect(await states()).toEqual(['pending']);
		await say('Loket sudah ditambah.', { status_new: 'Selesai' });
		await receive(id);
		expect((await standing(id)).row.status).toBe('answered');
		expect(await states()).toEqual(['withdrawn']);
	});

	it('a note beside Selesai that says something is the text, before what was said earlier', async () => {
		const { id, say, move, caseId } = await sentReport(lapor);
		await say('Laporan sedang kami cek.');
		await receive(id);
		await new Promise((done) => setTimeout(done, 1100));
		await move('Selesai', 'Kursi sudah diganti dan loket ditambah.');
		await receive(id);
		expect((await standing(id)).row.status).toBe('answered');
		expect(await saidBy(caseId)).toEqual([{ author: 'lapor', body: 'Kursi sudah diganti dan loket ditambah.' }]);
	});

	it('what came with another status is no answer: Selesai after "being worked on" is a task', async () => {
		const { id, say, move } = await sentReport(lapor);
		await say('Laporan Anda sedang kami proses, mohon ditunggu.', { status_new: 'Dalam Proses' });
		await receive(id);
		await move('Selesai');
		await receive(id);
		const { row, escalation } = await standing(id);
		expect(row.status).toBe('in_progress');
		expect(escalation).toMatchObject({ laporStatus: 'Selesai', task: 'finished' });
	});

	it('Selesai without a text is a task for the handler, who takes it off', async () => {
		const { id, move, office } = await sentReport(lapor);
		await move('Selesai');
		await receive(id);
		const { row, escalation } = await standing(id);
		expect(row.status).toBe('in_progress');
		expect(escalation).toMatchObject({ state: 'closed', task: 'finished' });
		await settleTask(office.actor, id, { reason: 'Jawaban ditulis di sini' });
		const after = await standing(id);
		expect(after.escalation.task).toBeNull();
		expect(after.entries.at(-1)).toMatchObject({
			type: 'escalation_task_settled',
			public: false,
			data: { task: 'finished', reason: 'Jawaban ditulis di sini' }
		});
	});

	it.each([
		['Ditolak', 'refused', 'closed'],
		['Diarsipkan', 'archived', 'closed'],
		['Ditunda', 'postponed', 'sent']
	])("%s is a task with LAPOR's reason, and moves no clock", async (name, task, state) => {
		const { id, move } = await sentReport(lapor);
		const before = (await standing(id)).row;
		await move(name, 'Data belum lengkap');
		await receive(id);
		const { row, escalation } = await standing(id);
		expect(escalation).toMatchObject({ state, task, taskText: 'Data belum lengkap' });
		expect(row).toMatchObject({ status: before.status, dueAt: before.dueAt });
	});

	it('answers again after a dispute only with words that came after it', async () => {
		const { id, say, move, caseId } = await sentReport(lapor);
		await say('Sudah kami perbaiki.', { status_new: 'Selesai' });
		await receive(id);
		await new Promise((done) => setTimeout(done, 1100));
		await dispute(caseId, { body: 'Belum, antreannya masih sama.' });
		await move('Dalam Proses');
		await receive(id);
		expect((await standing(id)).escalation).toMatchObject({ state: 'sent', closedAt: null });
		await move('Selesai');
		await receive(id);
		expect((await standing(id)).row.status).toBe('in_progress');
		expect((await standing(id)).escalation).toMatchObject({ state: 'closed', task: 'finished' });
		expect(await saidBy(caseId)).toHaveLength(2);
	});

	it('never goes back on older news', async () => {
		const { id } = await sentReport(lapor);
		const asked = new Date(Date.now() + MINUTE);
		await apply(id, 'Dalam Proses', new Date(Date.now() + 10 * MINUTE), asked);
		await apply(id, 'Terverifikasi', new Date(Date.now() + 5 * MINUTE), new Date(asked.getTime() + MINUTE));
		expect((await standing(id)).escalation.laporStatus).toBe('Dalam Proses');
		await db()
			.update(escalations)
			.set({ polledAt: new Date(asked.getTime() + 2 * MINUTE) })
			.where(eq(escalations.id, id));
		await apply(id, 'Selesai', new Date(Date.now() + 20 * MINUTE), asked);
		expect((await standing(id)).escalation.laporStatus).toBe('Dalam Proses');
	});

	it('a status without a time counts, is kept once, and holds back no later one that has a time', async () => {
		const { id } = await sentReport(lapor);
		const poll = (name: string, at: Date | undefined, minutes: number) =>
			apply(id, name, at, new Date(Date.now() + minutes * MINUTE));
		await poll('Terverifikasi', undefined, 1);
		expect((await standing(id)).escalation).toMatchObject({ laporStatus: 'Terverifikasi', laporNewsAt: null });
		// LAPOR's clock is behind ours, or writes whole seconds.
		await poll('Dalam Proses', new Date(Date.now() - 7 * HOUR), 2);
		expect((await standing(id)).escalation.laporStatus).toBe('Dalam Proses');
		for (const minutes of [3, 4, 5]) await poll('Entah Apa', undefined, minutes);
		const kept = await db().select().from(escalationUpdates).where(eq(escalationUpdates.statusName, 'Entah Apa'));
		expect(kept).toHaveLength(1);
		await db().delete(escalationUpdates).where(eq(escalationUpdates.needsMapping, true));
	});

	it('a time that lies ahead is none, and holds back no later news', async () => {
		const { id, laporId } = await sentReport(lapor);
		const answer = async (status_name: string, note: string, timestamp: string) => {
			const data = { id: laporId, status_name, status_logs: [{ note, timestamp }] };
			const body = JSON.stringify({ results: { data } });
			await lapor.faults([{ kind: 'answer', status: 200, body, match: { endpoint: 'detail' } }]);
			await receive(id);
			return (await standing(id)).escalation;
		};
		expect(await answer('Dalam Proses', 'Salah ketik', '2062-11-26 10:00:00')).toMatchObject({
			laporStatus: 'Dalam Proses',
			laporNewsAt: null
		});
		expect(await answer('Ditunda', 'Menunggu data', '2026-11-26 10:00:00')).toMatchObject({ laporStatus: 'Ditunda' });
	});

	it('a status that is only spelt otherwise is no news', async () => {
		const { id, move } = await sentReport(lapor);
		for (const name of ['Dalam Proses', 'DALAM  PROSES', 'dalam proses ']) {
			await move(name);
			await receive(id);
		}
		expect((await standing(id)).types.filter((type) => type === 'escalation_status')).toHaveLength(1);
	});

	it('an answer to an earlier question changes nothing, not even when it was last asked', async () => {
		const { id } = await sentReport(lapor);
		const asked = new Date(Date.now() + MINUTE);
		await db().update(escalations).set({ polledAt: asked }).where(eq(escalations.id, id));
		await receive(id);
		expect((await standing(id)).escalation).toMatchObject({ polledAt: asked, laporStatus: null });
	});

	it("keeps an institution's files with its words, as links below LAPOR's own host", async () => {
		const { id, say } = await sentReport(lapor);
		await say('Terlampir.', {
			attachments: [{ path: '/storage/surat.pdf', file_name: 'surat.pdf', extension: 'pdf' }]
		});
		await receive(id);
		const updates = await db().select().from(escalationUpdates).where(eq(escalationUpdates.escalationId, id));
		const kept = updates.find(({ kind }) => kind === 'followup');
		const files = [{ name: 'surat.pdf', url: `${lapor.url()}/storage/surat.pdf` }];
		expect(kept?.attachments).toEqual(files);
		const { entries } = await standing(id);
		expect(entries.find(({ type }) => type === 'escalation_followup')?.data).toMatchObject({ attachments: files });
	});
});
