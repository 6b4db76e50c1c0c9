import type { FollowupRow } from '../followups/followups.ts';
import type { NewsItem } from './news.ts';

const squeezed = (text: string) => text.replace(/\s+/g, ' ').trim();

/**
 * Which follow-ups of a report are ours that came back: by their id, else by their words, each of ours once. Of two of
 * ours with the same words the one that is known to have arrived takes its place first.
 *
 * @param begun ours that may be at LAPOR, as they were said
 */
export function ownAmong(items: readonly NewsItem[], begun: readonly FollowupRow[]): Map<NewsItem, FollowupRow> {
	const pairs = new Map<NewsItem, FollowupRow>();
	const followups = items.filter(({ kind }) => kind === 'followup');
	const left = new Set([...begun.filter(({ state }) => state === 'sent'), ...begun]);
	const pair = (item: NewsItem, own: FollowupRow | undefined) => {
		if (!own) return;
		pairs.set(item, own);
		left.delete(own);
	};
	for (const item of followups)
		pair(item, item.remoteId === undefined ? undefined : begun.find(({ remoteId }) => remoteId === item.remoteId));
	for (const item of followups)
		if (!pairs.has(item))
			pair(
				item,
				[...left].find(({ content }) => squeezed(content) === squeezed(item.content))
			);
	return pairs;
}
