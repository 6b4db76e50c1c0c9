import { classificationInput } from '#lib/cases/schema.ts';
import { checked } from '#lib/server/checked.ts';
import { transaction } from '#lib/server/db/index.ts';
import { Invalid } from '#lib/server/errors.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { countSolutionAnew, recomputeClocks } from '../clocks/deadlines.ts';
import { lockCaseForActor, type CaseRow } from '../find.ts';
import { moveCase, requireVersion } from '../move.ts';
import { requireSupervisor } from '../scope.ts';
import { recordEvent } from '../timeline.ts';
import { handlingAfter } from './verify.ts';

/**
 * Corrects category, priority and class after verification. Only a supervisor may change the class, with a reason that the
 * reporter reads; `solution` is then counted again from receipt. An integrity case moves to the parent's supervisors. A
 * restricted case stays restricted.
 *
 * @throws Invalid if nothing would change · NotAllowed if a non-supervisor changes the class
 */
export async function classifyCase(actor: Actor, reference: string, raw: unknown): Promise<CaseRow> {
	const input = checked(classificationInput, raw);
	return transaction(async (tx) => {
		const found = await lockCaseForActor(tx, actor, reference);
		const { row: before, unit } = found;
		await requireVersion(tx, before, input.version);
		const classChanges = input.class !== before.class;
		if (classChanges) {
			requireSupervisor(actor, before);
			if (!input.reason) throw new Invalid([{ path: 'reason', code: 'reason_missing' }]);
		}
		const { category, class: wanted, priority } = input;
		if (!classChanges && category === before.category && priority === before.priority) {
			throw new Invalid([{ path: '', code: 'nothing_changed' }]);
		}
		const handling = await handlingAfter(tx, found, category);
		const row = await moveCase(tx, before, 'classify', { category, class: wanted, priority, ...handling });
		if (classChanges) {
			await countSolutionAnew(tx, row);
			await recomputeClocks(tx, { row, unit });
		}
		await recordEvent(tx, row, {
			type: 'classified',
			author: actor,
			// Public only if a deadline changed; a corrected category is internal.
			public: classChanges,
			data: { category, class: wanted, priority, ...(input.reason ? { reason: input.reason } : {}) }
		});
		return row;
	});
}
