import { eq } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { withClock } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import { messages } from '#lib/server/db/schema/cases.ts';
import { attemptsOf } from '../call-log.ts';
import { haltOf } from '../connection/connection.ts';
import { pollOrLookUp } from './poll.ts';
import { sentReport, forwardNow, useLapor } from '#lib/dev/testing/lapor.ts';

const lapor = useLapor();

describe('follow-ups in pages', () => {
	const followup = (id: number, content: string, status_new: string | null = null) => ({
		id,
		content,
		status_new,
		institution_from_name: 'BPS Kabupaten Mamuju'
	});
	const body = (...data: unknown[]) => JSON.stringify({ results: { data: { current_page: 1, last_page: 2, data } } });
	const first = body(followup(1, 'Kami koordinasikan dahulu.'));
	const polled = async (secondPage: Record<string, unknown>, firstPage = first, clock = () => new Date()) => {
		const { id, move } = await sentReport(lapor);
		await move('Selesai');
		await lapor.faults([
			{ ...secondPage, match: { endpoint: 'followups', text: 'page=2' } },
			{ kind: 'answer', body: firstPage, match: { endpoint: 'followups' } }
		]);
		await withClock(clock, () => pollOrLookUp(id));
		return { id, ...(await forwardNow(id)) };
	};

	it('are all read, so the answer of the last page answers the case', async () => {
		const second = body(followup(2, 'Loket sudah ditambah satu.', 'Selesai'));
		const { row, entries, types } = await polled({ kind: 'answer', body: second });
		expect(row.status).toBe('answered');
		expect(types.filter((type) => type === 'escalation_followup')).toHaveLength(2);
		const message = String(entries.find(({ type }) => type === 'answered')?.data.message);
		const [answer] = await db().select().from(messages).where(eq(messages.id, message));
		expect(answer?.body).toBe('Loket sudah ditambah satu.');
	});

	it('are not all read if that takes longer than a minute, so nothing is published', async () => {
		const second = body(followup(2, 'Loket sudah ditambah satu.', 'Selesai'));
		let readings = 0;
		const slowly = () => new Date(Date.now() + 20_000 * readings++);
		const { row, escalation } = await polled({ kind: 'answer', body: second }, first, slowly);
		expect(row.status).toBe('in_progress');
		expect(escalation).toMatchObject({ laporStatus: 'Selesai', task: 'finished' });
	});

	it('never answer the case with a text of the first page if LAPOR does not return the second', async () => {
		const { row, escalation } = await polled({ kind: 'answer', body: first });
		expect(row.status).toBe('in_progress');
		expect(escalation).toMatchObject({ laporStatus: 'Selesai', task: 'finished' });
	});

	it('are complete if the announced total counts a repeated row', async () => {
		const note = followup(1, 'Kami koordinasikan dahulu.');
		const data = [note, note, followup(2, 'Loket sudah ditambah satu.', 'Selesai')];
		const all = JSON.stringify({ results: { data, total: data.length } });
		const { row, types } = await polled({ kind: 'answer', body: all }, all);
		expect(row.status).toBe('answered');
		expect(types.filter((type) => type === 'escalation_followup')).toHaveLength(2);
	});

	describe('that LAPOR does not announce', () => {
		const list = (...data: unknown[]) => JSON.stringify({ results: { data } });
		const ten = Array.from({ length: 10 }, (_, n) => followup(n + 1, `Sedang kami koordinasikan (${n}).`));
		const second = followup(11, 'Loket sudah ditambah satu.', 'Selesai');

		it('are read if the first page has ten rows', async () => {
			const { row, entries } = await polled({ kind: 'answer', body: list(second) }, list(...ten));
			expect(row.status).toBe('answered');
			const shown = entries.filter(({ type }) => type === 'escalation_followup');
			expect(shown).toHaveLength(11);
		});

		it('are not asked for if the first page says that it is the last one', async () => {
			const data = [...ten.slice(1), second];
			const only = JSON.stringify({ results: { data: { current_page: 1, last_page: 1, data } } });
			expect((await polled({ kind: '500_before' }, only)).row.status).toBe('answered');
		});

		it('fail the poll if the service asks to wait', async () => {
			const { escalation } = await polled({ kind: '429', retryAfter: 600 }, list(...ten));
			expect(escalation).toMatchObject({ laporStatus: null, polledAt: null });
		});

		it('do not exist if the first page is repeated or the second is not found', async () => {
			const answered = list(...ten.slice(1), second);
			for (const page of [
				{ kind: 'answer', body: answered },
				{ kind: 'answer', status: 404, body: '{}' }
			])
				expect((await polled(page, answered)).row.status).toBe('answered');
		});

		it.each([
			['fails', { kind: '500_before' }],
			['is refused', { kind: 'answer', status: 401, body: '{}' }]
		])('never fail a poll, but nothing is published if the second page %s', async (_what, page) => {
			const { id, row, escalation } = await polled(page, list(...ten));
			expect(row.status).toBe('in_progress');
			expect(escalation).toMatchObject({
				laporStatus: 'Selesai',
				task: 'finished',
				polledAt: expect.any(Date) as Date
			});
			expect((await attemptsOf(id)).map(({ step }) => step)).toEqual(['create']);
			expect(await haltOf()).toBeUndefined();
		});
	});

	it('are read again later if a page fails', async () => {
		const { escalation, types } = await polled({ kind: '500_before' });
		expect(escalation).toMatchObject({ laporStatus: null, polledAt: null });
		expect(types).not.toContain('escalation_followup');
	});
});
