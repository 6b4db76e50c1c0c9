import { and, asc, eq, gt, sql, desc } from 'drizzle-orm';
import { now } from '#lib/server/clock.ts';
import { db, transaction, type Tx } from '#lib/server/db/index.ts';
import { escalationUpdates } from '#lib/server/db/schema/escalations.ts';
import { laporStatusNames } from '#lib/server/db/schema/lapor.ts';
import { invalid } from '#lib/server/errors.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { requireRootAdmin } from '#lib/server/people/administration.ts';
import { recordChange } from '#lib/server/people/audit.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { cutText } from '#lib/text/cut-text.ts';
import { proposeRedaction, redact } from '#lib/text/redaction.ts';
import { lockEscalation } from '../rows.ts';
import { dropTask } from '../tasks.ts';
import { applyStatus, mappedMeaning } from './apply-status.ts';
import type { StatusNews } from './answer-from-lapor.ts';
import { LAPOR_STATUSES, laporStatus, statusKey, type LaporStatus } from './lapor-status.ts';

/** `statusKey` in SQL, of the column with the name. */
const columnKey = sql<string>`lower(regexp_replace(trim(${escalationUpdates.statusName}), '\\s+', ' ', 'g'))`;

const NAME_CHARACTERS = 200;

/**
 * Sets the meaning of a name, and applies the updates that waited for it, unless a newer status came since. A later change
 * of the meaning affects only later news.
 *
 * @returns number of updates that waited
 * @throws NotAllowed · Invalid `escalation_meaning_invalid`
 */
export async function mapStatusName(actor: Actor, name: string, meaning: string): Promise<number> {
	await requireRootAdmin(actor);
	const newMeaning = LAPOR_STATUSES.find((one) => one === meaning);
	if (!newMeaning || !statusKey(name) || name.length > NAME_CHARACTERS || laporStatus(name))
		throw invalid('meaning', 'escalation_meaning_invalid');
	await transaction(async (tx) => {
		const before = await mappedMeaning(tx, name);
		if (before === newMeaning) return;
		const values = { name: statusKey(name), meaning: newMeaning, mappedBy: actor.accountId, mappedAt: now() };
		await tx.insert(laporStatusNames).values(values).onConflictDoUpdate({ target: laporStatusNames.name, set: values });
		await recordChange(tx, actor, {
			action: 'lapor.status_mapped',
			subject: name.trim(),
			before: before && { meaning: before },
			after: { meaning: newMeaning }
		});
	});
	const waiting = await db()
		.select()
		.from(escalationUpdates)
		.where(and(eq(escalationUpdates.needsMapping, true), eq(columnKey, statusKey(name))))
		.orderBy(asc(escalationUpdates.at), asc(escalationUpdates.id));
	for (const update of waiting) await applyWaiting(update, newMeaning);
	return waiting.length;
}

type Update = typeof escalationUpdates.$inferSelect;

async function applyWaiting(update: Update, meaning: LaporStatus): Promise<void> {
	await transaction(async (tx) => {
		const locked = await lockEscalation(tx, update.escalationId);
		const [applied] = await tx
			.update(escalationUpdates)
			.set({ needsMapping: false, appliedAt: now() })
			.where(and(eq(escalationUpdates.id, update.id), eq(escalationUpdates.needsMapping, true)))
			.returning({ id: escalationUpdates.id });
		if (!applied) return;
		const escalation = await dropTask(tx, locked.escalation, 'status_unmapped');
		if (update.appliedAt || !(await isNewest(tx, update))) return;
		const { statusName: name, at, receivedAt: seenAt, content, raw } = update;
		const known = (raw ?? {}) as Pick<StatusNews, 'followupsMissing' | 'isNoteDoubtful' | 'institution'>;
		const { followupsMissing = false, isNoteDoubtful = false, institution } = known;
		const status = { meaning, at, seenAt, note: content ?? '', isNoteDoubtful, institution, followupsMissing };
		if (name) await applyStatus(tx, { ...locked, escalation }, { name, ...status }, 'lapor');
	});
}

/** Whether no other status came since. A name that came once more keeps its row, so ids are not in order. */
async function isNewest(tx: Tx, update: Update): Promise<boolean> {
	const { escalationId, kind, receivedAt } = escalationUpdates;
	const isLater = gt(receivedAt, update.receivedAt);
	const later = and(eq(escalationId, update.escalationId), eq(kind, 'status'), isLater);
	return (await tx.$count(escalationUpdates, later)) === 0;
}

const EXAMPLE_CHARACTERS = 300;

/**
 * Status names without a meaning, the most frequent first: the number of forwards, since when, and a note of LAPOR as an
 * example. The example has no personal data, because an administrator reads no case.
 */
export async function namesToMap() {
	const rows = await db()
		.select({
			name: sql<string>`min(${escalationUpdates.statusName})`,
			reports: sql<number>`count(distinct ${escalationUpdates.escalationId})::int`,
			since: sql<string>`min(${escalationUpdates.receivedAt})`,
			example: sql<string | null>`(array_agg(${escalationUpdates.content} order by ${escalationUpdates.id} desc)
				filter (where ${escalationUpdates.content} <> ''))[1]`
		})
		.from(escalationUpdates)
		.where(eq(escalationUpdates.needsMapping, true))
		.groupBy(columnKey)
		.orderBy(desc(sql`count(*)`), asc(columnKey));
	return rows.map((row) => ({ ...row, since: new Date(row.since), example: row.example && exampleOf(row.example) }));
}

function exampleOf(note: string): string {
	return cutText(redact(note, proposeRedaction(note)), EXAMPLE_CHARACTERS);
}

export async function countNamesToMap(): Promise<number> {
	const [row] = await db()
		.select({ count: sql<number>`count(distinct ${columnKey})::int` })
		.from(escalationUpdates)
		.where(eq(escalationUpdates.needsMapping, true));
	return row?.count ?? 0;
}

/** Names without a meaning, and names that administrators mapped. @throws NotAllowed if the actor is no root administrator */
export async function statusNamesForAdmin(actor: Actor) {
	await requireRootAdmin(actor);
	const mapped = await db()
		.select({
			name: laporStatusNames.name,
			meaning: laporStatusNames.meaning,
			by: accounts.name,
			at: laporStatusNames.mappedAt
		})
		.from(laporStatusNames)
		.leftJoin(accounts, eq(accounts.id, laporStatusNames.mappedBy))
		.orderBy(desc(laporStatusNames.mappedAt), asc(laporStatusNames.name));
	return {
		waiting: await namesToMap(),
		mapped: mapped.map((row) => ({ ...row, meaning: row.meaning as LaporStatus }))
	};
}
