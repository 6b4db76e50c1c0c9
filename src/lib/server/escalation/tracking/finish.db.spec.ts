import { beforeEach, expect, it } from 'vitest';
import { DAY_MS } from '#lib/calendar/durations.ts';
import { pollOrLookUp } from './poll.ts';
import { mapStatusName } from './status-names.ts';
import { makeActor } from '#lib/dev/testing/factories.ts';
import { later, sentReport, forwardNow, useLapor } from '#lib/dev/testing/lapor.ts';

/** Milliseconds by which the clock at LAPOR is ahead. */
let passed = 0;
const lapor = useLapor({}, () => new Date(Date.now() + passed));
beforeEach(() => {
	passed = 0;
});

const isTask = { row: { status: 'in_progress' }, escalation: { laporStatus: 'Selesai', task: 'finished' } };

it('a text without a status from long before Selesai is not the answer, so Selesai is a task', async () => {
	const { id, addFollowup, move } = await sentReport(lapor);
	await addFollowup('Laporan kami teruskan kepada BPS.');
	await pollOrLookUp(id);
	passed = 2 * DAY_MS;
	await move('Selesai', 'Status diubah menjadi Selesai oleh sistem');
	await later(passed, () => pollOrLookUp(id));
	expect(await forwardNow(id)).toMatchObject(isTask);
});

it('a text from long before Selesai is not the answer either if LAPOR adds no log for Selesai', async () => {
	const { id, addFollowup } = await sentReport(lapor);
	const poll = async (status_name: string) => {
		const status_logs = [{ note: 'Diteruskan', timestamp: '02-11-2026 10:00:00' }];
		const body = JSON.stringify({ results: { data: { status_name, status_logs } } });
		await lapor.faults([{ kind: 'answer', body, match: { endpoint: 'detail' } }]);
		await later(passed, () => pollOrLookUp(id));
	};
	await addFollowup('Laporan kami teruskan kepada BPS.');
	await poll('Dalam Proses');
	passed = 18 * DAY_MS;
	await poll('Selesai');
	expect(await forwardNow(id)).toMatchObject(isTask);
});

it('a text without a status that comes shortly before Selesai is the answer', async () => {
	const { id, addFollowup, move } = await sentReport(lapor);
	await addFollowup('Loket sudah ditambah.');
	await pollOrLookUp(id);
	passed = DAY_MS / 2;
	await move('Selesai');
	await later(passed, () => pollOrLookUp(id));
	expect(await forwardNow(id)).toMatchObject({ row: { status: 'answered' }, escalation: { task: null } });
});

it.each([
	['{{institution_from}} mengubah status dari {{status_old}} menjadi {{status_new}}', { status_new: 'Selesai' }],
	['{{institution_from}} mendisposisikan laporan ke {{institution_to}}', { institution_to: 'Bidang teknis' }]
])('a sentence of the system is not the answer: %s', async (content, more) => {
	const { id, addFollowup, move } = await sentReport(lapor);
	await move('Dalam Proses');
	await pollOrLookUp(id);
	await addFollowup(content, more);
	await move('Selesai');
	await pollOrLookUp(id);
	expect(await forwardNow(id)).toMatchObject(isTask);
});

it('a text with placeholders that says more than Selesai is the answer', async () => {
	const { id, addFollowup } = await sentReport(lapor);
	await addFollowup('{{institution_from}} sudah menambah satu loket.', { status_new: 'Selesai' });
	await pollOrLookUp(id);
	expect((await forwardNow(id)).row.status).toBe('answered');
});

it.each(['Selesai', 'Beres'])('the note of the status before is not the answer of %s without a log', async (name) => {
	const { id, office, addFollowup } = await sentReport(lapor);
	const note = 'Sedang kami koordinasikan dengan bidang statistik sosial.';
	await addFollowup(note, { status_new: 'Dalam Proses' });
	const data = { status_name: name, status_logs: [{ note, timestamp: new Date().toISOString() }] };
	const body = JSON.stringify({ results: { data } });
	await lapor.faults([{ kind: 'answer', body, match: { endpoint: 'detail' } }]);
	await pollOrLookUp(id);
	const admin = await makeActor([[office.unit.id, 'admin']]);
	if (name === 'Beres') await mapStatusName(admin, name, 'finished');
	expect((await forwardNow(id)).escalation).toMatchObject({ task: 'finished', taskText: note });
	expect((await forwardNow(id)).row.status).toBe('in_progress');
});

it('offers the follow-up without a status for the answer if the note may be about another status', async () => {
	const { id, addFollowup } = await sentReport(lapor);
	const note = 'Sedang kami koordinasikan dengan bidang statistik sosial.';
	await addFollowup(note, { status_new: 'Dalam Proses' });
	await addFollowup('Loket kedua sudah dibuka.');
	const data = { status_name: 'Selesai', status_logs: [{ note, timestamp: new Date().toISOString() }] };
	const body = JSON.stringify({ results: { data } });
	await lapor.faults([{ kind: 'answer', body, match: { endpoint: 'detail' } }]);
	await pollOrLookUp(id);
	expect(await forwardNow(id)).toMatchObject(isTask);
	expect((await forwardNow(id)).escalation.taskText).toBe('Loket kedua sudah dibuka.');
});

it.each(['Selesai', 'Rampung'])('a note with the name of the institution is not the answer of %s', async (name) => {
	const { id, office } = await sentReport(lapor);
	const note = '{{institution}} mengubah status menjadi {{status_new}}';
	const status_logs = [{ note, timestamp: new Date().toISOString() }];
	const data = { status_name: name, disposition_name: 'BPS Kabupaten Mamuju', status_logs };
	const body = JSON.stringify({ results: { data } });
	await lapor.faults([{ kind: 'answer', body, match: { endpoint: 'detail' } }]);
	await pollOrLookUp(id);
	const admin = await makeActor([[office.unit.id, 'admin']]);
	if (name === 'Rampung') await mapStatusName(admin, name, 'finished');
	expect((await forwardNow(id)).row.status).toBe('in_progress');
	expect((await forwardNow(id)).escalation.task).toBe('finished');
});

it('a text that came with a name without a meaning is the answer once the name means Selesai', async () => {
	const { id, office, addFollowup, move } = await sentReport(lapor);
	const admin = await makeActor([[office.unit.id, 'admin']]);
	await addFollowup('Laporan kami teruskan kepada BPS.');
	await pollOrLookUp(id);
	await addFollowup('Loket sudah ditambah.');
	await move('Tuntas');
	await pollOrLookUp(id);
	await mapStatusName(admin, 'Tuntas', 'finished');
	const { row, entries } = await forwardNow(id);
	expect(row.status).toBe('answered');
	expect(entries.filter(({ type }) => type === 'answered')).toHaveLength(1);
});

it('a text with the status Selesai is the answer also if the clock at LAPOR is behind', async () => {
	passed = -DAY_MS;
	const { id, addFollowup } = await sentReport(lapor);
	await addFollowup('Loket dibuka lagi.', { status_new: 'Selesai' });
	await pollOrLookUp(id);
	expect(await forwardNow(id)).toMatchObject({ row: { status: 'answered' }, escalation: { task: null } });
});
