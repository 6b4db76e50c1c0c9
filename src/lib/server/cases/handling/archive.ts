import { and, eq } from 'drizzle-orm';
import { archiveInput, reasonInput } from '#lib/cases/schema.ts';
import { needsSecondPerson } from '#lib/cases/status.ts';
import { checked } from '#lib/server/checked.ts';
import { now } from '#lib/server/clock.ts';
import { transaction, type Tx } from '#lib/server/db/index.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { clocks } from '#lib/server/db/schema/clocks.ts';
import { Conflict, Invalid, NotFound } from '#lib/server/errors.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { failedContacts } from '../conversation/contact.ts';
import {
	endPauses,
	meetClocks,
	pauseFrom,
	promisedRules,
	recomputeClocks,
	resumeClock,
	startClocks,
	stopClocks
} from '../clocks/deadlines.ts';
import { submitDraft, type ApprovalRow } from '../answers/draft.ts';
import { caseForActor, lockCaseForActor, type CaseRow, type CaseWithUnit } from '../find.ts';
import { holdLinked } from '../linking/linked-answer.ts';
import { moveCase, moveTarget, requireVersion } from '../move.ts';
import { withdrawDraft } from '../answers/publish.ts';
import { sameSource } from '../triage/same-source.ts';
import { requireSupervisor } from '../scope.ts';
import { recordEvent, type Author } from '../timeline.ts';
import { completionOpen, objectionOpen } from '../conversation/turn.ts';

/** Data of an archiving, from the form or from an approved draft. */
export type Archiving = Pick<ApprovalRow, 'body' | 'archiveReason' | 'duplicateOf' | 'id' | 'singleSignature'>;

/**
 * Closes a case without action, with a reason the reporter reads; for complaints a second person decides first.
 *
 * @param atDesk set by the desk's forms: nobody archives a report as incomplete whose reporter was never asked
 * @throws Invalid if `duplicate` names no other case of the same reporter or submission; `incomplete_unasked`
 */
export async function archiveCase(actor: Actor, reference: string, raw: unknown, atDesk = false): Promise<CaseRow> {
	const input = checked(archiveInput, raw);
	const original = input.reason === 'duplicate' ? await originalOf(actor, input.duplicate_of) : undefined;
	return transaction(async (tx) => {
		const found = await lockCaseForActor(tx, actor, reference);
		await requireVersion(tx, found.row, input.version);
		moveTarget(found.row, 'archive');
		if (original) requireSameSource(found.row, original);
		if (atDesk && input.reason === 'incomplete') await requireAsked(tx, found.row);
		const body = input.note ?? '';
		const archiving = { archiveReason: input.reason, body, duplicateOf: original?.id ?? null };
		if (!needsSecondPerson(found.row.kind)) {
			return archiveNow(tx, actor, found, { ...archiving, id: '', singleSignature: false });
		}
		const { row, unit } = found;
		const [touched] = await tx
			.update(cases)
			.set({ version: row.version + 1 })
			.where(eq(cases.id, row.id))
			.returning();
		if (!touched) throw new Error('the case vanished');
		const draft = await submitDraft(tx, actor, { row: touched, unit }, { kind: 'archive', ...archiving });
		return draft.state === 'approved' ? archiveNow(tx, actor, { row: touched, unit }, draft) : touched;
	});
}

/** Finds the original of a duplicate. A missing case and one the actor may not see give the same error. */
async function originalOf(actor: Actor, reference: string | undefined): Promise<CaseRow> {
	try {
		return (await caseForActor(actor, reference ?? '')).row;
	} catch (cause) {
		if (!(cause instanceof NotFound)) throw cause;
		throw new Invalid([{ path: 'duplicate_of', code: 'duplicate_unknown' }]);
	}
}

/** A report is incomplete only if its reporter was asked or could not be reached. */
async function requireAsked(tx: Tx, row: CaseRow): Promise<void> {
	if (row.questions > 0 || (await failedContacts(tx, row.id)) > 0) return;
	throw new Invalid([{ path: 'reason', code: 'incomplete_unasked' }]);
}

/** Reports of different people about one matter are linked, never archived as duplicates. */
function requireSameSource(row: CaseRow, original: CaseRow): void {
	if (original.id === row.id || !sameSource(row, original))
		throw new Invalid([{ path: 'duplicate_of', code: 'duplicate_other_reporter' }]);
}

/** Archives the case: the deadlines for verification and first reply are met, the others stop. */
export async function archiveNow(
	tx: Tx,
	author: Author,
	{ row: before, unit }: CaseWithUnit,
	archiving: Archiving
): Promise<CaseRow> {
	const at = now();
	const row = await moveCase(tx, before, 'archive', {
		archivedAt: at,
		archiveReason: archiving.archiveReason,
		mainCaseId: archiving.duplicateOf,
		objectionAt: null
	});
	await settle(tx, { row, unit }, at);
	await withdrawDraft(tx, row.id);
	const tries = archiving.archiveReason === 'incomplete' ? await failedContacts(tx, row.id) : 0;
	await recordEvent(tx, row, {
		type: 'archived',
		author,
		public: true,
		data: {
			reason: archiving.archiveReason,
			...(archiving.body ? { note: archiving.body } : {}),
			...(tries > 0 ? { tries } : {}),
			...(archiving.id ? { approval: archiving.id } : {}),
			...(archiving.singleSignature ? { single_signature: true } : {})
		}
	});
	await holdLinked(tx, row, 'main_archived');
	return row;
}

/** Deadlines on archiving: verification and first reply are met, all others stop. */
async function settle(tx: Tx, found: CaseWithUnit, at: Date): Promise<void> {
	await endPauses(tx, found.row, at);
	await recomputeClocks(tx, found);
	await meetClocks(tx, found, ['verification', 'first_reply', 'response_by_law'], at);
	await stopClocks(tx, found.row, ['solution', 'decision_by_law', 'reporter_turn']);
	await recomputeClocks(tx, found);
}

/**
 * Reopens an archived case in its former status, by a supervisor: on the reporter's objection within 10 working days, or, if
 * it was archived as incomplete, when it is completed within 60 days.
 */
export async function reopenCase(actor: Actor, reference: string, raw: unknown): Promise<CaseRow> {
	const input = checked(reasonInput, raw);
	return transaction(async (tx) => {
		const { row: before, unit } = await lockCaseForActor(tx, actor, reference);
		requireSupervisor(actor, before);
		await requireVersion(tx, before, input.version);
		moveTarget(before, 'reopen');
		const since = before.archivedAt ?? before.openedAt;
		const byObjection = before.objectionAt !== null || (await objectionOpen(tx, unit, since));
		if (!byObjection && !completionOpen(unit, before)) {
			throw new Conflict('invalid-move', { status: before.status, version: before.version, reason: 'too_late' });
		}
		const row = await unarchive(tx, { row: before, unit });
		await recordEvent(tx, row, { type: 'reopened', author: actor, public: true, data: { reason: input.reason } });
		return row;
	});
}

/** Returns an archived case to its former status and restarts its deadlines at `at`. */
export async function unarchive(tx: Tx, { row: before, unit }: CaseWithUnit, at: Date = now()): Promise<CaseRow> {
	const row = await moveCase(tx, before, 'reopen', {
		archivedAt: null,
		archiveReason: null,
		objectionAt: null,
		mainCaseId: null
	});
	await takeUpAgain(tx, { row, unit }, before.archivedAt ?? before.openedAt, at);
	return row;
}

/**
 * Deadlines on reopening: a new first reply is due, and `solution` was paused while the case was archived.
 *
 * @param from when the reporter asked for it, or a supervisor decided it
 */
export async function takeUpAgain(tx: Tx, found: CaseWithUnit, settledSince: Date, from: Date): Promise<void> {
	const { row } = found;
	// A message from before the archiving that staff recorded later counts from the archiving.
	const at = from > settledSince ? from : settledSince;
	await pauseFrom(tx, row, 'settled', settledSince);
	await endPauses(tx, row, at);
	await resumeClock(tx, row, 'solution');
	const rules = await promisedRules(tx, row);
	// An unverified case gets a new verification deadline, because the old one has passed.
	const anew = row.status === 'received' ? ['first_reply', 'verification'] : ['first_reply'];
	await startClocks(
		tx,
		found,
		rules.receipt.filter((rule) => anew.includes(rule.name)),
		at
	);
	const [decision] = await tx
		.select({ state: clocks.state })
		.from(clocks)
		.where(and(eq(clocks.caseId, row.id), eq(clocks.name, 'decision_by_law')));
	if (decision?.state === 'stopped') await resumeClock(tx, row, 'decision_by_law');
	await recomputeClocks(tx, found);
}
