import type { Tx } from '#lib/server/db/index.ts';
import { invalid } from '#lib/server/errors.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { changeUnit } from '#lib/server/people/units/units.ts';
import { recomputeAfter } from './recompute-deadlines.ts';

/**
 * Changes an office and, if its hours or zone changed, recomputes its running deadlines.
 *
 * @param ask throws `admin_hours_move` with the number of changed cases instead of committing, if there are any
 * @returns how many cases have a new due time
 * @throws as `changeUnit` · Invalid `admin_hours_move`
 */
export async function changeOffice(actor: Actor, unitId: string, raw: unknown, ask = false): Promise<number> {
	const change = async (tx: Tx) => {
		const { name, hoursChanged } = await changeUnit(tx, actor, unitId, raw);
		return hoursChanged ? name : undefined;
	};
	return recomputeAfter(actor, change, unitId, (count) => {
		if (ask && count > 0) throw invalid('recompute', 'admin_hours_move', { count });
	});
}
