import type { z } from 'zod';
import { classificationInput, verificationInput } from '#lib/cases/schema.ts';
import { checked } from '#lib/server/checked.ts';
import { now } from '#lib/server/clock.ts';
import type { Tx } from '#lib/server/db/index.ts';
import { invalid } from '#lib/server/errors.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { withdrawReturnedArchiving } from '../answers/draft.ts';
import { meetClocks, startClocks, type CaseClocks } from '../clocks/case-clocks.ts';
import { replaceSolutionRule, promisedRules } from '../clocks/deadlines.ts';
import { moveWithClocks } from '../clocks/move-with-clocks.ts';
import type { CaseRow, CaseWithUnit } from '../find.ts';
import { changeCase, moveCase } from '../move.ts';
import { handlingOf, namedOfficerIds } from '../handling-unit.ts';
import { requireSupervisor } from '../visibility.ts';
import { recordEvent } from '../timeline.ts';
import { routeCase } from '../triage/route.ts';

/**
 * Verifies a case: sets category, class and priority, and meets the verification deadline. A complaint counts as
 * complete from now. If the class changes, `solution` is counted again from arrival. Only a supervisor may set the
 * class oversight, with a reason that the reporter reads; another category instead of integrity needs one too. An integrity
 * case moves to the parent's supervisors. The routing rules are applied again to a case without an assignee. They do not
 * change a priority that the verifier changed.
 */
export async function verifyCase(actor: Actor, reference: string, raw: unknown): Promise<CaseRow> {
	const input = checked(verificationInput, raw);
	return changeCase(actor, reference, input.version, async (tx, caseWithUnit) => {
		const row = await verifyWithin(tx, actor, caseWithUnit, input);
		// The form always sends a priority. An unchanged one does not count as set by the verifier.
		return routeCase(tx, { row, unit: caseWithUnit.unit }, { prioritySet: row.priority !== caseWithUnit.row.priority });
	});
}

/** Verifies a case that the caller has locked. Does not apply routing rules. */
export async function verifyWithin(
	tx: Tx,
	actor: Actor,
	found: CaseWithUnit,
	input: Omit<z.output<typeof verificationInput>, 'version'>
): Promise<CaseRow> {
	const before = found.row;
	const { category, class: caseClass, priority = before.priority, reason } = input;
	const author = caseClass === 'oversight' ? requireSupervisorAndReason(actor, before, reason) : actor;
	const left = leftIntegrity(before, category, reason);
	const handling = await handlingIfIntegrity(tx, found, category);
	const at = now();
	const classified = { ...before, class: caseClass };
	const classChanges = caseClass !== before.class;
	const { completeness } = await promisedRules(classified);
	const columns = { category, class: caseClass, priority, ...handling };
	const { row, clocks } = await moveWithClocks(tx, found, 'verify', columns, async (clocks) => {
		meetClocks(clocks, ['verification'], at);
		startClocks(clocks, completeness, at);
		if (classChanges) await replaceSolutionRule(clocks, classified);
	});
	await withdrawReturnedArchiving(tx, row.id);
	const data = {
		category,
		class: caseClass,
		priority,
		reason: reason || undefined,
		...left,
		...(classChanges && newSolution(clocks))
	};
	await recordEvent(tx, row, { type: 'verified', author, public: true, data });
	return row;
}

/**
 * Corrects category, priority and class after verification. Only a supervisor may change the class, with a reason that
 * the reporter reads. `solution` is then counted again from arrival. An integrity case moves to the parent's
 * supervisors. A restricted case stays restricted.
 *
 * @throws Invalid if nothing would change · NotAllowed if a non-supervisor changes the class
 */
export async function classifyCase(actor: Actor, reference: string, raw: unknown): Promise<CaseRow> {
	const { version, category, class: caseClass, priority, reason } = checked(classificationInput, raw);
	return changeCase(actor, reference, version, async (tx, found) => {
		const before = found.row;
		const classChanges = caseClass !== before.class;
		const author = classChanges ? requireSupervisorAndReason(actor, before, reason) : actor;
		if (!classChanges && category === before.category && priority === before.priority) {
			throw invalid('', 'nothing_changed');
		}
		const left = leftIntegrity(before, category, reason);
		const handling = await handlingIfIntegrity(tx, found, category);
		const columns = { category, class: caseClass, priority, ...handling };
		const { row, clocks } = classChanges
			? await moveWithClocks(tx, found, 'classify', columns, (changed) =>
					replaceSolutionRule(changed, { ...before, class: caseClass })
				)
			: { row: await moveCase(tx, before, 'classify', columns), clocks: undefined };
		const given = { category, class: caseClass, priority, reason: reason || undefined };
		const data = { ...given, ...left, ...(clocks && newSolution(clocks)) };
		// Public only if the class, and so a deadline, changed, or if the report is no longer about integrity.
		await recordEvent(tx, row, { type: 'classified', author, public: classChanges || left !== undefined, data });
		return row;
	});
}

/**
 * Data of the entry by which a report is no longer about integrity. It needs a reason, which the reporter reads, and keeps
 * its author from forwarding the report (`former-integrity.ts`).
 */
function leftIntegrity({ category: before }: CaseRow, category: CaseRow['category'], reason: string | undefined) {
	if (before !== 'integrity' || category === 'integrity') return undefined;
	if (!reason) throw invalid('reason', 'reason_missing');
	return { was_integrity: true };
}

/** The new due time of `solution`, for the entry that tells the reporter. Empty if it does not run. */
function newSolution({ runs }: CaseClocks) {
	const solution = runs.find(({ name, state }) => name === 'solution' && state === 'running');
	return solution?.dueAt ? { clocks: [{ name: solution.name, due_at: solution.dueAt }] } : {};
}

function requireSupervisorAndReason(actor: Actor, row: CaseRow, reason: string | undefined): Actor {
	const author = requireSupervisor(actor, row);
	if (!reason) throw invalid('reason', 'reason_missing');
	return author;
}

/**
 * Changes for a case that becomes restricted because its category is now integrity. A restricted case stays as it is.
 */
async function handlingIfIntegrity(tx: Tx, { row, unit }: CaseWithUnit, category: CaseRow['category']) {
	if (row.restricted || category !== 'integrity') return {};
	return { ...(await handlingOf(tx, unit, category, await namedOfficerIds(tx, row.id))), assigneeId: null };
}
