import { expect, it } from 'vitest';
import { inLocale } from '#lib/server/in-locale.ts';
import { listedDetail, noticeDetail, type NoticeKind } from './notices.ts';

const detailOf = (kind: NoticeKind, data: Record<string, unknown>) =>
	inLocale('en', () => noticeDetail({ kind, data }, 'Asia/Makassar'));

it('leaves out values that a notice of an earlier version does not have', () => {
	expect(detailOf('approval_wanted', { draft: 'answer' })).toBeUndefined();
	const due = detailOf('breach_due', { number: '1/2026', due_at: '2026-12-01T04:00:00Z' });
	expect(due).toContain('1 December 2026');
	expect(due).not.toContain('undefined');
});

it('says of an approval that was decided that it waits no longer', () => {
	const notice = { kind: 'approval_wanted', data: { draft: 'answer', since: '2026-12-01T04:00:00Z' } } as const;
	for (const draft of ['pending', undefined] as const)
		expect(listedDetail(notice, 'Asia/Makassar', draft)).toContain('Menunggu sejak');
	for (const draft of ['sent_back', null] as const)
		expect(listedDetail(notice, 'Asia/Makassar', draft)).toBe('Rancangan ini sudah diputuskan atau ditarik.');
});

it('says who handles the reports of an opened office that has no people of its own', () => {
	const opened = (handlers: string[]) => detailOf('office_opened', { by: 'Admin', handlers, supervisors: [] });
	expect(opened([])).toContain('handlers of the offices above handle its reports');
	expect(opened(['Penangan Contoh'])).toContain('Handlers: Penangan Contoh. Supervisors: –.');
});
