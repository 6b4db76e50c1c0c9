import { expect, test } from 'vitest';
import type { TrackedView } from '#lib/server/cases/reporter-view.ts';
import { entryDetail } from './timeline-details.ts';
import { reporterTimeline } from './reporter-timeline.ts';

type Entry = TrackedView['entries'][number];
type Report = Omit<TrackedView, 'unit'>;

const entry = (seq: number, type: Entry['type'], actorKind: Entry['actorKind'], data: Entry['data'] = {}): Entry => ({
	seq,
	at: new Date(Date.UTC(2026, 10, seq, 2)),
	type,
	actorKind,
	data
});
const report = (entries: Entry[], more: Partial<Report> = {}) =>
	({ entries, messages: [], attachments: [], ...more }) as unknown as Report;
const reader = { zone: 'Asia/Makassar', since: null } as const;

test('lists the latest entry first, with the office as the party of staff', () => {
	const timeline = reporterTimeline(report([entry(1, 'opened', 'reporter'), entry(2, 'verified', 'staff')]), reader);
	expect(timeline.map(({ seq }) => seq)).toEqual([2, 1]);
	expect(timeline[0]).toMatchObject({ by: 'Kantor', at: 'Senin, 2 November 2026, 10.00 WITA' });
});

test('marks entries since the previous visit as new, except the reporter’s own', () => {
	const entries = [entry(1, 'verified', 'staff'), entry(3, 'message', 'reporter'), entry(4, 'answered', 'staff')];
	const since = new Date(Date.UTC(2026, 10, 2)).toISOString();
	const items = reporterTimeline(report(entries), { ...reader, since }).filter(({ isNew }) => isNew);
	expect(items.map(({ seq }) => seq)).toEqual([4]);
	expect(reporterTimeline(report(entries), reader).some(({ isNew }) => isNew)).toBe(false);
});

test('an entry for the opening of a withheld name shows the reason', () => {
	const [item] = reporterTimeline(report([entry(2, 'revealed', 'staff', { reason: 'Perlu dicocokkan.' })]), reader);
	expect(item?.notes).toEqual(['Alasan: Perlu dicocokkan.']);
});

test('the entry of the check says what its topic and class are', () => {
	const data = { category: 'procedure', class: 'plain' };
	const [item] = reporterTimeline(report([entry(2, 'verified', 'staff', data)]), reader);
	expect(item?.notes).toEqual(['Tentang: Alur atau prosedur', 'Jenis penanganan: Biasa']);
	const ofRequest = { category: 'procedure', class: 'information' };
	const [other] = reporterTimeline(report([entry(2, 'verified', 'staff', ofRequest)]), reader);
	expect(other?.notes).toEqual(['Tentang: Alur atau prosedur']);
});

test('a changed calendar shows the day in words, and the new and the former deadline, to reporters and to staff', () => {
	const clock = { name: 'first_reply', due_at: '2026-12-10T08:00:00Z', was: '2026-12-09T08:00:00Z' };
	const data = { why: '2026-12-07: Cuti tambahan', clocks: [clock] };
	const [item] = reporterTimeline(report([entry(2, 'calendar_changed', 'staff', data)]), reader);
	const detail = entryDetail({ type: 'calendar_changed', data }, reader.zone)?.split('\n');
	for (const lines of [item?.notes, detail]) {
		expect(lines?.[0]).toBe('Senin, 7 Desember 2026: Cuti tambahan');
		expect(lines?.[1]).toMatch(/Kamis, 10 Desember 2026, sebelumnya Rabu, 9 Desember 2026$/);
	}
});

test('an entry for a lifted restriction shows the number of the request, in other parts without the reason', () => {
	const request = { number: 'PD-7604-2026-0001', kind: 'restriction' };
	const notes = (data: Entry['data']) =>
		reporterTimeline(report([entry(2, 'restriction_lifted', 'staff', data)]), reader)[0]?.notes;
	const line = 'PD-7604-2026-0001: Pembatasan pemrosesan';
	expect(notes({ ...request, reason: 'Diminta pelapor.' })).toEqual([line, 'Alasan: Diminta pelapor.']);
	expect(notes(request)).toEqual([line]);
	expect(entryDetail({ type: 'restriction_lifted', data: request }, reader.zone)).toBe(line);
});

test('an answer shows its text, its files, the receiving institution and whether it is final', () => {
	const message = { id: 'm1', body: 'Sudah kami perbaiki.' } as Report['messages'][number];
	const file = { id: 'f1', messageId: 'm1' } as Report['attachments'][number];
	const data = { message: 'm1', final: true, single_signature: true };
	const [answer] = reporterTimeline(
		report([entry(2, 'answered', 'staff', data)], { messages: [message], attachments: [file] }),
		reader
	);
	expect(answer).toMatchObject({ quote: 'Sudah kami perbaiki.', files: [{ id: 'f1' }] });
	expect(answer?.notes).toHaveLength(2);
	const transferred = { transferred_to: 'Kementerian Contoh' };
	const [transfer] = reporterTimeline(report([entry(3, 'answered', 'lapor', transferred)]), reader);
	expect(transfer?.notes[0]).toContain('Kementerian Contoh');
	const [returned] = reporterTimeline(report([entry(4, 'reopened', 'lapor', { reason: 'returned' })]), reader);
	expect(returned?.notes).toEqual(['Laporan kembali lewat SP4N-LAPOR!; kantor ini menanganinya lagi.']);
});

test('an answer shows the action taken, its day and the number of its letter', () => {
	const data = { message: 'm1', letter: '3/SPATULA/7604/2026', action: 'Loket dibuka.', action_on: '2026-11-02' };
	const [answer] = reporterTimeline(report([entry(2, 'answered', 'staff', data)]), reader);
	expect(answer?.notes).toEqual(['Tindak lanjut yang dilakukan pada Senin, 2 November 2026: Loket dibuka.']);
	expect(answer?.letter).toEqual({ number: '3/SPATULA/7604/2026', message: 'm1' });
	const [message] = reporterTimeline(report([entry(2, 'message', 'staff', { message: 'm1' })]), reader);
	expect(message?.letter).toBeNull();
});

test.each(['rated', 'disputed'] as const)('an answer is not new any more once it is %s', (judged) => {
	const answer = entry(1, 'answered', 'staff');
	const since = new Date(0).toISOString();
	const shown = (...more: Entry[]) => reporterTimeline(report([answer, ...more]), { ...reader, since }).at(-1)?.isNew;
	expect(shown()).toBe(true);
	expect(shown(entry(2, judged, 'reporter', { score: 2 }))).toBe(false);
});

test('the last dispute says that the next answer is final', () => {
	const disputes = [1, 2].map((count) => entry(count, 'disputed', 'reporter', { count }));
	const timeline = reporterTimeline(report(disputes), reader);
	const last = 'Ini kedua dan terakhir kalinya: jawaban berikutnya adalah jawaban akhir.';
	expect(timeline.map(({ notes }) => notes)).toEqual([[last], []]);
});

test('entries of a forward show the SP4N-LAPOR! number and its status name', () => {
	const entries = [
		entry(1, 'escalation_sent', 'system', { lapor_id: '1916449' }),
		entry(2, 'escalation_status', 'lapor', { status_name: 'Dalam Proses', note: 'Diteruskan ke unit' })
	];
	const [status, sent] = reporterTimeline(report(entries), reader);
	expect(sent?.notes).toEqual(['Nomor SP4N-LAPOR!: 1916449']);
	expect(status?.notes).toEqual(['Dalam Proses', 'Diteruskan ke unit']);
});

test('a report received from SP4N-LAPOR! shows its number there', () => {
	const [item] = reporterTimeline(report([entry(1, 'escalation_inbound', 'staff', { lapor_id: '1916449' })]), reader);
	expect(item).toMatchObject({
		title: 'SP4N-LAPOR! meneruskan laporan ini ke kantor kami',
		notes: ['dengan nomor #1916449']
	});
});

test('an archiving shows its reason in words and the note', () => {
	const data = { reason: 'incomplete', note: 'Tanggalnya belum ada.' };
	const [item] = reporterTimeline(report([entry(2, 'archived', 'staff', data)]), reader);
	expect(item?.notes).toEqual(['Alasan penutupan: Tidak dilengkapi.', 'Tanggalnya belum ada.']);
});

test('a message recorded by staff shows channel and time and is marked as new', () => {
	const recorded = { by: 'phone', at: '2026-11-02T03:00:00.000Z' };
	const spoken = entry(3, 'info_given', 'reporter', { message: 'm1', recorded });
	const tried = entry(4, 'contact_tried', 'staff', { recorded });
	const changed = entry(5, 'contact_changed', 'reporter', { recorded, changed: ['phone'] });
	const message = { id: 'm1', body: 'Senin pagi.' } as Report['messages'][number];
	const since = new Date(Date.UTC(2026, 10, 2)).toISOString();
	const timeline = reporterTimeline(report([spoken, tried, changed], { messages: [message] }), { ...reader, since });
	const when = 'Telepon, Senin, 2 November 2026, 11.00 WITA';
	expect(timeline.map(({ notes }) => notes.at(-1))).toEqual([
		`Dicatat petugas (${when}).`,
		`${when}: belum berhasil.`,
		`Dicatat petugas (${when}):`
	]);
	expect(timeline[0]?.notes[0]).toBe('Nomor telepon');
	expect(timeline[2]).toMatchObject({ quote: 'Senin pagi.', by: 'Anda', isNew: true });
});

test('the decision on a consent says what SP4N-LAPOR! has', () => {
	const decided = { number: 'PD-1', kind: 'consent', outcome: 'granted' };
	const lines = (data: object) =>
		reporterTimeline(report([entry(2, 'data_decided', 'staff', { ...decided, ...data })]), reader)[0]?.notes.at(-1);
	expect(lines({ sent: ['123'] })).toBe('Sudah terkirim ke SP4N-LAPOR! dan tidak dapat ditarik: 123');
	expect(lines({ sent: [] })).toBe('Belum ada yang terkirim ke SP4N-LAPOR!.');
	expect(lines({})).toBe('Dikabulkan');
});

test('the words with a low score are shown once, in the dispute that it made', () => {
	const rated = entry(2, 'rated', 'reporter', { score: 2, comment: 'Masih antre.' });
	const disputed = entry(3, 'disputed', 'reporter', { message: 'm1', count: 1 });
	const messages = [{ id: 'm1', body: 'Masih antre.' }] as Report['messages'];
	const quotes = (...entries: Entry[]) =>
		reporterTimeline(report(entries, { messages }), reader).map(({ quote }) => quote);
	expect(quotes(rated, disputed)).toEqual(['Masih antre.', null]);
	expect(quotes(rated)).toEqual(['Masih antre.']);
});
