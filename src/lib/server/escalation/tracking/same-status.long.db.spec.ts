import { and, asc, eq } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { answerCase } from '#lib/server/cases/answers/answer.ts';
import { submitObjection } from '#lib/server/cases/conversation/objection.ts';
import { db } from '#lib/server/db/index.ts';
import { messages } from '#lib/server/db/schema/cases.ts';
import { overrideEnv } from '#lib/server/env.ts';
import { settlePresentTask } from '#lib/dev/testing/forwarding/present-task.ts';
import { followupsOf } from '#lib/dev/testing/forwarding/world.ts';
import { forwardedCase, makeOffice, nextSecond, sentReport, forwardNow, useLapor } from '#lib/dev/testing/lapor.ts';
import { resolveEscalation, setManualStatus } from '../decisions.ts';
import { deliver } from '../delivery/deliver.ts';
import { followCaseEvents } from '../followups/followups.ts';
import { resendEscalation } from '../forward/forward.ts';
import { pollOrLookUp } from './poll.ts';

const lapor = useLapor();

const answersOf = async (caseId: number) =>
	(
		await db()
			.select({ body: messages.body })
			.from(messages)
			.where(and(eq(messages.caseId, caseId), eq(messages.author, 'lapor')))
			.orderBy(asc(messages.at))
	).map(({ body }) => body);

describe('a status with the same name as at the last poll', () => {
	const disputed = async () => {
		const report = await sentReport(lapor);
		await report.addFollowup('Sudah kami perbaiki.', { status_new: 'Selesai' });
		await pollOrLookUp(report.id);
		await nextSecond();
		await submitObjection(report.caseId, { body: 'Belum, antreannya masih sama.' });
		return report;
	};

	it('answers a disputed case if LAPOR left Selesai and came back with a new answer between two polls', async () => {
		const { id, caseId, move, addFollowup } = await disputed();
		const newsAt = (await forwardNow(id)).escalation.laporNewsAt?.getTime() ?? 0;
		await move('Dalam Proses');
		await addFollowup('Loket kedua dibuka hari ini.', { status_new: 'Selesai' });
		await pollOrLookUp(id);
		const { row, escalation } = await forwardNow(id);
		expect(row.status).toBe('answered');
		expect(escalation).toMatchObject({ state: 'closed', task: null });
		expect(escalation.laporNewsAt?.getTime()).toBeGreaterThan(newsAt);
		expect(await answersOf(caseId)).toEqual(['Sudah kami perbaiki.', 'Loket kedua dibuka hari ini.']);
		await pollOrLookUp(id);
		expect(await answersOf(caseId)).toHaveLength(2);
	});

	it('is a task if it came back without a text, and not for our own follow-up that comes back', async () => {
		const { id, office, move } = await disputed();
		await followCaseEvents((await forwardNow(id)).entries);
		await deliver(id);
		await pollOrLookUp(id);
		expect((await forwardNow(id)).escalation.task).toBeNull();
		await nextSecond();
		await move('Dalam Proses');
		await move('Selesai', 'Ditutup oleh admin instansi pusat');
		await pollOrLookUp(id);
		const after = await forwardNow(id);
		expect(after.row.status).toBe('in_progress');
		expect(after.escalation).toMatchObject({ task: 'finished', taskText: 'Ditutup oleh admin instansi pusat' });
		await settlePresentTask(office.actor, id, 'Dijawab di sini');
		await pollOrLookUp(id);
		expect((await forwardNow(id)).escalation.task).toBeNull();
	});

	it("answers with the institution's text that comes one poll later than Selesai", async () => {
		const { id, caseId, move, addFollowup } = await sentReport(lapor);
		await move('Selesai');
		await pollOrLookUp(id);
		expect((await forwardNow(id)).escalation.task).toBe('finished');
		await addFollowup('Loket sudah ditambah.', { status_new: 'Selesai' });
		await pollOrLookUp(id);
		expect(await forwardNow(id)).toMatchObject({ row: { status: 'answered' }, escalation: { task: null } });
		expect(await answersOf(caseId)).toEqual(['Loket sudah ditambah.']);
	});

	it.each([
		['sets no status', {}],
		['repeats the present status', { status_new: 'Selesai' }],
		['is by an administrator of LAPOR', { institution_from: 'Admin SP4N-LAPOR!' }]
	])('is a task if an institution adds a text that %s, which may not be an answer', async (_name, sent) => {
		const { id, addFollowup } = await disputed();
		await addFollowup('Mohon kirim foto loketnya.', sent);
		await addFollowup('Kapan selesai?', { institution_from: null });
		await pollOrLookUp(id);
		const { row, escalation } = await forwardNow(id);
		expect(row.status).toBe('in_progress');
		expect(escalation).toMatchObject({ task: 'finished', taskText: 'Mohon kirim foto loketnya.' });
	});

	it('does not answer with a question that repeats the present status, but with the text that sets it', async () => {
		const { id, caseId, move, addFollowup } = await disputed();
		await move('Dalam Proses');
		await addFollowup('Loket kedua dibuka hari ini.', { status_new: 'Selesai' });
		await nextSecond();
		await addFollowup('Mohon kirim foto loketnya.', { status_new: 'Selesai' });
		await pollOrLookUp(id);
		expect(await answersOf(caseId)).toEqual(['Sudah kami perbaiki.', 'Loket kedua dibuka hari ini.']);
	});

	it('answers with a note of Selesai beside a follow-up that only names the status', async () => {
		const { id, caseId, move, addFollowup } = await sentReport(lapor);
		const notes = ['Loket kedua dibuka kemarin.', 'Loket ketiga dibuka pagi ini.'];
		await move('Selesai', notes[0]);
		await pollOrLookUp(id);
		await nextSecond();
		await submitObjection(caseId, { body: 'Belum, antreannya masih sama.' });
		await move('Dalam Proses');
		await addFollowup('Status laporan tetap Dalam Proses', { status_new: 'Dalam Proses' });
		await pollOrLookUp(id);
		await nextSecond();
		await move('Selesai', notes[1]);
		await pollOrLookUp(id);
		expect(await answersOf(caseId)).toEqual(notes);
	});

	it('is a task if only a question came since the dispute', async () => {
		const { id, caseId, move, addFollowup } = await disputed();
		await addFollowup('Mohon kirim foto loketnya.', { status_new: 'Selesai' });
		await pollOrLookUp(id);
		for (const name of ['Dalam Proses', 'Selesai']) {
			await nextSecond();
			await move(name);
			await pollOrLookUp(id);
		}
		expect((await forwardNow(id)).escalation.task).toBe('finished');
		expect(await answersOf(caseId)).toEqual(['Sudah kami perbaiki.']);
	});

	it.each([
		['Ditolak', 'refused'],
		['Ditunda', 'postponed']
	])('is a task again if %s was set again', async (name, task) => {
		const { id, office, move } = await sentReport(lapor);
		await move(name, 'Data belum lengkap');
		await pollOrLookUp(id);
		await settlePresentTask(office.actor, id, 'Data dikirim');
		await nextSecond();
		await move('Dalam Proses');
		await move(name, 'Tanggalnya masih kurang');
		await pollOrLookUp(id);
		expect((await forwardNow(id)).escalation).toMatchObject({ task, taskText: 'Tanggalnya masih kurang' });
	});

	it('is a task again if a person enters Selesai with the next text in manual mode', async () => {
		overrideEnv({ LAPOR_MODE: 'manual' });
		const office = await makeOffice({});
		const { escalation } = await forwardedCase(office);
		const found = { outcome: 'found', lapor_id: '1916801', reason: 'Sudah diisikan' };
		await resolveEscalation(office.actor, escalation.id, found);
		const enter = (note?: string) =>
			setManualStatus(office.actor, escalation.id, { status_name: 'Selesai', note, at: new Date().toISOString() });
		expect(await enter('Sudah kami perbaiki.')).toMatchObject({ task: 'finished', taskText: 'Sudah kami perbaiki.' });
		await settlePresentTask(office.actor, escalation.id, 'Jawaban ditulis');
		expect(await enter()).toMatchObject({ task: null });
		expect(await enter('Loket kedua dibuka.')).toMatchObject({ task: 'finished', taskText: 'Loket kedua dibuka.' });
	});
});

it('does not copy the answer after a typed Selesai back to LAPOR, and ends the task to write it', async () => {
	const office = await makeOffice();
	overrideEnv({ LAPOR_MODE: 'manual' });
	const { row, escalation } = await forwardedCase(office, {}, { kind: 'suggestion' });
	const found = { outcome: 'found', lapor_id: '770003', reason: 'Sudah diisikan' };
	await resolveEscalation(office.actor, escalation.id, found);
	const selesai = { status_name: 'Selesai', note: 'Kursi sudah ditambah.', at: new Date().toISOString() };
	expect(await setManualStatus(office.actor, escalation.id, selesai)).toMatchObject({ task: 'finished' });
	const answer = async (body: string) => {
		const { version } = (await forwardNow(escalation.id)).row;
		await answerCase(office.actor, row.reference, { body, version });
		const { entries } = await forwardNow(escalation.id);
		for (let times = 0; times < 2; times += 1) await followCaseEvents(entries);
		return (await followupsOf(escalation.id)).map(({ source }) => source);
	};
	expect(await answer('Kursi di ruang tunggu sudah kami tambah.')).toEqual([]);
	expect((await forwardNow(escalation.id)).escalation.task).toBeNull();
	await submitObjection(row.id, { body: 'Belum, kursinya masih sama.' });
	expect(await answer('Sepuluh kursi baru sudah dipasang.')).toEqual(['dispute', 'answer']);
});

it('does not answer the case by a refused forward that a newer one replaced, even if that one is closed', async () => {
	const { id, office, move, addFollowup } = await sentReport(lapor);
	await move('Ditolak');
	await pollOrLookUp(id);
	const next = await resendEscalation(office.actor, id, { reason: 'Kewenangan instansi lain' });
	await deliver(next.id);
	const { laporId } = (await forwardNow(next.id)).escalation;
	const refusal = { content: 'Bukan kewenangan kami.', status_new: 'Ditolak', institution_from: 'BPS' };
	await lapor.post(`/_reports/${laporId}/followups`, refusal);
	await pollOrLookUp(next.id);
	expect((await forwardNow(next.id)).escalation.state).toBe('closed');
	await addFollowup('Silakan ke dinas.', { status_new: 'Selesai' });
	await pollOrLookUp(id);
	expect(await forwardNow(id)).toMatchObject({ row: { status: 'in_progress' }, escalation: { task: 'finished' } });
});
