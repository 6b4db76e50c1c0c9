import { isUnverified } from '#lib/cases/moves.ts';
import { handOverInput } from '#lib/cases/schema.ts';
import { checked } from '#lib/server/checked.ts';
import { invalid } from '#lib/server/errors.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { byCode, findUnit, isOpenToPublic, unitTree } from '#lib/server/people/units/find-unit.ts';
import { isInTrial } from '#lib/server/people/units/trial.ts';
import { withdrawDraft } from '../answers/draft.ts';
import { moveWithClocks } from '../clocks/move-with-clocks.ts';
import { caseForActor, type CaseRow } from '../find.ts';
import { changeCase } from '../move.ts';
import { handlingOf, namedOfficerIds } from '../handling-unit.ts';
import { proposeOfficers, textsAbout } from '../officers/find-names.ts';
import { recordEvent } from '../timeline.ts';
import { routeCase } from '../triage/route.ts';

/**
 * Moves a report to the office it is about. The number stays, and deadlines are recomputed with the new office's hours
 * and zone. The case loses its assignee until the new office assigns it, by a routing rule or manually. A draft of the
 * former office is withdrawn, and its text stays in the history. Officers of the new office whom the report or a later
 * message may name are proposed, as at opening. A restricted case stays restricted.
 *
 * @throws Invalid for an unknown office or the case's present office
 */
export async function handOverCase(actor: Actor, reference: string, raw: unknown): Promise<CaseRow> {
	const input = checked(handOverInput, raw);
	return changeCase(actor, reference, input.version, async (tx, { row: before, unit: from }) => {
		const unit = await findUnit(input.unit);
		// A trial's report stays in its office.
		if (!unit || !isOpenToPublic(unit) || unit.id === from.id || isInTrial(from)) throw invalid('unit', 'unit_other');
		const handling = await handlingOf(tx, unit, before.category, await namedOfficerIds(tx, before.id));
		const restricted = handling.restricted || before.restricted;
		const columns = { ...handling, restricted, unitId: unit.id, assigneeId: null };
		const { row } = await moveWithClocks(tx, { row: before, unit }, 'hand_over', columns);
		await withdrawDraft(tx, row.id);
		await proposeOfficers(tx, row, unit, await textsAbout(tx, row));
		const data = { from: from.name, to: unit.name, reason: input.reason };
		await recordEvent(tx, row, { type: 'moved', author: actor, public: true, data });
		return routeCase(tx, { row, unit }, { prioritySet: mayHaveSetPriority(before) });
	});
}

/** Whether a person may have set the priority: the case was verified and its priority is not the default. */
const mayHaveSetPriority = (row: CaseRow): boolean => !isUnverified(row) && row.priority !== 'normal';

/** Offices a case can be moved to: all open ones except its own. */
export async function unitsToHandOver(actor: Actor, reference: string): Promise<{ code: string; name: string }[]> {
	const { row } = await caseForActor(actor, reference);
	const others = (await unitTree()).filter((unit) => isOpenToPublic(unit) && unit.id !== row.unitId);
	return others.sort(byCode).map(({ code, name }) => ({ code, name }));
}
