import { and, asc, desc, eq, inArray, isNull, or, type SQL } from 'drizzle-orm';
import { DISPUTES_BEFORE_FINAL } from '#lib/cases/moves.ts';
import type { ClockName } from '#lib/cases/vocabulary.ts';
import { parseReceipt } from '#lib/text/receipt-format.ts';
import { fileColumns } from '#lib/server/attachments/stored-files.ts';
import { now, pause } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import { attachments, cases, messages } from '#lib/server/db/schema/cases.ts';
import { clocks } from '#lib/server/db/schema/clocks.ts';
import { escalations } from '#lib/server/db/schema/escalations.ts';
import { env } from '#lib/server/env.ts';
import { Invalid, NotFound } from '#lib/server/errors.ts';
import { officeHead } from '#lib/server/people/units/find-unit.ts';
import { objectionMade } from './conversation/objection.ts';
import { disputeOpen, mayComplete, mayObject, objectionEnds, turnOpen } from './conversation/time-limits.ts';
import { decreeOf } from './destroyed.ts';
import { caseForReporter, casesWithUnit, type CaseRow, type CaseWithUnit } from './find.ts';
import { receiptHash } from './receipt-hash.ts';
import { ofReporter, type TrackedCase } from './visibility.ts';
import { timelineOf, type TimelineEntry } from './timeline.ts';

/** A case that its reporter opens, with the time of the previous visit. */
export type VisitedCase = TrackedCase & { seenAt: Date | null };
const visited = { caseId: cases.id, receiptHash: cases.receiptHash, seenAt: cases.seenAt };

/**
 * Finds the case of a receipt.
 *
 * @throws Invalid `receipt_…` with the reason why the text is not a receipt, or `receipt_unknown`
 */
export async function caseByReceipt(typed: string): Promise<VisitedCase> {
	const parsed = parseReceipt(typed);
	if ('problem' in parsed) throw new Invalid([{ path: 'receipt', code: `receipt_${parsed.problem}` }]);
	const hash = receiptHash(parsed.ok);
	const [found] = await db().select(visited).from(cases).where(eq(cases.receiptHash, hash));
	if (!found) throw new Invalid([{ path: 'receipt', code: 'receipt_unknown' }]);
	return found;
}

/** Delay of the response to a wrong receipt, in milliseconds. No lock-out is needed: its 80 bits can't be guessed. */
const WRONG_RECEIPT_MS = 1000;
/** Maximum number of delayed responses at the same time, which limits open connections. */
const MAX_DELAYED_RESPONSES = 200;
let delayedResponses = 0;

/** Finds the case of a typed receipt. The response to a wrong one is delayed. @throws Invalid as `caseByReceipt` */
export async function caseByTypedReceipt(typed: string): Promise<VisitedCase> {
	try {
		return await caseByReceipt(typed);
	} catch (cause) {
		const unknown = cause instanceof Invalid && cause.issues[0]?.code === 'receipt_unknown';
		if (unknown && env().LIMITS && delayedResponses < MAX_DELAYED_RESPONSES) {
			delayedResponses += 1;
			await pause(WRONG_RECEIPT_MS);
			delayedResponses -= 1;
		}
		throw cause;
	}
}

/**
 * Condition for the other reports of a split that the receipt also opens: those split off from the report, and the one
 * it was split from.
 */
const siblings = (row: CaseRow) =>
	or(eq(cases.splitFromId, row.id), row.splitFromId ? eq(cases.id, row.splitFromId) : undefined);

/**
 * Opens a report that was split off from the tracked one, or the one it was split from. The receipt of any report
 * of a split opens all of them.
 *
 * @throws NotFound for any other report
 */
export async function trackedSibling({ row }: CaseWithUnit, reference: string): Promise<VisitedCase> {
	const [found] = await db()
		.select(visited)
		.from(cases)
		.where(and(eq(cases.reference, reference), siblings(row)));
	if (!found) throw new NotFound();
	return found;
}

/**
 * The report, and all others that were split off from it or from which it was split. The receipt of one opens them all.
 *
 * @param access further condition for the others, for readers who are not the reporter
 */
export async function reportsOfReceipt(opened: CaseWithUnit, access?: SQL): Promise<CaseWithUnit[]> {
	const reports = [opened];
	// The list grows while it is read, until no report has further siblings.
	for (const { row } of reports) {
		const near = await casesWithUnit(db())
			.where(and(siblings(row), access))
			.orderBy(asc(cases.id));
		reports.push(...near.filter((one) => !reports.some((known) => known.row.id === one.row.id)));
	}
	return reports;
}

const SUMMARY_LETTERS = 160;
const STEPS: readonly ClockName[] = ['verification', 'first_reply', 'solution'];

/** Confirmation shown after sending and printed on the proof. Never contains the receipt. */
export type Acknowledgement = Awaited<ReturnType<typeof acknowledgement>>;

/** @throws NotFound if the receipt is no longer valid */
export async function acknowledgement(tracked: TrackedCase) {
	const { row, unit } = await caseForReporter(tracked);
	const ofReport = and(eq(attachments.caseId, row.id), isNull(attachments.messageId), attachments.public);
	const files = await db().$count(attachments, ofReport);
	const running = await db()
		.select({ name: clocks.name, dueAt: clocks.dueAt, provisional: clocks.provisional })
		.from(clocks)
		.where(and(eq(clocks.caseId, row.id), eq(clocks.run, 1), inArray(clocks.name, [...STEPS])));
	const { reference, kind, receivedAt, promisedAt } = row;
	return {
		reference,
		kind,
		files,
		receivedAt,
		promisedAt,
		/** The first words of the report. */
		summary: shortened(row.title ?? row.body),
		/** Whether a lost receipt can be replaced. */
		renewable: row.identity === 'named',
		/** Due times of verification, first reply and solution. */
		steps: STEPS.flatMap((name) => {
			const clock = running.find((one) => one.name === name);
			return clock?.dueAt ? [{ name, dueAt: clock.dueAt, provisional: clock.provisional }] : [];
		}),
		unit: { ...(await officeHead(unit)), path: unit.path }
	};
}

/** The beginning of a text as one line, cut between words. */
function shortened(text: string): string {
	const line = text.replace(/\s+/g, ' ').trim();
	if (line.length <= SUMMARY_LETTERS) return line;
	const cut = line.slice(0, SUMMARY_LETTERS);
	return `${cut.slice(0, Math.max(cut.lastIndexOf(' '), SUMMARY_LETTERS - 30))} …`;
}

export type TrackedView = Awaited<ReturnType<typeof reporterView>>;

/** Removes the assignee and the routing rule, which the reporter must not learn. */
const withoutAssignee = (entry: TimelineEntry): TimelineEntry =>
	entry.type === 'assigned' ? { ...entry, data: {} } : entry;

/** The number and status at LAPOR of the newest forward. */
async function lastForwardOf({ id }: CaseRow) {
	const [forward] = await db()
		.select({ laporId: escalations.laporId, laporStatus: escalations.laporStatus, state: escalations.state })
		.from(escalations)
		.where(eq(escalations.caseId, id))
		.orderBy(desc(escalations.nn))
		.limit(1);
	return forward ?? null;
}

/** Everything the reporter sees of a case: public entries, messages and files, and the possible actions. */
export async function reporterView({ row, unit }: CaseWithUnit) {
	const [entries, exchanged, files, running, forward, split, destroyed] = await Promise.all([
		timelineOf(row.id, true),
		db()
			.select()
			.from(messages)
			.where(and(eq(messages.caseId, row.id), eq(messages.public, true)))
			.orderBy(asc(messages.at)),
		db()
			.select(fileColumns)
			.from(attachments)
			.where(and(eq(attachments.caseId, row.id), eq(attachments.public, true)))
			.orderBy(asc(attachments.at)),
		db().select().from(clocks).where(eq(clocks.caseId, row.id)),
		row.escalationState === null ? null : lastForwardOf(row),
		db().select().from(cases).where(siblings(row)).orderBy(asc(cases.id)),
		decreeOf(row)
	]);
	const { reference, kind, title, body, requestedSolution, category, class: rank, identity, status } = row;
	const { returnStatus, transferredTo, archiveReason, satisfaction, receivedAt, dueAt, seenAt } = row;
	const content = { reference, kind, title, body, requestedSolution, category, class: rank, identity };
	const state = { status, returnStatus, transferredTo, archiveReason, satisfaction, receivedAt, dueAt, seenAt };
	const settled = !row.destroyedAt && (status === 'answered' || status === 'closed');
	const archived = !row.destroyedAt && status === 'archived';
	return {
		...content,
		...state,
		/** The decree by which the content was destroyed. */
		destroyed,
		overdue: dueAt !== null && dueAt < now(),
		finallyAnswered: settled && row.disputes >= DISPUTES_BEFORE_FINAL,
		unit: await officeHead(unit),
		entries: entries.map(withoutAssignee),
		messages: row.destroyedAt ? [] : exchanged,
		attachments: files,
		clocks: running,
		forward,
		split: split.map((part) => ({
			reference: part.reference,
			title: part.title,
			status: part.status,
			transferredTo: part.transferredTo,
			excerpt: part.body.slice(0, 120),
			whole: part.id === row.splitFromId
		})),
		may: {
			// A score closes or reopens the case, so the answer of a case with status `answered` has no score yet. On the last
			// day the case is closed before the day is over.
			score:
				settled &&
				transferredTo === null &&
				(status === 'answered' || (satisfaction === null && turnOpen(row, unit, running))),
			dispute: settled && transferredTo === null && disputeOpen(row, unit, running),
			/** The last day to object; null if the reporter can't or has objected. */
			object:
				archived && (await mayObject(row, unit)) && (await objectionMade(db(), row)) === undefined
					? await objectionEnds(row, unit)
					: null,
			complete: archived && (await mayComplete(row, unit))
		}
	};
}

/** Stores the time of the reporter's visit, so that the next visit can highlight new entries. */
export async function markSeen(tracked: TrackedCase): Promise<void> {
	await db().update(cases).set({ seenAt: now() }).where(ofReporter(tracked));
}
