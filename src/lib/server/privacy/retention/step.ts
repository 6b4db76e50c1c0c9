import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { isLocalDate, localDate } from '#lib/calendar/days.ts';
import { type DestructionState } from '#lib/privacy/retention.ts';
import { destructionNumber } from '#lib/text/reference.ts';
import { now } from '#lib/server/clock.ts';
import { transaction, type Tx } from '#lib/server/db/index.ts';
import { isId } from '#lib/server/db/is-id.ts';
import { destructions } from '#lib/server/db/schema/retention.ts';
import { Conflict, Invalid, NotFound } from '#lib/server/errors.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { requireAdmin } from '#lib/server/people/administration.ts';
import { recordChange } from '#lib/server/people/audit.ts';
import { reference } from '#lib/server/reference/reference.ts';

export type DestructionRow = typeof destructions.$inferSelect;

export async function numberOf({ unitId, number, year }: DestructionRow): Promise<string> {
	return destructionNumber({ number, year, unit: (await reference()).unitById.get(unitId)?.code ?? '' });
}

export const words = (min: number, max: number) =>
	z.string({ error: 'retention_words' }).trim().min(min, 'retention_words').max(max, 'retention_words');
/** A date up to now is checked by `requirePast`. */
export const day = z.string({ error: 'retention_day' }).refine(isLocalDate, 'retention_day');
export const version = z.coerce.number({ error: 'field_invalid' });

/** Changes of one step, and what the audit log says of it. */
interface Step {
	/** The audit log names it `destruction.…`. */
	action: 'decided' | 'counted' | 'recorded' | 'confirmed' | 'cancelled' | 'item_left_out';
	changes: Partial<DestructionRow>;
	reason?: string;
	after?: Record<string, unknown>;
}

/**
 * Makes one step of a destruction, with its audit entry.
 * @param from the states in which the step is allowed
 * @throws NotFound unless the actor administers the root unit · Conflict `stale`, `invalid-move`
 */
export async function step(
	actor: Actor,
	id: string,
	seen: number,
	from: readonly DestructionState[],
	work: (tx: Tx, row: DestructionRow, today: string) => Promise<Step> | Step
): Promise<void> {
	await transaction(async (tx) => {
		const [row] = await tx.select().from(destructions).where(isId(destructions.id, id)).for('update');
		if (!row) throw new NotFound(id);
		requireAdmin(actor, row.unitId);
		if (row.version !== seen) throw new Conflict('stale');
		if (!from.includes(row.state)) throw new Conflict('invalid-move', { reason: 'destruction_state' });
		const zone = (await reference()).unitById.get(row.unitId)?.timeZone ?? 'UTC';
		const { changes, action, ...logged } = await work(tx, row, localDate(now(), zone));
		await tx
			.update(destructions)
			.set({ ...changes, version: row.version + 1 })
			.where(eq(destructions.id, id));
		const entry = { unitId: row.unitId, action: `destruction.${action}` as const, subject: await numberOf(row) };
		await recordChange(tx, actor, { ...entry, ...logged });
	});
}

/** Refuses a date in the future. */
export function requirePast(path: string, date: string, today: string): void {
	if (date > today) throw new Invalid([{ path, code: 'retention_future' }]);
}
