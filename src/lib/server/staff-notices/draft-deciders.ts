import { and, asc, eq, ne, or, sql } from 'drizzle-orm';
import { loadCalendar } from '#lib/server/calendar/load.ts';
import {
	decidersNow,
	decidersOfEach,
	decisionPassesUp,
	markPassedUp,
	originalIdsOf,
	signAlone
} from '#lib/server/cases/answers/decide-draft.ts';
import { lockCase, type CaseWithUnit } from '#lib/server/cases/find.ts';
import { recordEvent } from '#lib/server/cases/timeline.ts';
import { now } from '#lib/server/clock.ts';
import { db, transaction, type Tx } from '#lib/server/db/index.ts';
import { beyond, cursorOf } from '#lib/server/db/page.ts';
import { approvals, cases } from '#lib/server/db/schema/cases.ts';
import { units } from '#lib/server/db/schema/units.ts';
import { log } from '#lib/server/log.ts';
import { notifyOfCase } from './case-notice.ts';

const DRAFTS = 500;
/** Batches per sweep. Drafts beyond them wait for the next sweep, a minute later. */
const BATCHES = 25;

/** A literal, so that a prepared statement uses the partial index. */
const pending = sql`${approvals.state} = 'pending'`;
/** Supervisors can't publish an answer while the office waits for the reporter's reply to a question. */
const isDecidable = or(eq(approvals.kind, 'archive'), ne(cases.status, 'needs_info'));

/**
 * Notifies supervisors of units above, once, of drafts that waited one working day without a decision, which they may
 * decide now. If there are any, adds a timeline entry. A draft without any supervisor who may decide it gets a single
 * signature. Reads the oldest `BATCHES` batches, because drafts that are not due or without deciders stay pending and
 * would fill the first one.
 */
export async function sweepWaitingDrafts(): Promise<void> {
	let after: string | undefined;
	for (let batch = 0; batch < BATCHES; batch++) {
		const waiting = await waitingDrafts(after);
		await passUpDue(waiting);
		const last = waiting.at(-1)?.draft;
		if (!last || waiting.length < DRAFTS) return;
		after = cursorOf(last.at, last);
	}
}

function waitingDrafts(after: string | undefined) {
	const { id, authorId, at, passedUpAt } = approvals;
	return db()
		.select({
			draft: { id, authorId, at, passedUpAt },
			row: { id: cases.id, handlingUnitId: cases.handlingUnitId },
			unit: units
		})
		.from(approvals)
		.innerJoin(cases, eq(cases.id, approvals.caseId))
		.innerJoin(units, eq(units.id, cases.unitId))
		.where(and(pending, isDecidable, beyond(after, [at, id], 'oldest')))
		.orderBy(asc(at), asc(id))
		.limit(DRAFTS);
}

async function passUpDue(waiting: Awaited<ReturnType<typeof waitingDrafts>>): Promise<void> {
	if (waiting.length === 0) return;
	const calendar = await loadCalendar();
	const due = waiting.filter(({ draft, unit }) => decisionPassesUp(draft, unit, calendar) <= now());
	const deciders = await decidersOfEach(db(), due);
	for (const [index, { draft, row }] of due.entries()) {
		const { people = [], alone } = deciders[index] ?? {};
		if (people.length === 0 ? !alone : draft.passedUpAt) continue;
		await transaction((tx) => passUp(tx, draft.id, row.id)).catch((error: unknown) =>
			log().error({ caseId: row.id, err: error }, 'the deciders of a draft were not widened')
		);
	}
}

async function passUp(tx: Tx, id: string, caseId: number): Promise<void> {
	const caseWithUnit = await lockCase(tx, caseId, originalIdsOf(eq(approvals.id, id)));
	const [draft] = await tx
		.select()
		.from(approvals)
		.where(and(eq(approvals.id, id), pending));
	if (!draft) return;
	const { people, passesUpAt, widensAt, alone } = await decidersNow(tx, caseWithUnit, draft);
	// If the draft was rewritten before the case was locked, its day has started again.
	if (passesUpAt > now()) return;
	if (alone) return signAlone(tx, caseWithUnit, draft);
	if (people.length === 0 || draft.passedUpAt) return;
	// If all supervisors of the office are absent, the supervisors above decide from the start, and `widensAt` is null.
	const isAbove = people.some(({ unitId }) => unitId !== caseWithUnit.row.handlingUnitId);
	if (widensAt || (isAbove && !draft.wave)) return notifyOfPassedUp(tx, caseWithUnit, draft, people);
	// Only supervisors of the office decide. This notifies those who got the role after the draft was submitted.
	await markPassedUp(tx, draft.id);
	await notifyDeciders(tx, caseWithUnit, draft, people, 'approval_wanted');
}

/**
 * Stores that supervisors of units above may decide a draft now, and notifies those who were not notified yet. The first
 * time, adds a timeline entry.
 *
 * @param since as for `notifyDeciders`
 */
export async function notifyOfPassedUp(
	tx: Tx,
	caseWithUnit: CaseWithUnit,
	draft: typeof approvals.$inferSelect,
	people: readonly { id: string }[],
	since?: Date
): Promise<void> {
	await markPassedUp(tx, draft.id);
	const notified = await notifyDeciders(tx, caseWithUnit, draft, people, 'approval_passed_up', since);
	// People are notified once of a wave, but each of its cases has its entry.
	if (draft.passedUpAt || (notified === 0 && !draft.wave)) return;
	await recordEvent(tx, caseWithUnit.row, {
		type: 'clock_passed_up',
		author: 'system',
		public: false,
		data: { approval: draft.id, draft: draft.kind }
	});
}

/**
 * Notifies the people who may decide a draft, each once per version of the draft and once per wave of archivings and
 * office, and again after the reporter's reply to a question.
 *
 * @param since when the draft began to wait: when it was submitted, or when the reporter replied
 */
export function notifyDeciders(
	tx: Tx,
	caseWithUnit: CaseWithUnit,
	draft: Pick<typeof approvals.$inferSelect, 'id' | 'kind' | 'at' | 'wave'>,
	people: readonly { id: string }[],
	kind: 'approval_wanted' | 'approval_passed_up',
	since = draft.at
): Promise<number> {
	const key = draft.wave
		? { scope: 'approval_wave', occasion: `${draft.wave}:${caseWithUnit.row.handlingUnitId}` }
		: { scope: 'approval', occasion: `${draft.id}:${since.toISOString()}` };
	const passedUp = kind === 'approval_passed_up';
	return notifyOfCase(tx, caseWithUnit, people, {
		...key,
		kind,
		at: passedUp ? now() : since,
		data: { draft: draft.kind, since: (passedUp ? draft.at : since).toISOString() },
		form: '/approval'
	});
}
