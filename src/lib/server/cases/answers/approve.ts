import { eq } from 'drizzle-orm';
import { localDate } from '#lib/calendar/days.ts';
import { workdayEnd } from '#lib/calendar/workday-hours.ts';
import { addWorkingDays, type Calendar } from '#lib/calendar/working-calendar.ts';
import { approvalInput } from '#lib/cases/schema.ts';
import { loadCalendar } from '#lib/server/calendar/load.ts';
import { checked } from '#lib/server/checked.ts';
import { now } from '#lib/server/clock.ts';
import { transaction, type Database, type Tx } from '#lib/server/db/index.ts';
import { approvals } from '#lib/server/db/schema/cases.ts';
import { Conflict, NotAllowed } from '#lib/server/errors.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { publishAnswer, signed } from './answer.ts';
import { archiveNow } from '../handling/archive.ts';
import { openDraft, requireFilled, type ApprovalRow } from './draft.ts';
import { lockCaseForActor, type CaseRow, type UnitRow } from '../find.ts';
import { requireVersion, updateCase } from '../move.ts';
import { secondPersonsOfEach, type Person } from '../people.ts';
import { requireSupervisor } from '../scope.ts';
import { recordEvent } from '../timeline.ts';

/**
 * Records the decision of the second person: the draft is sent, or goes back to its writer with a reason.
 *
 * @throws NotAllowed for the draft's writers and for everybody who is not an available supervisor. In the first working day
 * only those of the nearest unit with an available one decide; after it, supervisors of units above too
 * @throws Invalid `draft_unfilled` if the draft to be approved still holds placeholders or empty headings
 */
export async function decideDraft(actor: Actor, reference: string, raw: unknown): Promise<CaseRow> {
	const input = checked(approvalInput, raw);
	return transaction(async (tx) => {
		const { row: before, unit } = await lockCaseForActor(tx, actor, reference);
		await requireVersion(tx, before, input.version);
		const draft = await openDraft(tx, before.id);
		if (!draft || draft.state !== 'pending') {
			throw new Conflict('invalid-move', { status: before.status, version: before.version });
		}
		await requireSecondPerson(tx, actor, { row: before, unit }, draft);
		if (input.decision === 'approve') requireFilled(draft.body);
		const state = input.decision === 'approve' ? ('approved' as const) : ('sent_back' as const);
		await tx
			.update(approvals)
			.set({ state, decidedBy: actor.accountId, decidedAt: now(), reason: input.reason ?? null })
			.where(eq(approvals.id, draft.id));
		if (state === 'sent_back') return sendBack(tx, actor, before, draft, input.reason ?? '');
		if (draft.kind === 'archive') return archiveNow(tx, actor, { row: before, unit }, draft);
		return publishAnswer(tx, actor, { row: before, unit }, { ...signed(draft), accountId: draft.authorId });
	});
}

async function sendBack(tx: Tx, actor: Actor, before: CaseRow, draft: ApprovalRow, reason: string): Promise<CaseRow> {
	const row = await updateCase(tx, before, {});
	const type = draft.kind === 'answer' ? 'answer_sent_back' : 'archive_sent_back';
	await recordEvent(tx, row, { type, author: actor, public: false, data: { approval: draft.id, reason } });
	return row;
}

async function requireSecondPerson(
	tx: Tx,
	actor: Actor,
	{ row, unit }: { row: CaseRow; unit: UnitRow },
	draft: ApprovalRow
): Promise<void> {
	requireSupervisor(actor, row);
	const { people } = await decidersNow(tx, { row, unit }, draft);
	if (!people.some((person) => person.id === actor.accountId)) throw new NotAllowed('second_person');
}

/** A waiting draft, with the facts that determine who decides it. */
export interface Waiting {
	row: Pick<CaseRow, 'id' | 'handlingUnitId'>;
	unit: Pick<UnitRow, 'timeZone' | 'hours'>;
	draft: Pick<ApprovalRow, 'id' | 'authorId' | 'at'>;
}

export interface Deciders {
	people: Person[];
	passesUpAt: Date;
}

/** Who may decide a waiting draft now, and when the supervisors of units above may decide too. */
export async function decidersNow(
	on: Database | Tx,
	found: Pick<Waiting, 'row' | 'unit'>,
	draft: Waiting['draft']
): Promise<Deciders> {
	const [deciders] = await decidersOfEach(on, [{ ...found, draft }]);
	if (!deciders) throw new Error('a draft has no answer to who decides it');
	return deciders;
}

/** The same for many drafts, in their order, with as many queries as for one. */
export async function decidersOfEach(on: Database | Tx, waiting: readonly Waiting[]): Promise<Deciders[]> {
	if (waiting.length === 0) return [];
	const persons = await secondPersonsOfEach(
		on,
		waiting.map(({ row, unit, draft }) => ({
			row,
			zone: unit.timeZone,
			approvalId: draft.id,
			authors: [draft.authorId]
		}))
	);
	const calendar = await loadCalendar(on);
	return waiting.map(({ unit, draft }, at) => {
		const { nearest, all } = persons[at] ?? { nearest: [], all: [] };
		const passesUpAt = decisionPassesUp(draft, unit, calendar);
		return { people: now() >= passesUpAt ? all : nearest, passesUpAt };
	});
}

/** After one working day without a decision, supervisors of units above may decide too. */
export function decisionPassesUp(
	draft: Pick<ApprovalRow, 'at'>,
	unit: Pick<UnitRow, 'timeZone' | 'hours'>,
	calendar: Calendar
): Date {
	const day = addWorkingDays(localDate(draft.at, unit.timeZone), 1, calendar);
	return workdayEnd(day, unit.hours, unit.timeZone);
}
