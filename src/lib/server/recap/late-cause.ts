import { z } from 'zod';
import { checked } from '#lib/server/checked.ts';
import { now } from '#lib/server/clock.ts';
import { transaction } from '#lib/server/db/index.ts';
import { lateCauses } from '#lib/server/db/schema/recap.ts';
import { lockCaseForActor } from '#lib/server/cases/find.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { recordChange } from '#lib/server/people/audit.ts';

const written = z.object({
	reference: z.string({ error: 'text_missing' }),
	cause: z.string({ error: 'text_missing' }).trim().min(1, 'text_missing').max(300, 'text_long')
});

/**
 * Says why a report was late, for every periodic report that lists it from now on; what was filed stays as it is.
 *
 * @throws NotFound if the actor may not see the case
 */
export async function explainLate(actor: Actor, raw: unknown): Promise<void> {
	const { reference, cause } = checked(written, raw);
	await transaction(async (tx) => {
		const { row, unit } = await lockCaseForActor(tx, actor, reference);
		await tx
			.insert(lateCauses)
			.values({ caseId: row.id, cause, writtenBy: actor.accountId, writtenAt: now() })
			.onConflictDoUpdate({
				target: lateCauses.caseId,
				set: { cause, writtenBy: actor.accountId, writtenAt: now() }
			});
		await recordChange(tx, actor, {
			unitId: unit.id,
			action: 'recap.cause_written',
			subject: row.reference,
			after: { cause }
		});
	});
}
