import { and, asc, eq } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { db, transaction } from '#lib/server/db/index.ts';
import { approvals, cases, messages } from '#lib/server/db/schema/cases.ts';
import { escalations, escalationUpdates } from '#lib/server/db/schema/escalations.ts';
import { answerCase } from '#lib/server/cases/answers/answer.ts';
import { submitObjection } from '#lib/server/cases/conversation/objection.ts';
import { applyNews } from './apply-status.ts';
import { pollOrLookUp } from './poll.ts';
import { lockEscalation } from '../rows.ts';
import { makeActor } from '#lib/dev/testing/factories.ts';
import { settlePresentTask } from '#lib/dev/testing/forwarding/present-task.ts';
import { HOUR, inMs, MINUTE, nextSecond, sentReport, forwardNow, useLapor } from '#lib/dev/testing/lapor.ts';

const lapor = useLapor();

const messagesOf = async (caseId: number) =>
	(await db().select().from(messages).where(eq(messages.caseId, caseId)).orderBy(asc(messages.at))).map(
		({ author, body }) => ({ author, body })
	);

/** Applies a poll that contains only a status. */
const apply = (id: string, name: string, at: Date | undefined, startedAt: Date) =>
	transaction(async (tx) => {
		const status = { name, at, key: at?.toISOString(), note: '', noteKey: undefined, undatedLogs: [], raw: {} };
		await applyNews(tx, await lockEscalation(tx, id), { items: [], status }, startedAt);
	});

describe('news from LAPOR', () => {
	it('adds each status and follow-up once to the timeline, as public entries', async () => {
		const { id, move, addFollowup, laporId } = await sentReport(lapor);
		await pollOrLookUp(id);
		await move('Dalam Proses', 'Sedang ditelaah');
		const institution_to = 'Bagian \u202e<b>Layanan</b>';
		await addFollowup('Laporan kami teruskan kepada {{institution_to}}.', { institution_to });
		await pollOrLookUp(id);
		await pollOrLookUp(id);
		const { entries, escalation } = await forwardNow(id);
		const statuses = entries.filter((entry) => entry.type === 'escalation_status');
		expect(statuses.map((entry) => entry.data.status_name)).toEqual(['Belum Terverifikasi', 'Dalam Proses']);
		expect(statuses.every((entry) => entry.public && entry.actorKind === 'lapor')).toBe(true);
		expect(statuses[1]?.data).toMatchObject({ lapor_id: laporId, note: 'Sedang ditelaah', meaning: 'in_process' });
		const followups = entries.filter((entry) => entry.type === 'escalation_followup');
		expect(followups).toHaveLength(1);
		expect(followups[0]?.data).toMatchObject({
			institution: 'BPS Kabupaten Mamuju',
			content: 'Laporan kami teruskan kepada Bagian Layanan.'
		});
		expect(escalation).toMatchObject({ laporStatus: 'Dalam Proses', state: 'sent' });
		const updates = await db().select().from(escalationUpdates).where(eq(escalationUpdates.escalationId, id));
		expect(updates.find((update) => update.kind === 'followup')?.raw).toMatchObject({
			content: 'Laporan kami teruskan kepada {{institution_to}}.'
		});
	});

	it('shows a known status name in its usual spelling, whatever the case and spaces', async () => {
		const { id } = await sentReport(lapor);
		const at = new Date(Date.now() + MINUTE);
		await apply(id, ' DALAM  proses ', at, at);
		const { entries, escalation } = await forwardNow(id);
		expect(escalation.laporStatus).toBe('Dalam Proses');
		expect(entries.findLast(({ type }) => type === 'escalation_status')?.data.status_name).toBe('Dalam Proses');
	});

	it("Selesai with the institution's text answers a case in progress, with LAPOR as author", async () => {
		const { id, addFollowup, caseId } = await sentReport(lapor);
		await addFollowup('Loket sudah ditambah satu. Terima kasih.', { status_new: 'Selesai' });
		await pollOrLookUp(id);
		const { row, escalation, entries } = await forwardNow(id);
		expect(row).toMatchObject({ status: 'answered', escalationState: 'closed' });
		expect(escalation).toMatchObject({ state: 'closed', laporStatus: 'Selesai', task: null });
		expect(entries.find((entry) => entry.type === 'answered')).toMatchObject({ actorKind: 'lapor', public: true });
		expect(await messagesOf(caseId)).toEqual([{ author: 'lapor', body: 'Loket sudah ditambah satu. Terima kasih.' }]);
	});

	it('Selesai withdraws a draft that waits for approval', async () => {
		const { id, office, addFollowup } = await sentReport(lapor);
		await makeActor([[office.unit.id, 'supervisor']]);
		const { row } = await forwardNow(id);
		await answerCase(office.actor, row.reference, { body: 'Kami sedang menulis.', version: row.version });
		const states = async () =>
			(await db().select().from(approvals).where(eq(approvals.caseId, row.id))).map(({ state }) => state);
		expect(await states()).toEqual(['pending']);
		await addFollowup('Loket sudah ditambah.', { status_new: 'Selesai' });
		await pollOrLookUp(id);
		expect((await forwardNow(id)).row.status).toBe('answered');
		expect(await states()).toEqual(['withdrawn']);
	});

	it('an informative note of Selesai is the answer', async () => {
		const { id, move, caseId } = await sentReport(lapor);
		await move('Selesai', 'Kursi sudah diganti dan loket ditambah.');
		await pollOrLookUp(id);
		expect((await forwardNow(id)).row.status).toBe('answered');
		expect(await messagesOf(caseId)).toEqual([{ author: 'lapor', body: 'Kursi sudah diganti dan loket ditambah.' }]);
	});

	it('a follow-up with another status is not the answer: Selesai is then a task', async () => {
		const { id, addFollowup, move } = await sentReport(lapor);
		await addFollowup('Laporan Anda sedang kami proses, mohon ditunggu.', { status_new: 'Dalam Proses' });
		await pollOrLookUp(id);
		await move('Selesai');
		await pollOrLookUp(id);
		const { row, escalation } = await forwardNow(id);
		expect(row.status).toBe('in_progress');
		expect(escalation).toMatchObject({ laporStatus: 'Selesai', task: 'finished' });
	});

	it('does not publish a follow-up without an institution, which the reporter may have written', async () => {
		const { id, addFollowup, move } = await sentReport(lapor);
		await addFollowup('Kapan selesai? Sudah seminggu.', { institution_from: null });
		await move('Selesai');
		await pollOrLookUp(id);
		const { row, escalation } = await forwardNow(id);
		expect(row.status).toBe('in_progress');
		expect(escalation.task).toBe('finished');
	});

	it('Selesai without a text is a task, which the handler marks as done', async () => {
		const { id, move, office } = await sentReport(lapor);
		await move('Selesai');
		await pollOrLookUp(id);
		const { row, escalation } = await forwardNow(id);
		expect(row.status).toBe('in_progress');
		expect(escalation).toMatchObject({ state: 'closed', task: 'finished' });
		await settlePresentTask(office.actor, id, 'Jawaban ditulis di sini');
		const after = await forwardNow(id);
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
	])("%s is a task with LAPOR's reason until LAPOR moves on, and changes no deadline", async (name, task, state) => {
		const { id, move } = await sentReport(lapor);
		const before = (await forwardNow(id)).row;
		await move(name, 'Data belum lengkap');
		await pollOrLookUp(id);
		const { row, escalation } = await forwardNow(id);
		expect(escalation).toMatchObject({ state, task, taskText: 'Data belum lengkap' });
		expect(row).toMatchObject({ status: before.status, dueAt: before.dueAt });
		await move('Dalam Proses');
		await pollOrLookUp(id);
		expect((await forwardNow(id)).escalation).toMatchObject({ state: 'sent', task: null });
	});

	it('Selesai after a dispute does not answer with a text from before the dispute', async () => {
		const { id, addFollowup, move, caseId } = await sentReport(lapor);
		await addFollowup('Sudah kami perbaiki.', { status_new: 'Selesai' });
		await pollOrLookUp(id);
		await nextSecond();
		await submitObjection(caseId, { body: 'Belum, antreannya masih sama.' });
		await move('Dalam Proses');
		await pollOrLookUp(id);
		expect((await forwardNow(id)).escalation).toMatchObject({ state: 'sent', closedAt: null });
		await move('Selesai');
		await pollOrLookUp(id);
		expect((await forwardNow(id)).row.status).toBe('in_progress');
		expect((await forwardNow(id)).escalation).toMatchObject({ state: 'closed', task: 'finished' });
		expect(await messagesOf(caseId)).toHaveLength(2);
	});

	it('Selesai after the second dispute is a task, because a supervisor gives the final answer', async () => {
		const { id, caseId, addFollowup } = await sentReport(lapor);
		await db().update(cases).set({ disputes: 2 }).where(eq(cases.id, caseId));
		await addFollowup('Loket sudah ditambah.', { status_new: 'Selesai' });
		await pollOrLookUp(id);
		const { row, escalation } = await forwardNow(id);
		expect(row.status).toBe('in_progress');
		expect(escalation).toMatchObject({ state: 'closed', task: 'finished', taskText: 'Loket sudah ditambah.' });
	});

	it('a status that is older than the last one is not applied, but is a task', async () => {
		const { id, office } = await sentReport(lapor);
		const startedAt = new Date(Date.now() + MINUTE);
		await apply(id, 'Dalam Proses', new Date(Date.now() + 10 * MINUTE), startedAt);
		const older = new Date(Date.now() + 5 * MINUTE);
		const poll = (name: string, at: Date, seconds: number) =>
			apply(id, name, at, new Date(startedAt.getTime() + seconds * 1000));
		await poll('Terverifikasi', older, 10);
		const differs = { laporStatus: 'Dalam Proses', task: 'status_older', taskText: 'Terverifikasi' };
		expect((await forwardNow(id)).escalation).toMatchObject(differs);
		await settlePresentTask(office.actor, id, 'Sudah dicocokkan');
		await poll('Terverifikasi', older, 20);
		expect((await forwardNow(id)).escalation.task).toBeNull();
		await poll('Entah Apa Lagi', older, 30);
		expect((await forwardNow(id)).escalation.task).toBe('status_older');
		await poll('Dalam Proses', older, 40);
		expect((await forwardNow(id)).escalation.task).toBeNull();
		await db()
			.update(escalations)
			.set({ polledAt: new Date(startedAt.getTime() + 2 * MINUTE) })
			.where(eq(escalations.id, id));
		await apply(id, 'Selesai', new Date(Date.now() + 20 * MINUTE), startedAt);
		expect((await forwardNow(id)).escalation.laporStatus).toBe('Dalam Proses');
	});

	it('a status without a time is applied, stored once, and does not block a later one with a time', async () => {
		const { id } = await sentReport(lapor);
		const poll = (name: string, at: Date | undefined, minutes: number) =>
			apply(id, name, at, new Date(Date.now() + minutes * MINUTE));
		await poll('Terverifikasi', undefined, 1);
		expect((await forwardNow(id)).escalation).toMatchObject({ laporStatus: 'Terverifikasi', laporNewsAt: null });
		// LAPOR's clock may be behind ours, or may write whole seconds.
		await poll('Dalam Proses', new Date(Date.now() - 7 * HOUR), 2);
		expect((await forwardNow(id)).escalation.laporStatus).toBe('Dalam Proses');
		for (const minutes of [3, 4, 5]) await poll('Entah Apa', undefined, minutes);
		const updates = await db().select().from(escalationUpdates).where(eq(escalationUpdates.statusName, 'Entah Apa'));
		expect(updates).toHaveLength(1);
		await poll('Dalam Proses', undefined, 6);
		expect((await forwardNow(id)).escalation.task).toBeNull();
		await poll('Entah Apa', undefined, 7);
		expect((await forwardNow(id)).escalation.task).toBe('status_unmapped');
		await db().delete(escalationUpdates).where(eq(escalationUpdates.needsMapping, true));
	});

	it('a time in the future is ignored and does not block later news', async () => {
		const { id, laporId } = await sentReport(lapor);
		const answer = async (status_name: string, note: string, timestamp: string) => {
			const data = { id: laporId, status_name, status_logs: [{ note, timestamp }] };
			const body = JSON.stringify({ results: { data } });
			await lapor.faults([{ kind: 'answer', status: 200, body, match: { endpoint: 'detail' } }]);
			await pollOrLookUp(id);
			return (await forwardNow(id)).escalation;
		};
		expect(await answer('Dalam Proses', 'Salah ketik', '2062-11-26 10:00:00')).toMatchObject({
			laporStatus: 'Dalam Proses',
			laporNewsAt: null
		});
		expect(await answer('Ditunda', 'Menunggu data', '2026-11-26 10:00:00')).toMatchObject({ laporStatus: 'Ditunda' });
	});

	it('a clock of LAPOR that is hours ahead for a while does not block the next status', async () => {
		const { id } = await sentReport(lapor);
		const answer = async (status_name: string, hours: number, since = Date.now()) => {
			const timestamp = new Date(since + hours * HOUR).toISOString();
			const data = { status_name, status_logs: [{ note: status_name, timestamp }] };
			const body = JSON.stringify({ results: { data } });
			await lapor.faults([{ kind: 'answer', status: 200, body, match: { endpoint: 'detail' } }]);
			await pollOrLookUp(id);
			return (await forwardNow(id)).escalation;
		};
		const ahead = await answer('Dalam Proses', 7);
		expect(ahead).toMatchObject({ laporStatus: 'Dalam Proses' });
		expect(ahead.laporNewsAt?.getTime()).toBeLessThanOrEqual(Date.now());
		const next = await inMs(MINUTE, () => answer('Ditunda', 30 / 3600));
		expect(next).toMatchObject({ laporStatus: 'Ditunda' });
		// A status without a meaning is stored once, however often it is read.
		const began = Date.now();
		for (const minutes of [2, 3]) await inMs(minutes * MINUTE, () => answer('Nama Baru', 7, began));
		const unmapped = and(eq(escalationUpdates.escalationId, id), eq(escalationUpdates.needsMapping, true));
		expect(await db().$count(escalationUpdates, unmapped)).toBe(1);
	});

	it('a status with other case or spaces is not news', async () => {
		const { id, move } = await sentReport(lapor);
		for (const name of ['Dalam Proses', 'DALAM  PROSES', 'dalam proses ']) {
			await move(name);
			await pollOrLookUp(id);
		}
		expect((await forwardNow(id)).types.filter((type) => type === 'escalation_status')).toHaveLength(1);
	});

	it('the result of an earlier poll changes neither the status nor the time of the last poll', async () => {
		const { id } = await sentReport(lapor);
		const startedAt = new Date(Date.now() + MINUTE);
		await db().update(escalations).set({ polledAt: startedAt }).where(eq(escalations.id, id));
		await pollOrLookUp(id);
		expect((await forwardNow(id)).escalation).toMatchObject({ polledAt: startedAt, laporStatus: null });
	});

	it("stores the files of an institution's follow-up as links on LAPOR's host", async () => {
		const { id, addFollowup } = await sentReport(lapor);
		await addFollowup('Terlampir.', {
			attachments: [{ path: '/storage/surat.pdf', file_name: 'surat.pdf', extension: 'pdf' }]
		});
		await pollOrLookUp(id);
		const updates = await db().select().from(escalationUpdates).where(eq(escalationUpdates.escalationId, id));
		const followup = updates.find(({ kind }) => kind === 'followup');
		const files = [{ name: 'surat.pdf', url: `${lapor.url()}/storage/surat.pdf` }];
		expect(followup?.attachments).toEqual(files);
		const { entries } = await forwardNow(id);
		expect(entries.find(({ type }) => type === 'escalation_followup')?.data).toMatchObject({ attachments: files });
	});
});
