import { and, eq } from 'drizzle-orm';
import type { z } from 'zod';
import { verificationInput } from '#lib/cases/schema.ts';
import { checked } from '#lib/server/checked.ts';
import { now } from '#lib/server/clock.ts';
import { transaction, type Tx } from '#lib/server/db/index.ts';
import { caseOfficers } from '#lib/server/db/schema/cases.ts';
import { Invalid } from '#lib/server/errors.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { countSolutionAnew, meetClocks, promisedRules, recomputeClocks, startClocks } from '../clocks/deadlines.ts';
import { lockCaseForActor, type CaseRow, type CaseWithUnit } from '../find.ts';
import { handlingOf } from '../officers/handling.ts';
import { moveCase, requireVersion } from '../move.ts';
import { routeCase } from '../triage/route.ts';
import { requireSupervisor } from '../scope.ts';
import { recordEvent } from '../timeline.ts';

/**
 * Verifies a case: sets category, class and priority (without one, it keeps its own) and meets the verification deadline. A
 * complaint counts as complete from now. A changed class counts `solution` again from receipt. Only a supervisor may set the
 * class oversight, with a reason that the reporter reads. An integrity case moves to the parent's supervisors. A case without
 * an assignee goes through the routing rules again; they keep a priority that the verifier changed.
 */
export async function verifyCase(actor: Actor, reference: string, raw: unknown): Promise<CaseRow> {
	const input = checked(verificationInput, raw);
	return transaction(async (tx) => {
		const found = await lockCaseForActor(tx, actor, reference);
		await requireVersion(tx, found.row, input.version);
		const row = await verifyWithin(tx, actor, found, input);
		// The form always sends a priority; an unchanged one is not a choice of the verifier.
		return routeCase(tx, row, { settled: row.priority !== found.row.priority });
	});
}

/** Verifies a case that the caller has locked, without routing it: the caller may assign it. */
export async function verifyWithin(
	tx: Tx,
	actor: Actor,
	found: CaseWithUnit,
	input: Omit<z.output<typeof verificationInput>, 'version'>
): Promise<CaseRow> {
	if (input.class === 'oversight') {
		requireSupervisor(actor, found.row);
		if (!input.reason) throw new Invalid([{ path: 'reason', code: 'reason_missing' }]);
	}
	const handling = await handlingAfter(tx, found, input.category);
	const priority = input.priority ?? found.row.priority;
	const row = await moveCase(tx, found.row, 'verify', {
		category: input.category,
		class: input.class,
		priority,
		...handling
	});
	const at = now();
	const verified = { row, unit: found.unit };
	await meetClocks(tx, verified, ['verification'], at);
	const rules = await promisedRules(tx, row);
	await startClocks(tx, verified, rules.completeness, at);
	if (row.class !== found.row.class) await countSolutionAnew(tx, row);
	await recomputeClocks(tx, verified);
	await recordEvent(tx, row, {
		type: 'verified',
		author: actor,
		public: true,
		data: {
			category: input.category,
			class: input.class,
			priority,
			...(input.reason ? { reason: input.reason } : {})
		}
	});
	return row;
}

/** A restricted case stays restricted; another becomes restricted if its category is integrity. */
export async function handlingAfter(tx: Tx, { row, unit }: CaseWithUnit, category: CaseRow['category']) {
	if (row.restricted || category !== 'integrity') return {};
	const named = await tx
		.select({ officerId: caseOfficers.officerId })
		.from(caseOfficers)
		.where(and(eq(caseOfficers.caseId, row.id), eq(caseOfficers.state, 'named')));
	const handling = await handlingOf(
		tx,
		unit,
		category,
		named.map((one) => one.officerId)
	);
	return { handlingUnitId: handling.unitId, restricted: handling.restricted, assigneeId: null };
}
