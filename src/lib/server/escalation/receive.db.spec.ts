import { asc, eq } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { withClock } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import { messages } from '#lib/server/db/schema/cases.ts';
import {
	escalationAttempts,
	escalations,
	escalationUpdates,
	laporStatusNames
} from '#lib/server/db/schema/escalations.ts';
import { overrideEnv } from '#lib/server/env.ts';
import { dispute } from '#lib/server/cases/report-back.ts';
import { applyNews } from '#lib/server/escalation/apply-news.ts';
import { deliver } from '#lib/server/escalation/deliver.ts';
import { receive } from '#lib/server/escalation/receive.ts';
import { lockEscalation } from '#lib/server/escalation/rows.ts';
import { mapStatusName, namesToMap } from '#lib/server/escalation/status-names.ts';
import { sweepEscalations } from '#lib/server/escalation/sweep.ts';
import { settleTask } from '#lib/server/escalation/tasks.ts';
import { transaction } from '#lib/server/db/index.ts';
import { useFreshDatabase } from '#lib/server/testing/database.ts';
import { makeActor } from '#lib/server/testing/factories.ts';
import { forwardedCase, jobsFor, makeOffice, standing, useLapor } from '#lib/server/testing/lapor.ts';

useFreshDatabase();
const lapor = useLapor();

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const later = <T>(ms: number, work: () => Promise<T>): Promise<T> => withClock(() => new Date(Date.now() + ms), work);

async function sentReport(input: Record<string, unknown> = {}, changes: Record<string, unknown> = {}) {
	const office = await makeOffice();
	const { escalation } = await forwardedCase(office, input, changes);
	await deliver(escalation.id);
	const { escalation: sent } = await standing(escalation.id);
	const move = (status_name: string, note = '') =>
		lapor.post(`/_reports/${sent.laporId}/status`, { status_name, note });
	const say = (content: string, more: Record<string, unknown> = {}) =>
		lapor.post(`/_reports/${sent.laporId}/followups`, { content, institution_from: 'BPS Kabupaten Mamuju', ...more });
	return { office, id: sent.id, laporId: sent.laporId ?? '', caseId: sent.caseId, move, say };
}
const saidBy = async (caseId: number) =>
	(await db().select().from(messages).where(eq(messages.caseId, caseId)).orderBy(asc(messages.at))).map(
		({ author, body }) => ({ author, body })
	);

describe('news from LAPOR', () => {
	it('brings status and follow-ups to the timeline, where the reporter reads them, each once', async () => {
		const { id, move, say, laporId } = await sentReport();
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
		const { id, say, caseId } = await sentReport();
		await say('Loket sudah ditambah satu. Terima kasih.', { status_new: 'Selesai' });
		await receive(id);
		const { row, escalation, entries } = await standing(id);
		expect(row).toMatchObject({ status: 'answered', escalationState: 'closed' });
		expect(escalation).toMatchObject({ state: 'closed', laporStatus: 'Selesai', task: null });
		expect(entries.find((entry) => entry.type === 'answered')).toMatchObject({ actorKind: 'lapor', public: true });
		expect(await saidBy(caseId)).toEqual([{ author: 'lapor', body: 'Loket sudah ditambah satu. Terima kasih.' }]);
	});

	it('a note beside Selesai that says something is the text, before what was said earlier', async () => {
		const { id, say, move, caseId } = await sentReport();
		await say('Laporan sedang kami cek.');
		await receive(id);
		await new Promise((done) => setTimeout(done, 1100));
		await move('Selesai', 'Kursi sudah diganti dan loket ditambah.');
		await receive(id);
		expect((await standing(id)).row.status).toBe('answered');
		expect(await saidBy(caseId)).toEqual([{ author: 'lapor', body: 'Kursi sudah diganti dan loket ditambah.' }]);
	});

	it('Selesai without a text is a task for the handler, who takes it off', async () => {
		const { id, move, office } = await sentReport();
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
		const { id, move } = await sentReport();
		const before = (await standing(id)).row;
		await move(name, 'Data belum lengkap');
		await receive(id);
		const { row, escalation } = await standing(id);
		expect(escalation).toMatchObject({ state, task, taskText: 'Data belum lengkap' });
		expect(row).toMatchObject({ status: before.status, dueAt: before.dueAt });
	});

	it('answers anew after a dispute only with words that came after it', async () => {
		const { id, say, move, caseId } = await sentReport();
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
		const { id } = await sentReport();
		const asked = new Date(Date.now() + MINUTE);
		const news = (name: string, at: Date) => ({
			items: [],
			status: { name, at, note: '', noteKey: undefined, raw: {} }
		});
		const apply = (name: string, at: Date, startedAt: Date) =>
			transaction(async (tx) => applyNews(tx, await lockEscalation(tx, id), news(name, at), startedAt));
		await apply('Dalam Proses', new Date(Date.now() + 10 * MINUTE), asked);
		await apply('Terverifikasi', new Date(Date.now() + 5 * MINUTE), new Date(asked.getTime() + MINUTE));
		expect((await standing(id)).escalation.laporStatus).toBe('Dalam Proses');
		await db()
			.update(escalations)
			.set({ polledAt: new Date(asked.getTime() + 2 * MINUTE) })
			.where(eq(escalations.id, id));
		await apply('Selesai', new Date(Date.now() + 20 * MINUTE), asked);
		expect((await standing(id)).escalation.laporStatus).toBe('Dalam Proses');
	});

	it('guesses no meaning: an unknown name waits for an administrator, then acts', async () => {
		const { id, move, office } = await sentReport();
		await receive(id);
		await move('Tuntas  Paripurna', 'Sudah tuntas');
		await receive(id);
		await receive(id);
		const waiting = await standing(id);
		expect(waiting.escalation).toMatchObject({
			state: 'sent',
			laporStatus: 'Belum Terverifikasi',
			task: 'status_unmapped'
		});
		expect(await namesToMap()).toContainEqual({ name: 'Tuntas  Paripurna', reports: 1 });
		await expect(mapStatusName(office.actor, 'Tuntas Paripurna', 'finished')).rejects.toMatchObject({
			name: 'NotAllowed'
		});
		const admin = await makeActor([[office.unit.id, 'admin']]);
		await expect(mapStatusName(admin, 'Selesai', 'refused')).rejects.toMatchObject({ name: 'Invalid' });
		await mapStatusName(admin, 'Tuntas Paripurna', 'finished');
		const after = await standing(id);
		expect(after.escalation).toMatchObject({ state: 'closed', laporStatus: 'Tuntas  Paripurna', task: 'finished' });
		expect(await namesToMap()).toEqual([]);
		await db().delete(laporStatusNames);
	});

	it('a name mapped too late does not take a newer status back', async () => {
		const { id, move, office } = await sentReport();
		await move('Menunggu Pleno');
		await receive(id);
		await move('Dalam Proses');
		await receive(id);
		const admin = await makeActor([[office.unit.id, 'admin']]);
		await mapStatusName(admin, 'Menunggu Pleno', 'unverified');
		expect((await standing(id)).escalation.laporStatus).toBe('Dalam Proses');
		await db().delete(laporStatusNames);
	});
});

describe('the clock of polling', () => {
	it('asks when due, with a job of its own that is not made twice', async () => {
		const { id } = await sentReport();
		await sweepEscalations();
		expect(await jobsFor('escalation-receive', id)).toBe(0);
		await later(16 * MINUTE, sweepEscalations);
		await later(17 * MINUTE, sweepEscalations);
		expect(await jobsFor('escalation-receive', id)).toBe(1);
	});

	it('waits an hour after an error, keeps what is known, and writes the error down', async () => {
		const { id } = await sentReport();
		await receive(id);
		await lapor.faults([{ kind: '500_before', match: { endpoint: 'followups' } }]);
		await receive(id);
		const { escalation } = await standing(id);
		expect(escalation.laporStatus).toBe('Belum Terverifikasi');
		expect((escalation.nextPollAt?.getTime() ?? 0) - Date.now()).toBeGreaterThan(53 * MINUTE);
		const [attempt] = await db().select().from(escalationAttempts).where(eq(escalationAttempts.step, 'followups'));
		expect(attempt).toMatchObject({ outcome: 'retry', httpStatus: 500, reasonCode: 'server_error' });
	});

	it('a number that LAPOR knows no more is a task', async () => {
		const { id } = await sentReport();
		await db().update(escalations).set({ laporId: '99999999' }).where(eq(escalations.id, id));
		await receive(id);
		expect((await standing(id)).escalation).toMatchObject({ state: 'sent', task: 'gone' });
	});

	it('goes on daily for ten days after the end, then stops; LAPOR_POLL_SECONDS caps it', async () => {
		const { id, move } = await sentReport();
		await move('Diarsipkan');
		await receive(id);
		const wait = async () => ((await standing(id)).escalation.nextPollAt?.getTime() ?? 0) - Date.now();
		expect(await wait()).toBeGreaterThan(21 * HOUR);
		overrideEnv({ LAPOR_POLL_CAPPED: true, LAPOR_POLL_SECONDS: 60 });
		await receive(id);
		expect(await wait()).toBeLessThanOrEqual(MINUTE);
		await later(241 * HOUR, () => receive(id));
		expect((await standing(id)).escalation.nextPollAt).toBeNull();
	});
});
