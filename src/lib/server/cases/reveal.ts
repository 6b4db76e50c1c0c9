import { z } from 'zod';
import { checked } from '#lib/server/checked.ts';
import { transaction } from '#lib/server/db/index.ts';
import { Invalid } from '#lib/server/errors.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { recordChange } from '#lib/server/people/audit.ts';
import { lockCaseForActor } from './find.ts';
import { updateCase } from './move.ts';
import { openReporter, type Reporter } from './reporter.ts';
import { recordEvent } from './timeline.ts';

const revealInput = z.object({
	reason: z.string({ error: 'reason_missing' }).trim().min(10, 'reason_short').max(1000, 'reason_long')
});

/**
 * Opens a withheld identity for a written reason. The tracking page shows each opening to the reporter, and the audit log
 * records it.
 */
export async function revealReporter(actor: Actor, reference: string, raw: unknown): Promise<Reporter> {
	const { reason } = checked(revealInput, raw);
	return transaction(async (tx) => {
		const { row: before, unit } = await lockCaseForActor(tx, actor, reference);
		const reporter = await openReporter(before.reporterSealed);
		if (before.identity !== 'withheld' || !reporter) throw new Invalid([{ path: '', code: 'nothing_withheld' }]);
		const row = await updateCase(tx, before, {});
		await recordEvent(tx, row, { type: 'revealed', author: actor, public: true, data: { reason } });
		await recordChange(tx, actor, { unitId: unit.id, action: 'identity.revealed', subject: row.reference, reason });
		return reporter;
	});
}
