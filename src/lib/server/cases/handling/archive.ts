import { and, eq, sql } from 'drizzle-orm';
import { archiveInput, deskArchiveInput, reasonInput, type DeskArchiving } from '#lib/cases/schema.ts';
import { needsSecondPerson } from '#lib/cases/moves.ts';
import { checked } from '#lib/server/checked.ts';
import { now } from '#lib/server/clock.ts';
import type { Tx } from '#lib/server/db/index.ts';
import { approvals, cases, timeline } from '#lib/server/db/schema/cases.ts';
import { NotFound, invalid } from '#lib/server/errors.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { isTrialReference } from '#lib/text/reference-numbers.ts';
import { submitDraft, withdrawDraft, type ApprovalRow } from '../answers/draft.ts';
import type { CaseClocks } from '../clocks/case-clocks.ts';
import { restartClocks, settleClocks } from '../clocks/deadlines.ts';
import { moveWithClocks } from '../clocks/move-with-clocks.ts';
import { countObjectionDays, mayObject } from '../conversation/reporter-time-limits.ts';
import { caseForActor, typedCaseForActor, type CaseRow, type CaseWithUnit } from '../find.ts';
import { previewOf } from '../linking/link.ts';
import { recordUnansweredLinked } from '../linking/linked-answer.ts';
import { changeCase, invalidMove, moveTarget, updateCase } from '../move.ts';
import { proposeOfficersAgain } from '../officers/find-names.ts';
import { requireSupervisor } from '../visibility.ts';
import { recordEvent, type Author } from '../timeline.ts';
import { sameSource } from '../triage/duplicates.ts';
import { recordReopening } from '../triage/route.ts';

/** Data of an archiving, from the form or from an approved draft. */
type Archiving = Pick<ApprovalRow, 'archiveReason'> &
	Partial<Pick<ApprovalRow, 'body' | 'duplicateOf' | 'id' | 'singleSignature'>> & {
		/** The reporter withdrew the report with the receipt. Then there is no objection, and no supervisor reopens it. */
		byReporter?: boolean;
	};

/**
 * Archives a case with a reason that the reporter reads. A complaint needs the approval of a second person first.
 *
 * @param options `atDesk`: set by the desk's forms, which require a question or a failed contact before a report is
 * archived as incomplete; `wave`: id shared by reports that are archived together
 * @throws Invalid if the original of a duplicate is not another case of the same reporter or submission, or is archived
 * itself or waits to be archived as a duplicate of this case; `incomplete_unasked`
 */
export async function archiveCase(
	actor: Actor,
	reference: string,
	raw: unknown,
	{ atDesk = false, wave = null }: { atDesk?: boolean; wave?: string | null } = {}
): Promise<CaseRow> {
	const input: DeskArchiving = atDesk ? checked(deskArchiveInput, raw) : checked(archiveInput, raw);
	const original =
		input.reason === 'duplicate'
			? await originalOf(actor, await caseForActor(actor, reference), input.duplicate_of)
			: undefined;
	const work = async (tx: Tx, caseWithUnit: CaseWithUnit) => {
		const { row, unit } = caseWithUnit;
		moveTarget(row, 'archive');
		if (original) requireSameSource(row, original);
		if (original && (await isArchived(tx, original.id))) throw duplicateRefused('duplicate_archived');
		if (original && (await isProposedDuplicate(tx, original.id, row.id))) throw duplicateRefused('duplicate_proposed');
		if (atDesk && input.reason === 'incomplete') await requireAsked(tx, row);
		const archiving = { archiveReason: input.reason, body: input.note ?? '', duplicateOf: original?.id ?? null };
		if (!needsSecondPerson(row.kind)) return archiveNow(tx, actor, caseWithUnit, archiving);
		const changed = { row: await updateCase(tx, row), unit };
		const agreesAlone = atDesk ? input.confirmed === true : undefined;
		const draft = await submitDraft(tx, actor, changed, { kind: 'archive', ...archiving, wave, agreesAlone });
		return draft.state === 'approved' ? archiveNow(tx, actor, changed, draft) : changed.row;
	};
	const others = original && sql`select ${cases.id} from ${cases} where ${cases.id} = ${original.id}`;
	return changeCase(actor, reference, input.version, work, others);
}

/**
 * The report of which another one would be archived as a duplicate, by its number or the last digits of it, so that
 * people see it first.
 * @throws Invalid on `duplicate_of` if the actor sees no such case, or if it is not of the same source
 */
export async function originalCandidate(actor: Actor, reference: string, typed: string) {
	const duplicate = await caseForActor(actor, reference);
	const original = await originalOf(actor, duplicate, typed);
	requireSameSource(duplicate.row, original);
	return previewOf(original);
}

/** Finds the original of a duplicate. A missing case and one the actor may not see give the same error. */
async function originalOf(actor: Actor, duplicate: CaseWithUnit, typed = ''): Promise<CaseRow> {
	try {
		return (await typedCaseForActor(actor, duplicate, typed)).row;
	} catch (cause) {
		if (!(cause instanceof NotFound)) throw cause;
		throw duplicateRefused('duplicate_unknown');
	}
}

const duplicateRefused = (code: string) => invalid('duplicate_of', code);

const failedContacts = (tx: Tx, caseId: number): Promise<number> =>
	tx.$count(timeline, and(eq(timeline.caseId, caseId), eq(timeline.type, 'contact_tried')));

/** A report is incomplete only if its reporter was asked or could not be reached. */
async function requireAsked(tx: Tx, row: CaseRow): Promise<void> {
	if (row.questions > 0 || (await failedContacts(tx, row.id)) > 0) return;
	throw invalid('reason', 'incomplete_unasked');
}

/** Reports of different people about one matter are linked, never archived as duplicates. */
function requireSameSource(row: CaseRow, original: CaseRow): void {
	if (original.id === row.id) throw duplicateRefused('duplicate_self');
	const bothReal = isTrialReference(original.reference) === isTrialReference(row.reference);
	if (!bothReal || !sameSource(row, original)) throw duplicateRefused('duplicate_other_reporter');
}

/**
 * Whether the original of a duplicate is archived. The duplicate is then refused, because the reporter would get no
 * answer. Both cases must be locked, so that two reports are never archived as duplicates of each other.
 */
export const isArchived = async (tx: Tx, originalId: number): Promise<boolean> =>
	(await tx.$count(cases, and(eq(cases.id, originalId), eq(cases.status, 'archived')))) > 0;

/** Whether a case waits to be archived as a duplicate of the other. Both must be locked. */
async function isProposedDuplicate(tx: Tx, caseId: number, originalId: number): Promise<boolean> {
	const proposal = and(eq(approvals.caseId, caseId), eq(approvals.duplicateOf, originalId));
	return (await tx.$count(approvals, and(proposal, eq(approvals.state, 'pending')))) > 0;
}

/** Archives the case. The deadlines for verification and first reply are met, and the others stop. */
export async function archiveNow(tx: Tx, author: Author, { row: before, unit }: CaseWithUnit, archiving: Archiving) {
	const at = now();
	const { archiveReason, duplicateOf = null, body, id, singleSignature, byReporter } = archiving;
	const met = ['verification', 'first_reply', 'response_by_law'] as const;
	const stopped = ['solution', 'decision_by_law', 'reporter_turn'] as const;
	const columns = { archivedAt: at, archiveReason, mainCaseId: duplicateOf, objectionAt: null };
	const { row } = await moveWithClocks(tx, { row: before, unit }, 'archive', columns, (clocks) =>
		settleClocks(clocks, { met, stopped }, at)
	);
	await withdrawDraft(tx, row.id);
	const tries = archiveReason === 'incomplete' ? await failedContacts(tx, row.id) : 0;
	const data = {
		reason: archiveReason,
		note: body || undefined,
		tries: tries || undefined,
		approval: id,
		single_signature: singleSignature || undefined,
		by_reporter: byReporter || undefined,
		// An e-mail tells the reporter this last day to object.
		until: byReporter ? undefined : await countObjectionDays(row, at, unit)
	};
	await recordEvent(tx, row, { type: 'archived', author, public: true, data });
	await recordUnansweredLinked(tx, row, 'main_archived');
	return row;
}

/**
 * Reopens an archived case in its former status, by a supervisor. This needs an objection, or the last day to
 * object (or to complete it, if archived as incomplete) must not be over. A report that its reporter withdrew has none.
 */
export async function reopenCase(actor: Actor, reference: string, raw: unknown): Promise<CaseRow> {
	const input = checked(reasonInput, raw);
	return changeCase(actor, reference, input.version, async (tx, { row: before, unit }) => {
		const author = requireSupervisor(actor, before);
		moveTarget(before, 'reopen');
		if (before.objectionAt === null && !(await mayObject(tx, before, unit))) throw invalidMove(before, 'too_late');
		const row = await unarchive(tx, { row: before, unit });
		const entry = { type: 'reopened', author, public: true, data: { reason: input.reason } } as const;
		return recordReopening(tx, before, { row, unit }, entry);
	});
}

/**
 * Returns an archived case to its former status and restarts its deadlines at `at`.
 *
 * @param further changes the restarted deadlines before they are stored
 */
export async function unarchive(
	tx: Tx,
	{ row: archived, unit }: CaseWithUnit,
	at: Date = now(),
	further?: (clocks: CaseClocks) => void
): Promise<CaseRow> {
	const before = await proposeOfficersAgain(tx, { row: archived, unit });
	const reopened = { ...before, status: moveTarget(before, 'reopen') };
	const open = { archivedAt: null, archiveReason: null, objectionAt: null, mainCaseId: null };
	const { row } = await moveWithClocks(tx, { row: before, unit }, 'reopen', open, async (clocks) => {
		await restartClocks(clocks, reopened, before.archivedAt ?? before.openedAt, at);
		further?.(clocks);
	});
	return row;
}
