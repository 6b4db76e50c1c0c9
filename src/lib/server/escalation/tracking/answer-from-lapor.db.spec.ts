import { asc, eq } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import { DAY_MS } from '#lib/calendar/durations.ts';
import { db } from '#lib/server/db/index.ts';
import { messages } from '#lib/server/db/schema/cases.ts';
import { laporLists } from '#lib/server/db/schema/lapor.ts';
import { LAPOR_IDS } from '#lib/dev/testing/forwarding/sandbox-control.ts';
import { pollOrLookUp } from './poll.ts';
import { mapStatusName } from './unknown-status-names.ts';
import { makeActor } from '#lib/dev/testing/factories.ts';
import { inMs, makeOffice, nextSecond, sentReport, forwardNow, useLapor } from '#lib/dev/testing/lapor.ts';

/** Milliseconds by which the clock at LAPOR is ahead. */
let passed = 0;
const lapor = useLapor({}, () => new Date(Date.now() + passed));
beforeEach(() => {
	passed = 0;
});

const answersOf = async (caseId: number) =>
	(await db().select().from(messages).where(eq(messages.caseId, caseId)).orderBy(asc(messages.at))).map(
		({ body }) => body
	);

const isTask = { row: { status: 'in_progress' }, escalation: { laporStatus: 'Selesai', task: 'finished' } };

it('a text without a status from long before Selesai is not the answer, so Selesai is a task', async () => {
	const { id, addFollowup, move } = await sentReport(lapor);
	await addFollowup('Laporan kami teruskan kepada BPS.');
	await pollOrLookUp(id);
	passed = 2 * DAY_MS;
	await move('Selesai', 'Status diubah menjadi Selesai oleh sistem');
	await inMs(passed, () => pollOrLookUp(id));
	expect(await forwardNow(id)).toMatchObject(isTask);
});

it('a text from long before Selesai is not the answer either if LAPOR adds no log for Selesai', async () => {
	const { id, addFollowup } = await sentReport(lapor);
	const poll = async (status_name: string) => {
		const status_logs = [{ note: 'Diteruskan', timestamp: '02-11-2026 10:00:00' }];
		const body = JSON.stringify({ results: { data: { status_name, status_logs } } });
		await lapor.faults([{ kind: 'answer', body, match: { endpoint: 'detail' } }]);
		await inMs(passed, () => pollOrLookUp(id));
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
	await inMs(passed, () => pollOrLookUp(id));
	expect(await forwardNow(id)).toMatchObject({ row: { status: 'answered' }, escalation: { task: null } });
});

it.each([
	['{{institution_from}} mengubah status dari {{status_old}} menjadi {{status_new}}', { status_new: 'Selesai' }],
	['Laporan telah ditangani oleh {{institution_from}}', { status_new: 'Selesai' }],
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

it('offers the note and the follow-up for the answer if the note may be about another status', async () => {
	const { id, addFollowup } = await sentReport(lapor);
	const note = 'Sedang kami koordinasikan dengan bidang statistik sosial.';
	await addFollowup(note, { status_new: 'Dalam Proses' });
	await addFollowup('Loket kedua sudah dibuka.');
	const data = { status_name: 'Selesai', status_logs: [{ note, timestamp: new Date().toISOString() }] };
	const body = JSON.stringify({ results: { data } });
	await lapor.faults([{ kind: 'answer', body, match: { endpoint: 'detail' } }]);
	await pollOrLookUp(id);
	expect(await forwardNow(id)).toMatchObject(isTask);
	expect((await forwardNow(id)).escalation.taskText).toBe(`${note}\n\nBPS Kabupaten Mamuju: Loket kedua sudah dibuka.`);
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

describe('a note', () => {
	it('that names no receiver is a task', async () => {
		const { id, move } = await sentReport(lapor);
		await move('Selesai', 'Laporan telah diteruskan ke {{institution_to}}');
		await pollOrLookUp(id);
		expect(await forwardNow(id)).toMatchObject(isTask);
	});

	it('is a task beside a follow-up of the institution, and shows both', async () => {
		const { id, addFollowup, move } = await sentReport(lapor);
		await addFollowup('Papan sudah diganti kemarin.', { status_new: 'Dalam Proses' });
		await pollOrLookUp(id);
		await nextSecond();
		await move('Selesai', 'Laporan sudah rampung ditangani oleh unit teknis');
		await pollOrLookUp(id);
		const after = await forwardNow(id);
		expect(after).toMatchObject(isTask);
		expect(after.escalation.taskText).toBe(
			'Laporan sudah rampung ditangani oleh unit teknis\n\nBPS Kabupaten Mamuju: Papan sudah diganti kemarin.'
		);
	});

	it('is the answer if the follow-ups of the institution have the same words or none of their own', async () => {
		const { id, caseId, addFollowup, move } = await sentReport(lapor);
		const note = 'Kursi sudah diganti dan loket ditambah.';
		await addFollowup('Status laporan diubah menjadi Dalam Proses oleh admin', { status_new: 'Dalam Proses' });
		await addFollowup(note);
		await nextSecond();
		await move('Selesai', note);
		await pollOrLookUp(id);
		expect((await forwardNow(id)).row.status).toBe('answered');
		expect(await answersOf(caseId)).toEqual([note]);
	});

	it.each([
		'Laporan ditutup otomatis oleh sistem karena tidak ada tanggapan dari pelapor selama 10 hari',
		'Laporan dinyatakan selesai oleh pelapor',
		'Laporan DITUTUP karena melewati batas waktu tindak lanjut',
		'Tidak ada respons pelapor, laporan diselesaikan'
	])('with words of an automatic end is a task: %s', async (note) => {
		const { id, move } = await sentReport(lapor);
		await move('Selesai', note);
		await pollOrLookUp(id);
		const after = await forwardNow(id);
		expect(after).toMatchObject(isTask);
		expect(after.escalation.taskText).toBe(note);
	});
});

describe('a follow-up', () => {
	/** Polls a report with this follow-up, whose status is Selesai. */
	async function pollWith(followup: object, status_logs: object[] = []) {
		const report = await sentReport(lapor);
		const created_at = '01-12-2026 10:00:00';
		const data = [{ id: 1, created_at, institution_from_name: 'BPS', status_new: { name: 'Selesai' }, ...followup }];
		const detail = { results: { data: { status_name: 'Selesai', status_logs } } };
		await lapor.faults([
			{ kind: 'answer', body: JSON.stringify(detail), match: { endpoint: 'detail' } },
			{ kind: 'answer', body: JSON.stringify({ results: { data } }), match: { endpoint: 'followups' } }
		]);
		await pollOrLookUp(report.id);
		const after = await forwardNow(report.id);
		const entry = after.entries.find(({ type }) => type === 'escalation_followup');
		return { ...after, entry, unit: report.office.unit };
	}
	const content = 'Loket sudah ditambah.';

	it.each(['', 'Pelapor', 'pelapor #1916449', 'bps'])('for "%s" is the answer', async (institution_to_name) => {
		expect((await pollWith({ content, institution_to_name })).row.status).toBe('answered');
	});

	it('for an office of this site is the answer', async () => {
		const { unit } = await makeOffice();
		expect((await pollWith({ content, institution_to_name: unit.name })).row.status).toBe('answered');
	});

	it('for the institution to which the report was forwarded is the answer', async () => {
		const name = 'Badan Pusat Statistik Kab. Mamuju';
		await db().insert(laporLists).values({ kind: 'institution', id: LAPOR_IDS.institution, name });
		expect((await pollWith({ content, institution_to_name: name })).row.status).toBe('answered');
	});

	it('for another institution is a task with its text', async () => {
		const after = await pollWith({ content, institution_to_name: 'Dinas Pekerjaan Umum Kab. Mamuju' });
		expect(after).toMatchObject({ ...isTask, entry: { public: true } });
		expect(after.escalation.taskText).toBe(content);
	});

	it.each(['Admin LAPOR', 'ADMINISTRATOR', 'Pelapor', 'pelapor (Siti)'])(
		'by %s is never the answer',
		async (institution_from_name) => {
			const notes = [{ note: content, timestamp: '01-12-2026 10:00:00' }];
			const after = await pollWith({ content, institution_from_name }, notes);
			expect(after).toMatchObject({ ...isTask, entry: { public: true } });
		}
	);

	it('with is_secret is the answer, because it is hidden from the public but not from the reporter', async () => {
		const after = await pollWith({ content, is_secret: true });
		expect(after).toMatchObject({ row: { status: 'answered' }, entry: { public: true } });
	});
});
