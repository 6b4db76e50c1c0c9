import { and, asc, eq, gt, sql } from 'drizzle-orm';
import { now } from '#lib/server/clock.ts';
import { db, transaction, type Database, type Tx } from '#lib/server/db/index.ts';
import { escalationUpdates } from '#lib/server/db/schema/escalations.ts';
import { laporStatusNames } from '#lib/server/db/schema/lapor.ts';
import { Invalid } from '#lib/server/errors.ts';
import { applyStatus } from './apply-status.ts';
import { LAPOR_STATUSES, laporStatus, statusKey, type LaporStatus } from './lapor-status.ts';
import { lockEscalation } from '../rows.ts';
import { dropTask } from '../tasks.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { requireRootAdmin } from '#lib/server/people/administration.ts';
import { recordChange } from '#lib/server/people/audit.ts';

/** The same of a name as it came, in SQL. */
export const columnKey = sql<string>`lower(regexp_replace(trim(${escalationUpdates.statusName}), '\\s+', ' ', 'g'))`;

/** What a status name means: as known from the start, or as an administrator said; undefined: nobody guesses. */
export async function meaningOf(on: Database | Tx, name: string): Promise<LaporStatus | undefined> {
	return laporStatus(name) ?? (await mappedMeaning(on, name));
}

async function mappedMeaning(on: Database | Tx, name: string): Promise<LaporStatus | undefined> {
	const [mapped] = await on
		.select({ meaning: laporStatusNames.meaning })
		.from(laporStatusNames)
		.where(eq(laporStatusNames.name, statusKey(name)));
	return mapped?.meaning as LaporStatus | undefined;
}

/** Longer is no name of a status. */
const NAME_CHARACTERS = 200;

/**
 * An administrator says what a name means; what waited for it is applied, except where newer news has come since. Said
 * again it is a correction, which counts for news from then on: what was done by the first meaning stays done.
 *
 * @returns how many updates that waited were taken up
 * @throws NotAllowed · Invalid `escalation_meaning_invalid`
 */
export async function mapStatusName(actor: Actor, name: string, meaning: string): Promise<number> {
	await requireRootAdmin(db(), actor);
	const wanted = LAPOR_STATUSES.find((one) => one === meaning);
	if (!wanted || !statusKey(name) || name.length > NAME_CHARACTERS || laporStatus(name))
		throw new Invalid([{ path: 'meaning', code: 'escalation_meaning_invalid' }]);
	await transaction(async (tx) => {
		const before = await mappedMeaning(tx, name);
		if (before === wanted) return;
		const values = { name: statusKey(name), meaning: wanted, mappedBy: actor.accountId, mappedAt: now() };
		await tx.insert(laporStatusNames).values(values).onConflictDoUpdate({ target: laporStatusNames.name, set: values });
		await recordChange(tx, actor, {
			action: 'lapor.status_mapped',
			subject: name.trim(),
			...(before ? { before: { meaning: before } } : {}),
			after: { meaning: wanted }
		});
	});
	const waiting = await waitingFor(name);
	for (const update of waiting) await applyWaiting(update, wanted);
	return waiting.length;
}

const waitingFor = (name: string) =>
	db()
		.select()
		.from(escalationUpdates)
		.where(and(eq(escalationUpdates.needsMapping, true), eq(columnKey, statusKey(name))))
		.orderBy(asc(escalationUpdates.at), asc(escalationUpdates.id));

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
