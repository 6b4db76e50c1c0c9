import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { reasonInput } from '#lib/cases/schema.ts';
import { changeCase, invalidMove, updateCase } from '#lib/server/cases/move.ts';
import { recordEvent } from '#lib/server/cases/timeline.ts';
import { requireSupervisor } from '#lib/server/cases/visibility.ts';
import { checked } from '#lib/server/checked.ts';
import { legalHolds } from '#lib/server/db/schema/retention.ts';
import type { Actor } from '#lib/server/people/actor.ts';

const holdInput = reasonInput.extend({ action: z.enum(['hold', 'lift'], { error: 'field_invalid' }) });

/**
 * Keeps a case out of every destruction until a supervisor lifts the hold.
 * @throws NotAllowed unless the actor supervises the case · Conflict `invalid-move` if it is held (or not) already
 */
export async function changeLegalHold(actor: Actor, reference: string, raw: unknown): Promise<void> {
	const { action, reason, version } = checked(holdInput, raw);
	await changeCase(actor, reference, version, async (tx, { row: before }) => {
		const author = requireSupervisor(actor, before);
		const changed =
			action === 'hold'
				? await tx.insert(legalHolds).values({ caseId: before.id }).onConflictDoNothing().returning()
				: await tx.delete(legalHolds).where(eq(legalHolds.caseId, before.id)).returning();
		if (changed.length === 0) throw invalidMove(before, action === 'hold' ? 'held' : 'not_held');
		const row = await updateCase(tx, before);
		const type = action === 'hold' ? 'retention_held' : 'retention_released';
		await recordEvent(tx, row, { type, author, public: false, data: { reason } });
	});
}
