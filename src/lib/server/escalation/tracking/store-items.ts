import { now } from '#lib/server/clock.ts';
import type { Tx } from '#lib/server/db/index.ts';
import { escalationUpdates } from '#lib/server/db/schema/escalations.ts';
import type { FollowupRow } from '../followups/followups.ts';
import type { EscalationRow } from '../rows.ts';
import type { NewsItem } from './news.ts';

/** Items per statement, whose number of values is limited. */
const AT_ONCE = 1000;

/** Stores the items that are new. @returns the new items, oldest first */
export async function storeItems(
	tx: Tx,
	escalation: EscalationRow,
	items: readonly NewsItem[],
	ownFollowups: ReadonlyMap<NewsItem, FollowupRow>,
	startedAt: Date
): Promise<NewsItem[]> {
	const keys = new Set<string>();
	for (let from = 0; from < items.length; from += AT_ONCE) {
		const inserted = await tx
			.insert(escalationUpdates)
			.values(
				items.slice(from, from + AT_ONCE).map((item) => ({
					escalationId: escalation.id,
					remoteKey: item.key,
					kind: item.kind,
					at: item.at ?? startedAt,
					statusName: item.statusName ?? null,
					content: item.content,
					author: item.author ?? null,
					own: ownFollowups.has(item),
					attachments: [...item.attachments],
					raw: item.raw ?? null,
					// The same for all items of a poll.
					receivedAt: startedAt,
					appliedAt: now()
				}))
			)
			.onConflictDoNothing({ target: [escalationUpdates.escalationId, escalationUpdates.remoteKey] })
			.returning({ key: escalationUpdates.remoteKey });
		for (const { key } of inserted) keys.add(key);
	}
	const time = (item: NewsItem) => (item.at ?? startedAt).getTime();
	return items.filter(({ key }) => keys.has(key)).sort((a, b) => time(a) - time(b));
}
