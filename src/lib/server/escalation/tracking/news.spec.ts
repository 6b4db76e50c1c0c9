import { describe, expect, it } from 'vitest';
import { withClock } from '#lib/server/clock.ts';
import { readDetail, readFollowups } from '#lib/server/integrations/lapor/tracking.ts';
import type { FollowupRow } from '../followups/followups.ts';
import { collectNews, fileLink, matchOwnFollowups, saysMoreThan, type NewsItem } from './news.ts';
import { nextPollAt } from './poll-clock.ts';
import { isFinalAtLapor, LAPOR_STATUS_NAMES, laporStatus } from './lapor-status.ts';

const detail = (status_name: string, status_logs: unknown[] = [], data_logs: unknown[] = []) => ({
	results: { data: { status_name, status_logs }, data_logs }
});
const followups = (...data: unknown[]) => ({ results: { data } });
const collect = (detailJson: unknown, followupsJson: unknown, baseUrl?: string) => {
	const [read, atLapor] = [readDetail(detailJson), readFollowups(followupsJson)];
	if (!read || !atLapor) throw new Error('not readable');
	return collectNews(read, atLapor, baseUrl);
};

describe('a note beside a status', () => {
	it.each([
		['Selesai', 'Selesai', false],
		['Selesai', 'Status menjadi Selesai', false],
		['Selesai', 'Status laporan telah diubah menjadi Selesai oleh Admin SP4N-LAPOR!', false],
		['Selesai', 'Laporan telah selesai ditindaklanjuti', false],
		['Selesai', 'Laporan selesai diproses oleh instansi terkait', false],
		['Selesai', 'Sudah ditindaklanjuti oleh Dinas PUPR', true],
		['Selesai', 'Laporan ditutup oleh sistem setelah 10 hari kerja', false],
		['Selesai', 'Laporan Anda telah selesai ditindaklanjuti', false],
		['Selesai', 'Laporan selesai diproses oleh instansi terkait dan ditutup', false],
		['Selesai', 'Laporan ditindaklanjuti oleh instansi tujuan', false],
		['Selesai', 'Laporan telah diteruskan ke instansi terkait', false],
		['Selesai', 'Laporan telah diteruskan dari BPS Kabupaten Mamuju ke instansi terkait', false],
		['Selesai', '', false],
		['Selesai', 'Sudah ditangani oleh petugas layanan.', true],
		['Selesai', 'Kursi sudah diganti dan loket ditambah.', true],
		['Selesai', 'Status diubah dari Belum Terverifikasi menjadi Selesai', false],
		['Selesai', 'Status diubah oleh BPS Kabupaten Mamuju menjadi Selesai', false],
		['Selesai', 'BPS Kabupaten Mamuju menambah satu loket.', true],
		['Ditolak', 'Bukan kewenangan instansi ini', true]
	])('%s, "%s": says more than the status: %s', (name, note, wanted) =>
		expect(saysMoreThan(name, note, [undefined, 'BPS Kabupaten Mamuju'])).toBe(wanted)
	);
});

describe('the news of a poll', () => {
	it('gives the status the time of the newest log or follow-up about it, read as WIB', () => {
		const news = collect(
			detail('Selesai', [
				{ note: 'Diproses', timestamp: '2026-11-02 10:00:00' },
				{ note: 'Laporan diterima', timestamp: '2026-11-02 09:00:00' }
			]),
			followups({ id: 7, content: 'Sudah', created_at: '02-11-2026 11:00:00', status_new: { name: 'Selesai' } })
		);
		expect(news.status).toMatchObject({
			name: 'Selesai',
			at: new Date('2026-11-02T04:00:00Z'),
			note: 'Diproses',
			noteKey: expect.stringMatching(/^s:/)
		});
	});

	it('takes the note of the newest log although the clock of LAPOR is ahead', () => {
		const logs = [
			{ note: 'Loket sudah ditambah satu.', timestamp: '2026-11-02 10:20:00' },
			{ note: 'Diteruskan ke bidang teknis terkait.', timestamp: '2026-11-02 10:00:00' }
		];
		const present = new Date('2026-11-02T02:30:00Z');
		const news = withClock(
			() => present,
			() => collect(detail('Selesai', logs), followups())
		);
		expect(news.status).toMatchObject({ at: present, note: 'Loket sudah ditambah satu.' });
	});

	it('takes the last note of a second from a list that has the newest first', () => {
		const same = '2026-11-02 10:20:00';
		const logs = [
			{ note: 'Loket kedua dibuka.', timestamp: same },
			{ note: 'Sedang kami koordinasikan.', timestamp: same },
			{ note: 'Laporan diterima', timestamp: '2026-11-02 10:00:00' }
		];
		const note = { note: 'Loket kedua dibuka.', isNoteDoubtful: false };
		expect(collect(detail('Selesai', logs), followups()).status).toMatchObject(note);
		expect(collect(detail('Selesai', logs.toReversed()), followups()).status).toMatchObject(note);
		expect(collect(detail('Selesai', logs.slice(0, 2)), followups()).status).toMatchObject({ isNoteDoubtful: true });
	});

	it('cuts a very long status name without half a character at the end', () => {
		const name = `${'x'.repeat(199)}🙂 dan seterusnya`;
		expect(collect(detail(name), followups()).status?.name).toBe('x'.repeat(199));
	});

	it('gives an item without an id a key from its time and text, which is the same in every response', () => {
		const row = { content: 'Diteruskan', created_at: '02-11-2026 11:00:00' };
		const first = collect(detail('Dalam Proses'), followups(row));
		const again = collect(
			detail('Dalam Proses'),
			followups({ content: 'Baru', created_at: '02-11-2026 12:00:00' }, row)
		);
		expect(again.items.map(({ key }) => key)).toContain(first.items[0]?.key);
		expect(collect(detail('Dalam Proses'), followups(row, row)).items).toHaveLength(1);
	});

	it.each([0, 7])('keeps two follow-ups with different texts although both have the id %d', (id) => {
		const rows = [
			{ id, content: 'Sudah diperbaiki.', created_at: '02-11-2026 12:00:00' },
			{ id, content: 'Kami cek.', created_at: '02-11-2026 11:00:00' }
		];
		const { items } = collect(detail('Selesai'), followups(...rows, rows[0]));
		expect(items.map(({ content }) => content)).toEqual(['Kami cek.', 'Sudah diperbaiki.']);
	});

	it('is collected from very long lists without the oldest items', () => {
		const row = (_: unknown, n: number) => ({ id: n + 1, content: 'x', created_at: String(1_796_400_000 + n) });
		const { items, status } = collect(detail('Selesai'), followups(...Array.from({ length: 60_000 }, row)));
		expect([items.length, items.at(-1)?.key, status?.followupsMissing]).toEqual([300, 'f:60000', true]);
	});

	it('is collected from very long lists without times by the ids, also if the newest rows come first', () => {
		const row = (_: unknown, n: number) => ({ id: 400 - n, content: `Kabar ke-${n}` });
		const { items } = collect(detail('Selesai'), followups(...Array.from({ length: 400 }, row)));
		const ids = items.map(({ remoteId }) => Number(remoteId));
		expect([Math.max(...ids), Math.min(...ids) >= 100]).toEqual([400, true]);
	});

	it('keeps two logs with the same text apart by a time that is not readable, unless it is relative', () => {
		const keys = (...timestamps: string[]) =>
			collect(
				detail(
					'Ditolak',
					timestamps.map((timestamp) => ({ note: 'x', timestamp }))
				),
				followups()
			).items.length;
		expect(keys('30-11-2026', '01-12-2026')).toBe(2);
		expect(keys('30 Nov 2026', '30 Nov 2026')).toBe(1);
		expect(keys('2 jam yang lalu', '3 jam yang lalu')).toBe(1);
	});

	it('links attachments with a URL, or with a path on the host of the API', () => {
		const attachments = [
			{ path: 'https://files.example.go.id/a.pdf', file_name: 'a.pdf', extension: 'pdf' },
			{ path: '/storage/b.pdf', file_name: 'b.pdf', extension: 'pdf' }
		];
		const atLapor = followups({ id: 1, content: 'x', attachments });
		const whole = { name: 'a.pdf', url: 'https://files.example.go.id/a.pdf' };
		expect(collect(detail('Dalam Proses'), atLapor).items[0]?.attachments).toEqual([whole, { name: 'b.pdf' }]);
		const base = 'https://api.example.go.id/lapor/1.0';
		expect(collect(detail('Dalam Proses'), atLapor, base).items[0]?.attachments).toEqual([
			whole,
			{ name: 'b.pdf', url: 'https://api.example.go.id/storage/b.pdf' }
		]);
	});

	it.each([
		'//other.example.org/a.pdf',
		'/\\other.example.org/a.pdf',
		'javascript:alert(1)',
		'data:text/html,x',
		'storage/a.pdf',
		'',
		'http://127.0.0.1:4642/track.png',
		'https://files.example.org/a.pdf',
		'https://go.id.example.org/a.pdf',
		'https://user:secret@example.go.id/a.pdf',
		'https://'
	])('makes no link from %s', (path) => {
		expect(fileLink(path, 'https://api.example.go.id/lapor/1.0')).toBeUndefined();
	});
});

const atLapor = (content: string, remoteId?: string) => ({ kind: 'followup', content, remoteId }) as NewsItem;
const ownRow = (seq: number, state: string, content: string, remoteId: string | null = null) =>
	({ seq, state, content, remoteId }) as FollowupRow;
const pairs = (items: NewsItem[], begun: FollowupRow[]) =>
	[...matchOwnFollowups(items, begun)].map(([item, { seq }]) => [items.indexOf(item), seq]);

describe('our own follow-ups at LAPOR', () => {
	it('are matched by id, even if the text differs', () => {
		expect(pairs([atLapor('Sudah &amp; selesai', '7')], [ownRow(1, 'sent', 'Sudah & selesai', '7')])).toEqual([[0, 1]]);
	});

	it('are matched by text without an id, ignoring spaces', () => {
		expect(
			pairs([atLapor('Sudah  selesai ', '7'), atLapor('Lain', '8')], [ownRow(1, 'unknown', 'Sudah selesai')])
		).toEqual([[0, 1]]);
	});

	it('are matched by text if LAPOR returns it as HTML', () => {
		const own = ownRow(1, 'sent', 'Bapak "A" & keluarga,\r\n\r\nloket 2 sudah < 5 menit.');
		const html = '<p>Bapak &quot;A&quot; &amp; keluarga,<br /><br />loket 2 sudah &lt; 5 menit.</p>';
		expect(pairs([atLapor(html, '7')], [own])).toEqual([[0, 1]]);
		expect(pairs([atLapor('👍')], [ownRow(1, 'sent', '🙏')])).toEqual([]);
	});

	it('are matched by a text that LAPOR cut or signed, if no id is known', () => {
		const answer = 'Loket kedua kini dibuka setiap hari kerja mulai pukul delapan pagi.';
		const own = ownRow(1, 'sent', answer);
		expect(pairs([atLapor(`${answer}\n\nBPS Kabupaten Mamuju`, '7')], [own])).toEqual([[0, 1]]);
		expect(pairs([atLapor(`${answer.slice(0, 55)} …`, '7')], [own])).toEqual([[0, 1]]);
		expect(pairs([atLapor('Loket kedua …', '7'), atLapor(answer + answer + answer, '8')], [own])).toEqual([]);
		expect(pairs([atLapor(`${answer} BPS`, '7')], [ownRow(1, 'sent', answer, '9')])).toEqual([]);
	});

	it('are matched one to one if two have the same text', () => {
		const begun = [ownRow(1, 'sent', 'Sedang kami bahas.', '7'), ownRow(2, 'unknown', 'Sedang kami bahas.')];
		expect(pairs([atLapor('Sedang kami bahas.', '7')], begun)).toEqual([[0, 1]]);
		expect(pairs([atLapor('Sedang kami bahas.', '8'), atLapor('Sedang kami bahas.', '7')], begun)).toEqual([
			[1, 1],
			[0, 2]
		]);
	});

	it('are matched with a sent row before an unknown one', () => {
		const begun = [ownRow(1, 'unknown', 'Sedang kami bahas.'), ownRow(2, 'sent', 'Sedang kami bahas.')];
		expect(pairs([atLapor('Sedang kami bahas.', '9')], begun)).toEqual([[0, 2]]);
	});

	it('are not matched with logs or other texts', () => {
		const log = { kind: 'log', content: 'Sedang kami bahas.' } as NewsItem;
		expect(pairs([log, atLapor('Kami teruskan.')], [ownRow(1, 'unknown', 'Sedang kami bahas.')])).toEqual([]);
	});
});

const at = new Date('2026-12-01T00:00:00Z');
const hoursAgo = (hours: number) => new Date(at.getTime() - hours * 3_600_000);
const minutes = (row: { sentAt: Date; closedAt: Date | null; failed: boolean }, cap = Infinity, random = 1) => {
	const next = nextPollAt(at, row, cap, () => random);
	return next && Math.round((next.getTime() - at.getTime()) / 60_000);
};
const open = { closedAt: null, failed: false };

describe('the polling clock', () => {
	it.each([
		['every 15 minutes on the first day', { ...open, sentAt: hoursAgo(1) }, 15],
		['every three hours after the first day', { ...open, sentAt: hoursAgo(25) }, 180],
		['an hour after an error', { sentAt: hoursAgo(1), closedAt: null, failed: true }, 60],
		['daily once closed', { sentAt: hoursAgo(90), closedAt: hoursAgo(3), failed: false }, 1440],
		['never ten days after closing', { sentAt: hoursAgo(900), closedAt: hoursAgo(240), failed: false }, undefined]
	])('%s', (_name, row, wanted) => expect(minutes(row)).toBe(wanted));

	it('is capped by LAPOR_POLL_SECONDS in every phase', () => {
		expect(minutes({ ...open, sentAt: hoursAgo(25) }, 60)).toBe(1);
		expect(minutes({ sentAt: hoursAgo(90), closedAt: hoursAgo(3), failed: true }, 60)).toBe(1);
	});

	it('shortens the interval by at most a tenth', () => {
		expect(minutes({ ...open, sentAt: hoursAgo(25) }, undefined, 0)).toBe(162);
	});
});

describe('status names', () => {
	it.each([
		['Belum Terverifikasi', 'unverified', false],
		['Terverifikasi', 'verified', false],
		['Dalam Proses', 'in_process', false],
		['Ditunda', 'postponed', false],
		['Selesai', 'finished', true],
		['Diarsipkan', 'archived', true],
		['Ditolak', 'refused', true],
		['  dalam   PROSES ', 'in_process', false]
	] as const)('%s means %s, final: %s', (name, meaning, final) => {
		expect(laporStatus(name)).toBe(meaning);
		expect(isFinalAtLapor(meaning)).toBe(final);
	});

	it('are known for every choice, and unknown names are not guessed', () => {
		expect(LAPOR_STATUS_NAMES.map(laporStatus)).not.toContain(undefined);
		for (const name of ['Menunggu', 'Selesai Sebagian', '', 'constructor']) expect(laporStatus(name)).toBeUndefined();
	});
});
