import { and, eq, inArray, isNull, sql } from 'drizzle-orm';
import { z } from 'zod';
import { CASE_PARTS } from '#lib/privacy/retention.ts';
import { formatReference, parseReference } from '#lib/text/reference.ts';
import { hiddenFromAdmin } from '#lib/server/cases/visibility.ts';
import { checked } from '#lib/server/checked.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { destructionItems } from '#lib/server/db/schema/retention.ts';
import { Invalid } from '#lib/server/errors.ts';
import type { Actor } from '#lib/server/people/actor.ts';

import { day, requirePast, step, version, words } from './step.ts';

const reason = words(5, 500);
const decreeInput = z.object({ decreeNumber: words(3, 80), decreeOn: day, version });

/** Enters the decree by which the destruction was decided. @throws Invalid for a date in the future */
export async function decideDestruction(actor: Actor, id: string, raw: unknown): Promise<void> {
	const { version: seen, ...decree } = checked(decreeInput, raw);
	await step(actor, id, seen, ['proposed'], (_tx, _row, today) => {
		requirePast('decreeOn', decree.decreeOn, today);
		return { action: 'decided', changes: { state: 'decided', ...decree }, after: decree };
	});
}

/** Ends a destruction before it began. Its items can be proposed again. */
export async function cancelDestruction(actor: Actor, id: string, raw: unknown): Promise<void> {
	const input = checked(z.object({ reason, version }), raw);
	await step(actor, id, input.version, ['proposed', 'decided', 'recorded'], () => ({
		action: 'cancelled',
		changes: { state: 'cancelled', cancelReason: input.reason },
		reason: input.reason
	}));
}

/**
 * Leaves all parts of a case out of a destruction, with the reason of the appraisal committee.
 * @throws Invalid if the case is not proposed, or its number is hidden from the actor
 */
export async function leaveOut(actor: Actor, id: string, raw: unknown): Promise<void> {
	const input = checked(z.object({ reference: z.string().default(''), reason, version }), raw);
	const parsed = parseReference(input.reference);
	const number = parsed ? formatReference(parsed) : '';
	await step(actor, id, input.version, ['proposed', 'decided'], async (tx) => {
		const { destructionId, part, subjectId, kept } = destructionItems;
		const left = await tx
			.update(destructionItems)
			.set({ kept: 'removed', keptReason: input.reason })
			.where(
				and(
					...[eq(destructionId, id), inArray(part, [...CASE_PARTS]), isNull(kept)],
					sql`${subjectId} = (select ${cases.id}::text from ${cases}
						where ${cases.reference} = ${number} and not ${hiddenFromAdmin(actor)})`
				)
			)
			.returning({ part });
		if (left.length === 0) throw new Invalid([{ path: 'reference', code: 'retention_not_proposed' }]);
		return { action: 'item_left_out', changes: { dryRun: null }, reason: input.reason, after: { reference: number } };
	});
}
