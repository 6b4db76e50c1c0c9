import { describe, expect, it } from 'vitest';
import { readDetail, readFollowups } from '#lib/server/integrations/lapor/tracking.ts';
import type { FollowupRow } from '../followups/followups.ts';
import { collectNews, fileLink, ownAmong, saysMoreThan, type NewsItem } from './news.ts';
import { nextPollAt } from './poll-clock.ts';
import { isFinalAtLapor, LAPOR_STATUS_NAMES, laporStatus } from './lapor-status.ts';

const detail = (status_name: string, status_logs: unknown[] = [], data_logs: unknown[] = []) => ({
	results: { data: { status_name, status_logs }, data_logs }
});
const followups = (...data: unknown[]) => ({ results: { data } });
const collect = (detailJson: unknown, followupsJson: unknown, baseUrl?: string) => {
	const [read, said] = [readDetail(detailJson), readFollowups(followupsJson)];
	if (!read || !said) throw new Error('not readable');
	return collectNews(read, said, baseUrl);
};

describe('a note beside a status', () => {
	it.each([
		['Selesai', 'Selesai', false],
		['Selesai', 'Status menjadi Selesai', false],
		['Selesai', 'Status laporan telah diubah menjadi Selesai oleh Admin SP4N-LAPOR!', false],
		['Selesai', '', false],
		['Selesai', 'Kursi sudah diganti dan loket ditambah.', true],
		['Ditolak', 'Bukan kewenangan instansi ini', true]
	])('%s, "%s": says more %s', (name, note, wanted) => expect(saysMoreThan(name, note)).toBe(wanted));
});

describe('what a poll says', () => {
	it('gives the status the time of the newest word about it, in WIB', () => {
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

	it('cuts an endless status name without leaving half a character', () => {
		const name = `${'x'.repeat(199)}🙂 dan seterusnya`;
		expect(collect(detail(name), followups()).status?.name).toBe(`${'x'.repeat(199)}\ufffd`);
	});

	it('knows news without an id by its time and words, so that it is the same with every answer', () => {
		const row = { content: 'Diteruskan', created_at: '02-11-2026 11:00:00' };
		const first = collect(detail('Dalam Proses'), followups(row));
		const again = collect(
			detail('Dalam Proses'),
			followups({ content: 'Baru', created_at: '02-11-2026 12:00:00' }, row)
		);
		expect(again.items.map(({ key }) => key)).toContain(first.items[0]?.key);
		expect(collect(detail('Dalam Proses'), followups(row, row)).items).toHaveLength(1);
	});

	it('links attachments that have an address, or a path below the host of the API', () => {
		const attachments = [
			{ path: 'https://files.example.org/a.pdf', file_name: 'a.pdf', extension: 'pdf' },
			{ path: '/storage/b.pdf', file_name: 'b.pdf', extension: 'pdf' }
		];
		const said = followups({ id: 1, content: 'x', attachments });
		const whole = { name: 'a.pdf', url: 'https://files.example.org/a.pdf' };
		expect(collect(detail('Dalam Proses'), said).items[0]?.attachments).toEqual([whole, { name: 'b.pdf' }]);
		const base = 'https://api.example.go.id/lapor/1.0';
		expect(collect(detail('Dalam Proses'), said, base).items[0]?.attachments).toEqual([
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
		'https://user:secret@example.org/a.pdf',
		'https://'
	])('makes no link of %s', (path) => {
		expect(fileLink(path, 'https://api.example.go.id/lapor/1.0')).toBeUndefined();
	});
});

const said = (content: string, remoteId?: string) => ({ kind: 'followup', content, remoteId }) as NewsItem;
const ours = (seq: number, state: string, content: string, remoteId: string | null = null) =>
	({ seq, state, content, remoteId }) as FollowupRow;
const pairs = (items: NewsItem[], begun: FollowupRow[]) =>
	[...ownAmong(items, begun)].map(([item, { seq }]) => [items.indexOf(item), seq]);

describe('which follow-ups at LAPOR are ours', () => {
	it('are those of our ids, whatever became of the words', () => {
		expect(pairs([said('Sudah &amp; selesai', '7')], [ours(1, 'sent', 'Sudah & selesai', '7')])).toEqual([[0, 1]]);
	});

	it('are those of our words where there is no id, spaces aside', () => {
		expect(pairs([said('Sudah  selesai ', '7'), said('Lain', '8')], [ours(1, 'unknown', 'Sudah selesai')])).toEqual([
			[0, 1]
		]);
	});

	it('are two where we said the same twice', () => {
		const begun = [ours(1, 'sent', 'Sedang kami bahas.', '7'), ours(2, 'unknown', 'Sedang kami bahas.')];
		expect(pairs([said('Sedang kami bahas.', '7')], begun)).toEqual([[0, 1]]);
		expect(pairs([said('Sedang kami bahas.', '8'), said('Sedang kami bahas.', '7')], begun)).toEqual([
			[1, 1],
			[0, 2]
		]);
	});

	it('count for the one that is known to have arrived before the one that may be lost', () => {
		const begun = [ours(1, 'unknown', 'Sedang kami bahas.'), ours(2, 'sent', 'Sedang kami bahas.')];
		expect(pairs([said('Sedang kami bahas.', '9')], begun)).toEqual([[0, 2]]);
	});

	it('are none among logs and the words of others', () => {
		const log = { kind: 'log', content: 'Sedang kami bahas.' } as NewsItem;
		expect(pairs([log, said('Kami teruskan.')], [ours(1, 'unknown', 'Sedang kami bahas.')])).toEqual([]);
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
		['sooner while fresh', { ...open, sentAt: hoursAgo(1) }, 15],
		['three hours later on', { ...open, sentAt: hoursAgo(25) }, 180],
		['an hour after an error', { sentAt: hoursAgo(1), closedAt: null, failed: true }, 60],
		['daily once closed', { sentAt: hoursAgo(90), closedAt: hoursAgo(3), failed: false }, 1440],
		['no more ten days after', { sentAt: hoursAgo(900), closedAt: hoursAgo(240), failed: false }, undefined]
	])('%s', (_name, row, wanted) => expect(minutes(row)).toBe(wanted));

	it('is capped by LAPOR_POLL_SECONDS in every phase', () => {
		expect(minutes({ ...open, sentAt: hoursAgo(25) }, 60)).toBe(1);
		expect(minutes({ sentAt: hoursAgo(90), closedAt: hoursAgo(3), failed: true }, 60)).toBe(1);
	});

	it('never waits longer than the interval, and at most a tenth shorter', () => {
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

	it('knows every name it offers and guesses at no other', () => {
		expect(LAPOR_STATUS_NAMES.map(laporStatus)).not.toContain(undefined);
		for (const name of ['Menunggu', 'Selesai Sebagian', '', 'constructor']) expect(laporStatus(name)).toBeUndefined();
	});
});
