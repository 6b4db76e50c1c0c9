import { and, asc, eq, gt, sql } from 'drizzle-orm';
import { now } from '#lib/server/clock.ts';
import { db, transaction, type Database, type Tx } from '#lib/server/db/index.ts';
import { escalationUpdates, laporStatusNames } from '#lib/server/db/schema/escalations.ts';
import { Invalid } from '#lib/server/errors.ts';
import { applyStatus } from '#lib/server/escalation/apply-status.ts';
import { laporStatus, type LaporStatus } from '#lib/server/escalation/lapor-status.ts';
import { lockEscalation } from '#lib/server/escalation/rows.ts';
import { dropTask } from '#lib/server/escalation/tasks.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { requireRootAdmin } from '#lib/server/people/administration.ts';
import { recordChange } from '#lib/server/people/audit.ts';

const keyOf = (name: string) => name.trim().replace(/\s+/g, ' ').toLowerCase();

/** What a status name means: as known from the start, or as an administrator said; undefined: nobody guesses. */
export async function meaningOf(on: Database | Tx, name: string): Promise<LaporStatus | undefined> {
	const known = laporStatus(name);
	if (known) return known;
	const [mapped] = await on
		.select({ meaning: laporStatusNames.meaning })
		.from(laporStatusNames)
		.where(eq(laporStatusNames.name, keyOf(name)));
	return mapped?.meaning as LaporStatus | undefined;
}

/** Names that came from LAPOR and wait for a meaning, with how many reports have them. */
export async function namesToMap(): Promise<{ name: string; reports: number }[]> {
	const name = sql<string>`${escalationUpdates.statusName}`;
	return db()
		.select({ name, reports: sql<number>`count(distinct ${escalationUpdates.escalationId})::int` })
		.from(escalationUpdates)
		.where(eq(escalationUpdates.needsMapping, true))
		.groupBy(name)
		.orderBy(asc(name));
}

const MEANINGS: readonly LaporStatus[] = [
	'unverified',
	'verified',
	'in_process',
	'finished',
	'archived',
	'refused',
	'postponed'
];

/**
 * An administrator says once what a name means; what waited for it is applied, except where newer news has come since.
 *
 * @throws NotAllowed · Invalid `escalation_meaning_invalid`
 */
export async function mapStatusName(actor: Actor, name: string, meaning: string): Promise<void> {
	await requireRootAdmin(db(), actor);
	const wanted = MEANINGS.find((one) => one === meaning);
	if (!wanted || laporStatus(name)) throw new Invalid([{ path: 'meaning', code: 'escalation_meaning_invalid' }]);
	await transaction(async (tx) => {
		const values = { name: keyOf(name), meaning: wanted, mappedBy: actor.accountId, mappedAt: now() };
		await tx.insert(laporStatusNames).values(values).onConflictDoUpdate({ target: laporStatusNames.name, set: values });
		await recordChange(tx, actor, { action: 'lapor.status_mapped', subject: name, after: { meaning: wanted } });
	});
	for (const update of await waitingFor(name)) await applyWaiting(update, wanted);
}

const waitingFor = (name: string) =>
	db()
		.select()
		.from(escalationUpdates)
		.where(
			and(
				eq(escalationUpdates.needsMapping, true),
				eq(sql`lower(regexp_replace(trim(${escalationUpdates.statusName}), '\\s+', ' ', 'g'))`, keyOf(name))
			)
		)
		.orderBy(asc(escalationUpdates.at));

async function applyWaiting(update: typeof escalationUpdates.$inferSelect, meaning: LaporStatus): Promise<void> {
	await transaction(async (tx) => {
		const locked = await lockEscalation(tx, update.escalationId);
		const [taken] = await tx
			.update(escalationUpdates)
			.set({ needsMapping: false, appliedAt: now() })
			.where(and(eq(escalationUpdates.id, update.id), eq(escalationUpdates.needsMapping, true)))
			.returning({ id: escalationUpdates.id });
		if (!taken) return;
		const escalation = await dropTask(tx, locked.escalation, 'status_unmapped');
		if (!(await isNewest(tx, update))) return;
		const { statusName: name, at, content } = update;
		if (name) await applyStatus(tx, { ...locked, escalation }, { name, meaning, at, note: content ?? '' }, 'lapor');
	});
}

/** Whether no other status has come since: two may carry the same time. */
async function isNewest(tx: Tx, update: typeof escalationUpdates.$inferSelect): Promise<boolean> {
	const [later] = await tx
		.select({ id: escalationUpdates.id })
		.from(escalationUpdates)
		.where(
			and(
				eq(escalationUpdates.escalationId, update.escalationId),
				eq(escalationUpdates.kind, 'status'),
				gt(escalationUpdates.id, update.id)
			)
		)
		.limit(1);
	return later === undefined;
}
