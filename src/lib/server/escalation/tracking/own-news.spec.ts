import { describe, expect, it } from 'vitest';
import type { FollowupRow } from '../followups/followups.ts';
import type { NewsItem } from './news.ts';
import { ownAmong } from './own-news.ts';

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
