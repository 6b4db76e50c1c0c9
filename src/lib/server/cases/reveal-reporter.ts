import { z } from 'zod';
import { requiredText } from '#lib/cases/schema.ts';
import { checked } from '#lib/server/checked.ts';
import { invalid } from '#lib/server/errors.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { recordChange } from '#lib/server/people/audit.ts';
import { changeCase, refuseWhileProcessingRestricted, updateCase } from './move.ts';
import { decryptReporter, type Reporter } from './reporter.ts';
import { recordEvent } from './timeline.ts';

const revealInput = z.object({ reason: requiredText(10, 1000, 'reason') });

/**
 * Reveals a withheld identity for a written reason. The tracking page shows this to the reporter, and the audit log
 * records it.
 */
export async function revealReporter(actor: Actor, reference: string, raw: unknown): Promise<Reporter> {
	const { reason } = checked(revealInput, raw);
	return changeCase(actor, reference, undefined, async (tx, { row: before, unit }) => {
		refuseWhileProcessingRestricted(before);
		const reporter = await decryptReporter(before.reporterSealed);
		if (before.identity !== 'withheld' || !reporter) throw invalid('', 'nothing_withheld');
		const row = await updateCase(tx, before);
		await recordEvent(tx, row, { type: 'revealed', author: actor, public: true, data: { reason } });
		await recordChange(tx, actor, { unitId: unit.id, action: 'identity.revealed', subject: row.reference, reason });
		return reporter;
	});
}
