import { expect, test } from 'vitest';
import { finding, type Finding } from '#lib/server/health/finding.ts';
import { findingWords } from './finding-words.ts';

const words = (found: Finding) => findingWords(found, 'Asia/Makassar');
const at = new Date('2026-11-29T03:04:00Z');
const latest = new Date('2026-11-27T13:14:00Z');

test('formats sizes, times, numbers and years, and links the page for the next step', () => {
	const size = 1_560_000_000;
	expect(words(finding('disk', 'watch', 'disk_low', { free: 700_000_000, size }))).toMatchObject({
		says: 'Tinggal 700 MB kosong dari 1,6 GB. Sesudah penuh, berkas tidak dapat diterima.'
	});
	expect(words(finding('database', 'good', 'database_good', { kind: 'pglite', took: 1234, size })).says).toBe(
		'Basis data bawaan menjawab dalam 1.234 milidetik; besarnya 1,6 GB.'
	);
	expect(words(finding('calendar', 'bad', 'calendar_missing', { year: '2027' }))).toMatchObject({
		says: expect.stringContaining('SKB libur 2027 belum dimuat.') as string,
		href: '/admin/calendar'
	});
	expect(words(finding('jobs', 'good', 'jobs_good', { at }))).toMatchObject({
		says: expect.stringContaining('29 November 2026') as string,
		next: undefined
	});
});

test('after a failed backup, shows when it failed and when the latest good one was made; the next step is as without any backup', () => {
	const failed = { at, fault: 'disk_full' };
	const next = words(finding('backup', 'bad', 'backup_never')).next;
	expect(next).toBeTruthy();
	const last = words(finding('backup', 'watch', 'backup_failed', { ...failed, latest }));
	expect(last.says).toMatch(/29 November 2026.*27 November 2026/);
	expect(words(finding('backup', 'bad', 'backup_failed_all', failed)).says).toMatch(/29 November 2026.*Belum ada/);
	expect([last.next, last.href]).toEqual([next, '/admin/backup']);
});
