import { describe, expect, it } from 'vitest';
import { collectNews, fileLink, saysMoreThan } from './news.ts';

const detail = (status_name: string, status_logs: unknown[] = [], data_logs: unknown[] = []) => ({
	results: { data: { status_name, status_logs }, data_logs }
});
const followups = (...data: unknown[]) => ({ results: { data } });

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
		const news = collectNews(
			detail('Selesai', [
				{ note: 'Diproses', timestamp: '2026-11-02 10:00:00' },
				{ note: 'Laporan diterima', timestamp: '2026-11-02 09:00:00' }
			]),
			followups({ id: 7, content: 'Sudah', created_at: '02-11-2026 11:00:00', status_new: { name: 'Selesai' } })
		);
		expect(news?.status).toMatchObject({
			name: 'Selesai',
			at: new Date('2026-11-02T04:00:00Z'),
			note: 'Diproses',
			noteKey: expect.stringMatching(/^s:/)
		});
	});

	it('cuts an endless status name without leaving half a character', () => {
		const name = `${'x'.repeat(199)}🙂 dan seterusnya`;
		expect(collectNews(detail(name), followups())?.status?.name).toBe(`${'x'.repeat(199)}\ufffd`);
	});

	it('knows news without an id by its time and words, so that it is the same with every answer', () => {
		const row = { content: 'Diteruskan', created_at: '02-11-2026 11:00:00' };
		const first = collectNews(detail('Dalam Proses'), followups(row));
		const again = collectNews(
			detail('Dalam Proses'),
			followups({ content: 'Baru', created_at: '02-11-2026 12:00:00' }, row)
		);
		expect(again?.items.map(({ key }) => key)).toContain(first?.items[0]?.key);
		expect(collectNews(detail('Dalam Proses'), followups(row, row))?.items).toHaveLength(1);
	});

	it('is nothing where one of the answers is something else', () => {
		expect(collectNews(detail('Selesai'), '<html>')).toBeUndefined();
		expect(collectNews({ results: {} }, followups())).toBeUndefined();
	});

	it('links attachments that have an address, or a path below the host of the API', () => {
		const attachments = [
			{ path: 'https://files.example.org/a.pdf', file_name: 'a.pdf', extension: 'pdf' },
			{ path: '/storage/b.pdf', file_name: 'b.pdf', extension: 'pdf' }
		];
		const said = followups({ id: 1, content: 'x', attachments });
		const whole = { name: 'a.pdf', url: 'https://files.example.org/a.pdf' };
		expect(collectNews(detail('Dalam Proses'), said)?.items[0]?.attachments).toEqual([whole, { name: 'b.pdf' }]);
		const base = 'https://api.example.go.id/lapor/1.0';
		expect(collectNews(detail('Dalam Proses'), said, base)?.items[0]?.attachments).toEqual([
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
