import { and, eq, inArray } from 'drizzle-orm';
import { now } from '#lib/server/clock.ts';
import type { Tx } from '#lib/server/db/index.ts';
import { escalationUpdates } from '#lib/server/db/schema/escalations.ts';
import { readFollowup } from '#lib/server/integrations/lapor/tracking.ts';
import type { FollowupRow } from '../followups/followups.ts';
import type { EscalationRow } from '../rows.ts';
import { contentKey, type NewsItem } from './news.ts';

/** Stores the items that are new. @returns the new items, oldest first */
export async function storeItems(
	tx: Tx,
	escalation: EscalationRow,
	received: readonly NewsItem[],
	ownFollowups: ReadonlyMap<NewsItem, FollowupRow>,
	startedAt: Date
): Promise<NewsItem[]> {
	const items = await withoutRenamed(tx, escalation, received);
	if (items.length === 0) return [];
	const inserted = await tx
		.insert(escalationUpdates)
		.values(
			items.map((item) => ({
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
	const keys = new Set(inserted.map(({ key }) => key));
	const time = (item: NewsItem) => (item.at ?? startedAt).getTime();
	return items.filter(({ key }) => keys.has(key)).sort((a, b) => time(a) - time(b));
}

/**
 * Leaves out follow-ups that are stored with an id that LAPOR no longer returns, because some services give a new id in
 * each response. Each stored follow-up accounts for one of them, so that two that are alike stay two.
 */
async function withoutRenamed(
	tx: Tx,
	escalation: EscalationRow,
	items: readonly NewsItem[]
): Promise<readonly NewsItem[]> {
	const { escalationId, kind, remoteKey, raw } = escalationUpdates;
	const isFollowup = and(eq(escalationId, escalation.id), eq(kind, 'followup'));
	const rows = await tx.select({ key: remoteKey }).from(escalationUpdates).where(isFollowup);
	const stored = new Set(rows.map(({ key }) => key));
	const received = new Set(items.map(({ key }) => key));
	const missing = [...stored].filter((key) => !received.has(key));
	const unknown = items.filter((item) => item.kind === 'followup' && !stored.has(item.key));
	if (missing.length === 0 || unknown.length === 0) return items;
	const missingRows = await tx
		.select({ raw })
		.from(escalationUpdates)
		.where(and(isFollowup, inArray(remoteKey, missing)));
	const contents = missingRows.map((row) => contentKey(readFollowup(row.raw)));
	const isRenamed = (item: NewsItem) => {
		const place = contents.indexOf(contentKey(readFollowup(item.raw)));
		if (place >= 0) contents.splice(place, 1);
		return place >= 0;
	};
	const renamed = new Set(unknown.filter(isRenamed));
	return items.filter((item) => !renamed.has(item));
}
