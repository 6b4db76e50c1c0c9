import { and, eq } from 'drizzle-orm';
import type { z } from 'zod';
import { verificationInput } from '../../cases/schema.ts';
import { checked } from '../checked.ts';
import { now } from '../clock.ts';
import { transaction, type Tx } from '../db/index.ts';
import { caseOfficers } from '../db/schema/cases.ts';
import { Invalid } from '../errors.ts';
import type { Actor } from '../people/actor.ts';
import { countSolutionAnew, meetClocks, promisedRules, recomputeClocks, startClocks } from './deadlines.ts';
import { lockCaseForActor, type CaseRow, type CaseWithUnit } from './find.ts';
import { handlingOf } from './handling.ts';
import { moveCase, requireVersion } from './move.ts';
import { routeCase } from './route.ts';
import { requireSupervisor } from './scope.ts';
import { recordEvent } from './timeline.ts';

/**
 * Verification: category, class and priority (where none is given, the one it has) are set, the verification clock is met, a complaint counts as complete
 * from now, and a changed class counts `solution` again from receipt. Class oversight is a supervisor's, with a reason
 * that the reporter reads. A case found to be about integrity leaves for the parent's supervisors. What nobody has yet goes
 * by the routing rules again, now that its category is known; a priority that the verifier changed stays theirs.
 */
export async function verifyCase(actor: Actor, reference: string, raw: unknown): Promise<CaseRow> {
	const input = checked(verificationInput, raw);
	return transaction(async (tx) => {
		const found = await lockCaseForActor(tx, actor, reference);
		await requireVersion(tx, found.row, input.version);
		const row = await verifyWithin(tx, actor, found, input);
		// The form always sends a priority: one that was left as it stood is nobody's choice.
		return routeCase(tx, row, { settled: row.priority !== found.row.priority });
	});
}

/** The move itself, for a case that the caller has locked. It is routed by no rule: the caller may have a hand for it. */
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
	await meetClocks(tx, row, ['verification'], at);
	const verified = { row, unit: found.unit };
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

/** A restricted case stays so; another one becomes it where the category says integrity. */
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
