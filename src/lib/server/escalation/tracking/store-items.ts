import { createHash } from 'node:crypto';
import { and, eq, inArray, sql } from 'drizzle-orm';
import { now } from '#lib/server/clock.ts';
import type { Tx } from '#lib/server/db/index.ts';
import { escalationUpdates } from '#lib/server/db/schema/escalations.ts';
import { textAt } from '#lib/server/integrations/foreign-text.ts';
import { readFollowup } from '#lib/server/integrations/lapor/tracking.ts';
import type { FollowupRow } from '../followups/followups.ts';
import type { EscalationRow } from '../rows.ts';
import { contentKey, lettersOf, type NewsItem } from './news.ts';

/**
 * Stores the items that are new. A follow-up whose text LAPOR changed is stored again beside its first text. One that
 * LAPOR no longer returns stays.
 *
 * @returns the new items, oldest first
 */
export async function storeItems(
	tx: Tx,
	escalation: EscalationRow,
	received: readonly NewsItem[],
	ownFollowups: ReadonlyMap<NewsItem, FollowupRow>,
	startedAt: Date
): Promise<NewsItem[]> {
	const stored = await storedFollowups(tx, escalation);
	const keyed = received.map((item) => (ownFollowups.has(item) ? item : withTextKey(item, stored)));
	const items = await withoutRenamed(tx, escalation, keyed, new Set(stored.map(({ key }) => key)));
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

/** Most texts that are stored of one follow-up. Further ones are ignored, because its text may differ in each response. */
const MOST_TEXTS = 6;
/** Characters of a stored text that are read. `readFollowup` reads no more. */
const READ_CHARACTERS = 20_000;

async function storedFollowups(tx: Tx, escalation: EscalationRow) {
	const { escalationId, kind, own, remoteKey, raw } = escalationUpdates;
	const text = sql<string>`coalesce(left(${raw} ->> 'content', ${READ_CHARACTERS}), '')`;
	return tx
		.select({ key: remoteKey, own, text })
		.from(escalationUpdates)
		.where(and(eq(escalationId, escalation.id), eq(kind, 'followup')));
}
type StoredFollowup = Awaited<ReturnType<typeof storedFollowups>>[number];

/** Matches the keys that `withTextKey` makes. */
export const CHANGED_KEY = '~[0-9a-f]{32}$';

const textIn = (content: string) => lettersOf(readFollowup({ content }).unfilled ?? '');

/** Gives a follow-up whose text differs from the stored one a key for this text, so that it is stored as a further item. */
function withTextKey(item: NewsItem, stored: readonly StoredFollowup[]): NewsItem {
	const before = stored.find(({ key }) => key === item.key);
	const content = textAt(item.raw, 'content') ?? '';
	if (!before || before.own || before.text.trim() === content) return item;
	const [text, former] = [textIn(content), textIn(before.text)];
	// A service that numbers the follow-ups anew in each response has this text under another id.
	if (text === former || stored.some((one) => one.text.trim() === content)) return item;
	if (stored.filter(({ key }) => key.startsWith(`${item.key}~`)).length >= MOST_TEXTS - 1) return item;
	const digest = createHash('sha256').update(text).digest('hex').slice(0, 32);
	return { ...item, key: `${item.key}~${digest}`, isChanged: former !== '' };
}

/**
 * Leaves out follow-ups that are stored with an id that LAPOR no longer returns, because some services give a new id in
 * each response. Each stored follow-up accounts for one of them, so that two that are alike stay two.
 */
async function withoutRenamed(
	tx: Tx,
	escalation: EscalationRow,
	items: readonly NewsItem[],
	storedKeys: ReadonlySet<string>
): Promise<readonly NewsItem[]> {
	const { escalationId, remoteKey, raw } = escalationUpdates;
	const received = new Set(items.map(({ key }) => key));
	const missing = [...storedKeys].filter((key) => !received.has(key));
	const unknown = items.filter((item) => item.kind === 'followup' && !storedKeys.has(item.key));
	if (missing.length === 0 || unknown.length === 0) return items;
	const missingRows = await tx
		.select({ raw })
		.from(escalationUpdates)
		.where(and(eq(escalationId, escalation.id), inArray(remoteKey, missing)));
	const contents = missingRows.map((row) => contentKey(readFollowup(row.raw)));
	const isRenamed = (item: NewsItem) => {
		const place = contents.indexOf(contentKey(readFollowup(item.raw)));
		if (place >= 0) contents.splice(place, 1);
		return place >= 0;
	};
	const renamed = new Set(unknown.filter(isRenamed));
	return items.filter((item) => !renamed.has(item));
}
