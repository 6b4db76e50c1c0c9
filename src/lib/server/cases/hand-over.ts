import { and, asc, eq, ne } from 'drizzle-orm';
import { handOverInput } from '../../cases/schema.ts';
import { checked } from '../checked.ts';
import { db, transaction, type Tx } from '../db/index.ts';
import { caseOfficers } from '../db/schema/cases.ts';
import { units } from '../db/schema/units.ts';
import { Invalid } from '../errors.ts';
import type { Actor } from '../people/actor.ts';
import { findUnit } from '../people/find-unit.ts';
import { withdrawDraft } from './publish.ts';
import { recomputeClocks } from './deadlines.ts';
import { caseForActor, lockCaseForActor, type CaseRow, type UnitRow } from './find.ts';
import { handlingOf, proposeOfficers } from './handling.ts';
import { moveCase, requireVersion } from './move.ts';
import { routeCase } from './route.ts';
import { recordEvent } from './timeline.ts';

/**
 * Moves a report to the office it is really about. Its number stays, and so does every promise: the clocks run on from
 * where they started, counted by the new office's hours and zone. Nobody works on it until that office assigns it, by a
 * rule of its own or by hand, and a draft of the former office is withdrawn; its words stay in the history. Officers of the
 * new office whom the text seems to name are proposed, as at opening.
 *
 * @throws Invalid for an office that is not there or is the present one
 */
export async function handOverCase(actor: Actor, reference: string, raw: unknown): Promise<CaseRow> {
	const input = checked(handOverInput, raw);
	return transaction(async (tx) => {
		const { row: before, unit: from } = await lockCaseForActor(tx, actor, reference);
		await requireVersion(tx, before, input.version);
		const unit = await findUnit(tx, input.unit);
		if (!unit || unit.id === from.id) throw new Invalid([{ path: 'unit', code: 'unit_other' }]);
		const row = await moveCase(tx, before, 'hand_over', {
			unitId: unit.id,
			assigneeId: null,
			...(await handlingThere(tx, before, unit))
		});
		await withdrawDraft(tx, row.id);
		await proposeOfficers(tx, row, unit, [row.title, row.body, row.requestedSolution].join('\n'));
		await recomputeClocks(tx, { row, unit });
		await recordEvent(tx, row, {
			type: 'moved',
			author: actor,
			public: true,
			data: { from: from.name, to: unit.name, reason: input.reason }
		});
		return routeCase(tx, row, { settled: wasJudged(before) });
	});
}

/** Whether a person may have given it its priority: from its verification on, where it isn't the one all begin with. */
function wasJudged({ status, returnStatus, priority }: CaseRow): boolean {
	const stage = status === 'needs_info' ? returnStatus : status;
	return stage !== 'received' && priority !== 'normal';
}

/** Who works on it there. What only supervisors saw, only supervisors see. */
async function handlingThere(tx: Tx, row: CaseRow, unit: UnitRow): Promise<Partial<CaseRow>> {
	const named = await tx
		.select({ id: caseOfficers.officerId })
		.from(caseOfficers)
		.where(and(eq(caseOfficers.caseId, row.id), eq(caseOfficers.state, 'named')));
	const ids = named.map(({ id }) => id);
	const handling = await handlingOf(tx, unit, row.category, ids);
	return { handlingUnitId: handling.unitId, restricted: handling.restricted || row.restricted };
}

/** Offices a case can be moved to: all that are active, but its own. */
export async function unitsToHandOver(actor: Actor, reference: string): Promise<{ code: string; name: string }[]> {
	const { row } = await caseForActor(actor, reference);
	return db()
		.select({ code: units.code, name: units.name })
		.from(units)
		.where(and(eq(units.active, true), ne(units.id, row.unitId)))
		.orderBy(asc(units.code));
}
