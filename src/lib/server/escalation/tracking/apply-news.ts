import { and, asc, eq, inArray, isNotNull } from 'drizzle-orm';
import { now } from '#lib/server/clock.ts';
import type { Tx } from '#lib/server/db/index.ts';
import { escalationFollowups, escalationUpdates } from '#lib/server/db/schema/escalations.ts';
import { applyStatus } from './apply-status.ts';
import { recordEscalation } from '../events.ts';
import type { FollowupRow } from '../followups/followups.ts';
import type { News, NewsItem, StatusSeen } from './news.ts';
import { isSameStatus } from './lapor-status.ts';
import { ownAmong } from './own-news.ts';
import type { EscalationRow, Locked } from '../rows.ts';
import { meaningOf } from './status-names.ts';
import { dropFollowupTasks, dropTask, raiseTask } from '../tasks.ts';

/**
 * Stores and applies the result of a poll. Follow-ups of institutions go to the timeline, our own follow-ups that come back
 * count as sent, and the status moves the forward. The answer to an older poll than the last applied one changes nothing.
 *
 * @param startedAt start of the poll
 */
export async function applyNews(tx: Tx, locked: Locked, news: News, startedAt: Date): Promise<EscalationRow> {
	if (locked.escalation.polledAt && startedAt < locked.escalation.polledAt) return locked.escalation;
	const own = ownAmong(news.items, await followupsBegun(tx, locked.escalation.id));
	const fresh = await storeItems(tx, locked.escalation, news.items, own, startedAt);
	let escalation = await dropTask(tx, locked.escalation, 'gone', 'hidden');
	// Includes earlier follow-ups: one may have been on its way and given up since.
	for (const [item, followup] of own) escalation = await knownAsSent(tx, { ...locked, escalation }, followup, item);
	for (const item of fresh)
		if (item.kind === 'followup' && !own.has(item)) await tellFollowup(tx, { ...locked, escalation }, item);
	return news.status ? applyStatusNews(tx, { ...locked, escalation }, news.status, fresh, startedAt) : escalation;
}

/** Texts of our follow-ups that may be at LAPOR. */
const followupsBegun = (tx: Tx, escalationId: string): Promise<FollowupRow[]> =>
	tx
		.select()
		.from(escalationFollowups)
		.where(and(eq(escalationFollowups.escalationId, escalationId), isNotNull(escalationFollowups.startedAt)))
		.orderBy(asc(escalationFollowups.seq));

async function storeItems(
	tx: Tx,
	escalation: EscalationRow,
	items: readonly NewsItem[],
	own: ReadonlyMap<NewsItem, FollowupRow>,
	startedAt: Date
): Promise<NewsItem[]> {
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
				own: own.has(item),
				attachments: [...item.attachments],
				raw: item.raw ?? null,
				receivedAt: now(),
				appliedAt: now()
			}))
		)
		.onConflictDoNothing({ target: [escalationUpdates.escalationId, escalationUpdates.remoteKey] })
		.returning({ key: escalationUpdates.remoteKey });
	const keys = new Set(inserted.map(({ key }) => key));
	const time = (item: NewsItem) => (item.at ?? startedAt).getTime();
	return items.filter(({ key }) => keys.has(key)).sort((a, b) => time(a) - time(b));
}

async function tellFollowup(tx: Tx, locked: Locked, item: NewsItem): Promise<void> {
	await recordEscalation(tx, locked, 'escalation_followup', 'lapor', {
		lapor_id: locked.escalation.laporId,
		content: item.content,
		...(item.author ? { institution: item.author } : {}),
		...(item.at ? { at: item.at.toISOString() } : {}),
		...(item.attachments.length > 0 ? { attachments: item.attachments } : {})
	});
}

/** Our follow-up came back, so LAPOR has it, even if its answer was lost. */
async function knownAsSent(tx: Tx, locked: Locked, own: FollowupRow, item: NewsItem): Promise<EscalationRow> {
	const remoteId = item.remoteId ?? own.remoteId;
	if (own.state === 'sent' && own.remoteId === remoteId) return locked.escalation;
	const [found] = await tx
		.update(escalationFollowups)
		.set({ state: 'sent', sentAt: own.sentAt ?? now(), remoteId, reasonCode: null, reasonText: null })
		.where(and(eq(escalationFollowups.id, own.id), inArray(escalationFollowups.state, ['unknown', 'sent'])))
		.returning();
	if (!found || own.state !== 'unknown') return locked.escalation;
	await recordEscalation(tx, locked, 'escalation_followup_sent', 'lapor', {
		source: own.source,
		event: own.eventSeq,
		part: own.part,
		found: true
	});
	return dropFollowupTasks(tx, locked.escalation);
}

async function applyStatusNews(
	tx: Tx,
	locked: Locked,
	status: StatusSeen,
	fresh: readonly NewsItem[],
	startedAt: Date
): Promise<EscalationRow> {
	const { escalation } = locked;
	const { name, at } = status;
	// Only LAPOR's own times are compared; a status without one is as new as its answer.
	const old = at !== undefined && escalation.laporNewsAt !== null && at < escalation.laporNewsAt;
	if (old || isSameStatus(escalation.laporStatus, name)) return escalation;
	// A note that existed before this answer belongs to an earlier status.
	const note = fresh.some((item) => item.key === status.noteKey) ? status.note : '';
	const meaning = await meaningOf(tx, name);
	const [stored] = await tx
		.insert(escalationUpdates)
		.values({
			escalationId: escalation.id,
			remoteKey: `status:${name}@${at?.toISOString() ?? ''}`,
			kind: 'status',
			at: at ?? startedAt,
			statusName: name,
			content: note,
			raw: status.raw ?? null,
			receivedAt: now(),
			appliedAt: meaning ? now() : null,
			needsMapping: meaning === undefined
		})
		.onConflictDoNothing({ target: [escalationUpdates.escalationId, escalationUpdates.remoteKey] })
		.returning({ id: escalationUpdates.id });
	if (meaning) return applyStatus(tx, locked, { name, meaning, at, note }, 'lapor');
	return stored ? raiseTask(tx, locked, 'status_unmapped', name) : escalation;
}
