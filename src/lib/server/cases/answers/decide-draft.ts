import { and, eq, getTableColumns, isNull, not, sql, type SQL } from 'drizzle-orm';
import { nextWorkdayEnd } from '#lib/calendar/deadline-calculator.ts';
import type { Calendar } from '#lib/calendar/working-calendar.ts';
import { allows } from '#lib/cases/moves.ts';
import { unfilledIn } from '#lib/cases/placeholders.ts';
import { approvalInput } from '#lib/cases/schema.ts';
import { loadCalendar } from '#lib/server/calendar/load.ts';
import { checked } from '#lib/server/checked.ts';
import { now } from '#lib/server/clock.ts';
import type { Database, Tx } from '#lib/server/db/index.ts';
import { approvals, attachments, caseOfficers, cases } from '#lib/server/db/schema/cases.ts';
import { officers } from '#lib/server/db/schema/units.ts';
import { NotAllowed, invalid } from '#lib/server/errors.ts';
import { officerIsNamed, type Actor } from '#lib/server/people/actor.ts';
import { numbered, type CaseRow, type CaseWithUnit, type UnitRow } from '../find.ts';
import { archiveNow, isArchived } from '../handling/archive.ts';
import { changeCase, invalidMove, updateCase } from '../move.ts';
import { requireSupervisor } from '../visibility.ts';
import { recordEvent } from '../timeline.ts';
import { publishAnswer, signed } from './answer.ts';
import type { ApprovalRow } from './draft.ts';
import { secondPersonsOfEach, writersOfDraft } from './second-persons.ts';

/**
 * Records the decision of the second person: publishes the draft, or sends it back to its writer with a reason.
 *
 * @throws NotAllowed for the draft's writers and for everybody who is not an available supervisor. In the first working
 * day only supervisors of the nearest unit that has an available one may decide. After that, supervisors of units above
 * may decide too
 * @throws Invalid if the draft to be approved has placeholders or empty headings (`draft_unfilled`), if the report now
 * names its writer (`draft_named`), or if the original of a duplicate is now archived (`draft_duplicate_archived`)
 */
export async function decideDraft(actor: Actor, reference: string, raw: unknown): Promise<CaseRow> {
	const { decision, reason = null, version } = checked(approvalInput, raw);
	const work = async (tx: Tx, caseWithUnit: CaseWithUnit) => {
		const { row } = caseWithUnit;
		const approved = decision === 'approve';
		// Stored before the actor is checked, because the statement also reads the draft. A refusal rolls it back.
		const [draft] = await tx
			.update(approvals)
			.set({ state: approved ? 'approved' : 'sent_back', decidedBy: actor.accountId, decidedAt: now(), reason })
			.where(and(eq(approvals.caseId, row.id), eq(approvals.state, 'pending')))
			.returning({ ...getTableColumns(approvals), writers: writersOfDraft, hasFiles, hasLinked, authorNamed });
		if (!draft) throw invalidMove(row);
		const author = requireSupervisor(actor, row);
		const { people } = await decidersNow(tx, caseWithUnit, draft);
		if (!people.some((person) => person.id === actor.accountId)) throw new NotAllowed('second_person');
		const open = approved ? unfilledIn(draft.body) : [];
		if (open.length > 0) throw invalid('', 'draft_unfilled', { names: open.join(', ') });
		if (approved && draft.authorNamed) throw invalid('', 'draft_named');
		if (!approved) return sendBack(tx, author, row, draft);
		if (draft.duplicateOf && (await isArchived(tx, draft.duplicateOf))) throw invalid('', 'draft_duplicate_archived');
		if (draft.kind === 'archive') return archiveNow(tx, author, caseWithUnit, draft);
		return publishAnswer(tx, author, caseWithUnit, signed(draft));
	};
	const ofCase = sql`(select ${cases.id} from ${cases} where ${numbered(reference)})`;
	const waiting = and(eq(approvals.caseId, ofCase), eq(approvals.state, 'pending'));
	return changeCase(actor, reference, version, work, originalIdsOf(waiting));
}

/** The originals of drafts that propose to archive a report as a duplicate, to be locked with their cases. */
export const originalIdsOf = (drafts: SQL | undefined): SQL =>
	sql`select ${approvals.duplicateOf} from ${approvals} where ${drafts}`;

/**
 * Publishes a waiting draft with a single signature. This happens if the second person left, is absent or was
 * named in the report after submission, and no other supervisor up to the root may decide. The draft goes on waiting if:
 * - it has placeholders or empty headings, or the report names its writer
 * - the reporter was asked a question
 * - it is for a duplicate whose original is archived
 */
export async function signAlone(tx: Tx, caseWithUnit: CaseWithUnit, waiting: ApprovalRow): Promise<void> {
	const isArchiving = waiting.kind === 'archive';
	const { status } = caseWithUnit.row;
	if (!allows(isArchiving ? 'archive' : 'publish_answer', status) || unfilledIn(waiting.body).length > 0) return;
	if (waiting.duplicateOf && (await isArchived(tx, waiting.duplicateOf))) return;
	const [draft] = await tx
		.update(approvals)
		.set({ state: 'approved', singleSignature: true, decidedAt: now() })
		.where(and(eq(approvals.id, waiting.id), eq(approvals.state, 'pending'), not(authorNamed)))
		.returning({ ...getTableColumns(approvals), hasFiles });
	if (!draft) return;
	if (isArchiving) await archiveNow(tx, 'system', caseWithUnit, draft);
	else await publishAnswer(tx, 'system', caseWithUnit, signed(draft));
}

/** Whether a draft has files. */
const hasFiles = sql<boolean>`exists (select 1 from ${attachments} where ${attachments}.approval_id = ${approvals}.id)`;

/** Whether reports are linked to the case of a draft. Linking locks the case too, so none is added meanwhile. */
const hasLinked = sql<boolean>`exists (select 1 from ${cases} linked where linked.main_case_id = ${approvals}.case_id)`;

/** Whether the report names the writer of a draft, who must not answer it. */
const authorNamed = sql<boolean>`exists (select 1 from ${caseOfficers}
	inner join ${officers} on ${officers}.id = ${caseOfficers}.officer_id
	where ${caseOfficers}.case_id = ${approvals}.case_id and ${officerIsNamed}
		and ${officers}.account_id = ${approvals}.author_id)`;

async function sendBack(tx: Tx, actor: Actor, before: CaseRow, draft: ApprovalRow) {
	const row = await updateCase(tx, before);
	const type = draft.kind === 'answer' ? 'answer_sent_back' : 'archive_sent_back';
	const data = { approval: draft.id, reason: draft.reason ?? '' };
	await recordEvent(tx, row, { type, author: actor, public: false, data });
	return row;
}

/** A waiting draft, with the facts that determine who decides it. */
interface DraftToDecide {
	row: Pick<CaseRow, 'id' | 'handlingUnitId'>;
	unit: Pick<UnitRow, 'timeZone' | 'hours'>;
	/** Without `writers`, they are read. */
	draft: Pick<ApprovalRow, 'id' | 'authorId' | 'at'> & { writers?: readonly (string | null)[] | null };
}

/**
 * The people who may decide a waiting draft now, the time from which supervisors of units above may decide too, and
 * whether its writer's signature suffices (`alone`).
 */
export async function decidersNow(
	on: Database | Tx,
	caseWithUnit: Omit<DraftToDecide, 'draft'>,
	draft: DraftToDecide['draft']
) {
	const [deciders] = await decidersOfEach(on, [{ ...caseWithUnit, draft }]);
	if (!deciders) throw new Error('no deciders were computed for the draft');
	return deciders;
}

/**
 * The deciders of each draft, in the order of the drafts. The number of queries does not depend on the number of
 * drafts.
 */
export async function decidersOfEach(on: Database | Tx, waiting: readonly DraftToDecide[]) {
	const drafts = waiting.map(({ row, unit, draft: { id, authorId, writers } }) => ({
		row,
		unit,
		approvalId: writers ? null : id,
		authors: [authorId, ...(writers ?? [])]
	}));
	const persons = await secondPersonsOfEach(on, drafts);
	const calendar = await loadCalendar();
	return waiting.map(({ unit, draft }, at) => {
		const { nearest, all, alone } = persons[at] ?? { nearest: [], all: [], alone: false };
		const passesUpAt = decisionPassesUp(draft, unit, calendar);
		/** When more people may decide, or one signature may suffice; null if the nearest supervisors are all there are. */
		const widensAt = all.length > 0 && all.length === nearest.length ? null : passesUpAt;
		return { people: now() >= passesUpAt ? all : nearest, nearest, passesUpAt, widensAt, alone };
	});
}

/** When supervisors of units above may decide too: after one working day without a decision. */
export function decisionPassesUp(
	draft: Pick<ApprovalRow, 'at'>,
	unit: Pick<UnitRow, 'timeZone' | 'hours'>,
	calendar: Calendar
): Date {
	return nextWorkdayEnd(draft.at, unit, calendar);
}

/** Stores that supervisors of units above may decide a waiting draft now. The case must be locked. */
export async function markPassedUp(tx: Tx, id: string): Promise<void> {
	await tx
		.update(approvals)
		.set({ passedUpAt: now() })
		.where(and(eq(approvals.id, id), eq(approvals.state, 'pending'), isNull(approvals.passedUpAt)));
}
