import { eq, sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { db } from '#lib/server/db/index.ts';
import { cases, messages } from '#lib/server/db/schema/cases.ts';
import { settleTask } from '../decisions.ts';
import { settlePresentTask } from '#lib/dev/testing/forwarding/present-task.ts';
import { HOUR, inMs, makeOffice, MINUTE, sentReport, forwardNow, useLapor } from '#lib/dev/testing/lapor.ts';
import { makeActor } from '#lib/dev/testing/factories.ts';
import { attemptsOf } from '../call-log.ts';
import { countNamesToMap, mapStatusName } from './unknown-status-names.ts';
import { pollOrLookUp } from './poll.ts';

const lapor = useLapor();

/** A report whose detail a test sets. */
async function reportWith() {
	const report = await sentReport(lapor);
	const poll = async (status_name: string, status_logs: unknown, more: Record<string, unknown> = {}) => {
		const body = JSON.stringify({ results: { data: { status_name, status_logs, ...more } } });
		await lapor.faults([{ kind: 'answer', body, match: { endpoint: 'detail' } }]);
		await pollOrLookUp(report.id);
		return (await forwardNow(report.id)).escalation;
	};
	return { ...report, poll };
}

describe('a poll is applied', () => {
	it.each([
		['logs that are empty', [null], { data_logs: { 0: null, 2: { content: 'Diteruskan' } } }],
		['the year 1 as the time of a log', [{ note: 'x', timestamp: '0001-01-01 00:00:00' }], {}],
		['the year 1 as the date of a log', [], { data_logs: [{ content: 'x', date: '01-01-0001 00:00:00' }] }]
	])('with %s', async (_what, logs, more) => {
		const { poll } = await reportWith();
		expect(await poll('Dalam Proses', logs, more)).toMatchObject({
			laporStatus: 'Dalam Proses',
			polledAt: expect.any(Date) as Date
		});
	});
});

describe('news that cannot be stored', () => {
	it('wait an hour, with an attempt that says so, and become a task after a day', async () => {
		const { id, poll } = await reportWith();
		await db().execute(sql`alter table escalation_updates add constraint refuses check (content <> 'Aneh')`);
		const logs = [{ note: 'Aneh', timestamp: '30-11-2026 08:00:00' }];
		const failed = await poll('Dalam Proses', logs);
		expect(failed).toMatchObject({ laporStatus: null, polledAt: null, task: null });
		expect((failed.nextPollAt?.getTime() ?? 0) - Date.now()).toBeGreaterThan(53 * MINUTE);
		expect((await attemptsOf(id))[0]).toMatchObject({ step: 'detail', outcome: 'retry', reasonCode: 'not_stored' });
		await inMs(25 * HOUR, () => pollOrLookUp(id));
		expect((await forwardNow(id)).escalation.task).toBe('unread');
		await db().execute(sql`alter table escalation_updates drop constraint refuses`);
		await inMs(26 * HOUR, () => pollOrLookUp(id));
		expect((await forwardNow(id)).escalation).toMatchObject({ laporStatus: 'Dalam Proses', task: null });
	});
});

describe('a detail without a status', () => {
	it('counts as a failed poll, keeps the texts, and is a task after a day', async () => {
		const { id, addFollowup, poll } = await reportWith();
		await addFollowup('Sedang kami cek.');
		const bare = () => poll('', []);
		expect(await bare()).toMatchObject({ laporStatus: null, polledAt: null, task: null });
		expect((await forwardNow(id)).types).toContain('escalation_followup');
		expect((await attemptsOf(id))[0]).toMatchObject({ step: 'detail', outcome: 'retry', reasonCode: 'unreadable' });
		expect((await inMs(25 * HOUR, bare)).task).toBe('unread');
		expect(await inMs(26 * HOUR, () => poll('Dalam Proses', []))).toMatchObject({ task: null });
	});
});

describe('follow-ups whose ids change with each response', () => {
	it('are stored once, and two that are alike stay two', async () => {
		const { id, poll } = await reportWith();
		const row = { content: 'Sedang kami cek.', institution_from_name: 'BPS', created_at: '01-12-2026 10:00:00' };
		const pollWith = async (...ids: number[]) => {
			const body = JSON.stringify({ results: { data: ids.map((one) => ({ ...row, id: one })) } });
			const status = JSON.stringify({ results: { data: { status_name: 'Dalam Proses' } } });
			await lapor.faults([
				{ kind: 'answer', body: status, match: { endpoint: 'detail' } },
				{ kind: 'answer', body, match: { endpoint: 'followups' } }
			]);
			await pollOrLookUp(id);
			return (await forwardNow(id)).types.filter((type) => type === 'escalation_followup').length;
		};
		await poll('Dalam Proses', []);
		expect(await pollWith(1, 2)).toBe(2);
		expect(await pollWith(3, 4)).toBe(2);
		expect(await pollWith(5, 6, 7)).toBe(3);
		expect(await pollWith(8, 9, 7)).toBe(3);
		expect(await pollWith(8, 9, 7, 10)).toBe(4);
	});
});

describe('a follow-up whose text LAPOR changed', () => {
	const created_at = '01-12-2026 10:00:00';
	const row = { id: 7, content: 'Versi satu.', institution_from_name: 'BPS', created_at };
	const reportWithFollowups = async () => {
		const report = await reportWith();
		const pollWith = async (status: string, ...rows: unknown[]) => {
			const body = JSON.stringify({ results: { data: rows } });
			const detail = JSON.stringify({ results: { data: { status_name: status } } });
			await lapor.faults([
				{ kind: 'answer', body: detail, match: { endpoint: 'detail' } },
				{ kind: 'answer', body, match: { endpoint: 'followups' } }
			]);
			await pollOrLookUp(report.id);
			const { entries, escalation } = await forwardNow(report.id);
			const texts = entries.flatMap(({ type, data }) =>
				type === 'escalation_followup' ? [[data.content, data.changed ?? false]] : []
			);
			return { texts, escalation };
		};
		return { ...report, pollWith };
	};

	it('is recorded beside its first text, once for each text, also if the first one vanishes', async () => {
		const { pollWith } = await reportWithFollowups();
		await pollWith('Dalam Proses', row, { id: 8, content: '', institution_from_name: 'BPS', created_at });
		const changed = { ...row, content: 'Versi DUA yang diubah.' };
		const both = [
			['Versi satu.', false],
			['Versi DUA yang diubah.', true]
		];
		expect((await pollWith('Dalam Proses', changed)).texts).toEqual(both);
		expect((await pollWith('Dalam Proses', { ...changed, content: 'Versi DUA  yang <b>diubah</b>.' })).texts).toEqual(
			both
		);
		expect((await pollWith('Dalam Proses', row)).texts).toEqual(both);
		expect((await pollWith('Dalam Proses')).texts).toEqual(both);
		for (let n = 3; n < 20; n += 1) await pollWith('Dalam Proses', { ...row, content: `Dibaca ${n} kali` });
		expect((await pollWith('Dalam Proses', row)).texts).toHaveLength(6);
	});

	it('renews the text of the task, and never becomes the answer by itself', async () => {
		const { id, pollWith } = await reportWithFollowups();
		await db()
			.update(cases)
			.set({ disputes: 2 })
			.where(eq(cases.id, (await forwardNow(id)).row.id));
		const first = { ...row, content: 'Data sudah benar semua.', status_new: { name: 'Selesai' } };
		const finished = { task: 'finished', taskText: 'Data sudah benar semua.' };
		expect((await pollWith('Selesai', first)).escalation).toMatchObject(finished);
		const corrected = 'Ralat: data ternyata keliru.';
		const changed = { ...first, content: corrected };
		expect((await pollWith('Selesai', changed)).escalation).toMatchObject({ ...finished, taskText: corrected });
		expect((await forwardNow(id)).row.status).toBe('in_progress');
	});
});

describe('another institution that has the report', () => {
	const at = (disposition_id: string, disposition_name: string) => ({ disposition_id, disposition_name });
	const pu = at('9912', 'Dinas Pekerjaan Umum');

	it('is one task with its name, which ends when the report returns', async () => {
		const { id, office, poll } = await reportWith();
		expect((await poll('Dalam Proses', [], at('151347', 'BPS'))).task).toBeNull();
		expect(await poll('Dalam Proses', [], pu)).toMatchObject({ task: 'passed_on', taskText: 'Dinas Pekerjaan Umum' });
		expect((await poll('Dalam Proses', [], at('151347', 'BPS'))).task).toBeNull();
		expect((await poll('Dalam Proses', [], at('9913', 'Dinas Sosial'))).taskText).toBe('Dinas Sosial');
		await settlePresentTask(office.actor, id, 'Kantor ini masih menangani');
		expect((await poll('Dalam Proses', [], pu)).task).toBeNull();
		expect((await forwardNow(id)).types.filter((type) => type === 'escalation_task')).toHaveLength(2);
	});

	it('is a task again after that of a status, unless a person settled it', async () => {
		const { id, office, poll } = await reportWith();
		expect((await poll('Dalam Proses', [], pu)).task).toBe('passed_on');
		expect((await poll('Ditunda', [], pu)).task).toBe('postponed');
		expect(await poll('Terverifikasi', [], pu)).toMatchObject({ task: 'passed_on', taskText: 'Dinas Pekerjaan Umum' });
		expect((await forwardNow(id)).types.filter((type) => type === 'escalation_task')).toHaveLength(2);
		await settlePresentTask(office.actor, id, 'Kantor ini masih menangani');
		expect((await poll('Dalam Proses', [], pu)).task).toBeNull();
	});

	it('is no task of a case that its text answers in the same poll', async () => {
		const { id, poll } = await reportWith();
		const logs = [{ note: 'Jalan sudah diaspal ulang kemarin.', timestamp: '30-11-2026 10:00:00' }];
		expect((await poll('Selesai', logs, pu)).task).toBeNull();
		expect((await forwardNow(id)).row.status).toBe('answered');
	});

	it('waits until the task of a status is settled', async () => {
		const { id, office, poll } = await reportWith();
		expect((await poll('Ditunda', [], pu)).task).toBe('postponed');
		await settlePresentTask(office.actor, id, 'Data dikirim');
		expect((await poll('Ditunda', [], pu)).task).toBe('passed_on');
	});
});

describe('Selesai', () => {
	const closed = {
		note: 'Laporan DITUTUP karena melewati batas waktu tindak lanjut',
		timestamp: '30-11-2026 10:00:00'
	};
	const bare = { note: 'Status menjadi Selesai', timestamp: '30-11-2026 10:05:00' };

	it('keeps the text of its task when a note comes that says no more than the status', async () => {
		const { poll } = await reportWith();
		const finished = { task: 'finished', taskText: closed.note };
		expect(await poll('Selesai', [closed])).toMatchObject(finished);
		expect(await poll('Selesai', [bare, closed])).toMatchObject(finished);
	});

	it('is followed by a task if LAPOR opens the report again', async () => {
		const { poll } = await reportWith();
		await poll('Selesai', [closed]);
		expect(await poll('Terverifikasi', [closed])).toMatchObject({ task: 'reopened', taskText: 'Terverifikasi' });
		expect((await poll('Ditunda', [closed])).task).toBe('postponed');
	});
});

describe('a log with a day but no time', () => {
	const log = (note: string, timestamp = '30-11-2026') => ({ note, timestamp });

	it('gives the task of its status the reason, and the same status again is a task again', async () => {
		const { id, office, poll } = await reportWith();
		await poll('Dalam Proses', [log('Sedang ditelaah')]);
		const refused = [log('Bukan kewenangan kami'), log('Sedang ditelaah')];
		expect(await poll('Ditolak', refused)).toMatchObject({ task: 'refused', taskText: 'Bukan kewenangan kami' });
		await expect(settleTask(office.actor, id, {})).rejects.toMatchObject({ issues: [{ path: 'raised' }] });
		await settlePresentTask(office.actor, id, 'Sudah dijelaskan');
		expect((await poll('Ditolak', refused)).task).toBeNull();
		const again = [log('Bukan kewenangan kami', '01-12-2026'), ...refused];
		expect(await poll('Ditolak', again)).toMatchObject({ task: 'refused', taskText: 'Bukan kewenangan kami' });
	});

	it('answers the case if its note says more than Selesai', async () => {
		const { caseId, poll } = await reportWith();
		await poll('Selesai', [log('Kursi sudah diganti dan loket ditambah.')]);
		const [answer] = await db().select().from(messages).where(eq(messages.caseId, caseId));
		expect(answer).toMatchObject({ author: 'lapor', body: 'Kursi sudah diganti dan loket ditambah.' });
	});

	it('gives no reason if several are new, because their order is unknown', async () => {
		const { poll } = await reportWith();
		expect(await poll('Ditolak', [log('Satu'), log('Dua')])).toMatchObject({ task: 'refused', taskText: null });
	});
});

describe('a log that names the institution of the report', () => {
	const logs = [
		{ note: 'Diteruskan kepada {{institution_from}} agar segera dijawab', timestamp: '2026-11-02 10:00:00' }
	];
	const at = (disposition_name: string) => ({ disposition_name });

	it('is not new when LAPOR passes the report on, so a settled task stays settled', async () => {
		const { id, office, poll } = await reportWith();
		expect((await poll('Ditunda', logs, at('Kemenko'))).task).toBe('postponed');
		await settlePresentTask(office.actor, id, 'Data dikirim');
		expect((await poll('Ditunda', logs, at('BPS Mamuju'))).task).toBeNull();
	});

	it('does not become the answer of a later status', async () => {
		const { id, poll } = await reportWith();
		await poll('Dalam Proses', logs, at('Kemenko'));
		expect((await poll('Selesai', logs, at('BPS Mamuju'))).task).toBe('finished');
		expect((await forwardNow(id)).row.status).toBe('in_progress');
	});
});

it('a status name with a no-break space is applied once it has a meaning', async () => {
	const { id, poll } = await reportWith();
	await poll('Menunggu\u00a0Verifikasi', []);
	const { unit } = await makeOffice();
	expect(await mapStatusName(await makeActor([[unit.id, 'admin']]), 'Menunggu Verifikasi', 'unverified')).toBe(1);
	expect(await countNamesToMap()).toBe(0);
	expect((await forwardNow(id)).escalation).toMatchObject({ laporStatus: 'Menunggu Verifikasi', task: null });
});
