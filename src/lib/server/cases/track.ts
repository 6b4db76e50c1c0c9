import { and, asc, desc, eq, or } from 'drizzle-orm';
import { DISPUTES_BEFORE_FINAL } from '#lib/cases/status.ts';
import { parseReceipt } from '#lib/text/receipt.ts';
import { fileColumns } from '#lib/server/attachments/keep.ts';
import { now, pause } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import { attachments, cases, messages } from '#lib/server/db/schema/cases.ts';
import { clocks } from '#lib/server/db/schema/clocks.ts';
import { escalations } from '#lib/server/db/schema/escalations.ts';
import { units } from '#lib/server/db/schema/units.ts';
import { env } from '#lib/server/env.ts';
import { Invalid, NotFound } from '#lib/server/errors.ts';
import type { CaseRow } from './find.ts';
import { objectionMade } from './conversation/objection.ts';
import { mayDispute, mayObject } from './conversation/report-back.ts';
import { receiptHash } from './submission.ts';
import { timelineOf, type TimelineEntry } from './timeline.ts';
import { completionOpen } from './conversation/turn.ts';

/** Content of the tracking cookie: the open case and a hash of its receipt, so that a renewed receipt closes it. */
export interface TrackedCase {
	caseId: number;
	receiptHash: string;
	[key: string]: unknown;
}

/**
 * The case a receipt opens.
 *
 * @throws Invalid with why the code can't be one (`receipt_…`), or `receipt_unknown`
 */
export async function caseByReceipt(typed: string): Promise<TrackedCase> {
	const parsed = parseReceipt(typed);
	if ('problem' in parsed) throw new Invalid([{ path: 'receipt', code: `receipt_${parsed.problem}` }]);
	const hash = receiptHash(parsed.ok);
	const [found] = await db().select({ id: cases.id }).from(cases).where(eq(cases.receiptHash, hash));
	if (!found) throw new Invalid([{ path: 'receipt', code: 'receipt_unknown' }]);
	return { caseId: found.id, receiptHash: hash };
}

/** Milliseconds until a wrong receipt is answered. Its 80 bits make guessing hopeless, so nobody needs to be refused. */
const WRONG_RECEIPT_MS = 1000;
/** Wrong receipts answered slowly at the same time; limits the open connections. */
const SLOW_ANSWERS = 200;
let slowAnswers = 0;

/** The case that a typed receipt opens; a wrong one is answered slowly. @throws Invalid as `caseByReceipt` */
export async function caseByTypedReceipt(typed: string): Promise<TrackedCase> {
	try {
		return await caseByReceipt(typed);
	} catch (cause) {
		const guessed = cause instanceof Invalid && cause.issues[0]?.code === 'receipt_unknown';
		if (guessed && env().LIMITS && slowAnswers < SLOW_ANSWERS) {
			slowAnswers += 1;
			await pause(WRONG_RECEIPT_MS);
			slowAnswers -= 1;
		}
		throw cause;
	}
}

/** Checks that the receipt that opened the page is still valid. @throws NotFound otherwise */
export async function requireTracked(tracked: TrackedCase): Promise<void> {
	const [found] = await db()
		.select({ id: cases.id })
		.from(cases)
		.where(and(eq(cases.id, tracked.caseId), eq(cases.receiptHash, tracked.receiptHash)));
	if (!found) throw new NotFound();
}

/** Reports split from each other, as the reporter finds them: the split-off reports, or the original one. */
const siblings = (row: Pick<CaseRow, 'id' | 'splitFromId'>) =>
	or(eq(cases.splitFromId, row.id), row.splitFromId ? eq(cases.id, row.splitFromId) : undefined);

/**
 * Opens the report split from the open one, or the one it was split from. The receipt of one opens both.
 *
 * @throws NotFound for any other
 */
export async function trackedSibling(tracked: TrackedCase, reference: string): Promise<TrackedCase> {
	const [open] = await db()
		.select({ id: cases.id, splitFromId: cases.splitFromId })
		.from(cases)
		.where(and(eq(cases.id, tracked.caseId), eq(cases.receiptHash, tracked.receiptHash)));
	if (!open) throw new NotFound();
	const [found] = await db()
		.select({ id: cases.id, receiptHash: cases.receiptHash })
		.from(cases)
		.where(and(eq(cases.reference, reference), siblings(open)));
	if (!found) throw new NotFound();
	return { caseId: found.id, receiptHash: found.receiptHash };
}

export type TrackedView = Awaited<ReturnType<typeof reporterView>>;

/** The reporter reads that somebody works on the report, but neither the assignee nor the routing rule. */
const withoutHands = (entry: TimelineEntry): TimelineEntry =>
	entry.type === 'assigned' ? { ...entry, data: {} } : entry;

/** Everything the reporter sees of a case: public entries and messages, and what they may do now. */
export async function reporterView(tracked: TrackedCase) {
	const [found] = await db()
		.select({ row: cases, unit: units })
		.from(cases)
		.innerJoin(units, eq(units.id, cases.unitId))
		.where(and(eq(cases.id, tracked.caseId), eq(cases.receiptHash, tracked.receiptHash)));
	if (!found) throw new NotFound();
	const { row, unit } = found;
	const [entries, said, files, running, forwards, split] = await Promise.all([
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
		db()
			.select({ laporId: escalations.laporId, laporStatus: escalations.laporStatus, state: escalations.state })
			.from(escalations)
			.where(eq(escalations.caseId, row.id))
			.orderBy(desc(escalations.nn)),
		db()
			.select({ reference: cases.reference, title: cases.title, body: cases.body, status: cases.status, id: cases.id })
			.from(cases)
			.where(siblings(row))
			.orderBy(asc(cases.id))
	]);
	const [forward] = forwards;
	return {
		reference: row.reference,
		kind: row.kind,
		title: row.title,
		body: row.body,
		requestedSolution: row.requestedSolution,
		category: row.category,
		class: row.class,
		identity: row.identity,
		status: row.status,
		transferredTo: row.transferredTo,
		archiveReason: row.archiveReason,
		satisfaction: row.satisfaction,
		receivedAt: row.receivedAt,
		dueAt: row.dueAt,
		overdue: row.dueAt !== null && row.dueAt < now(),
		finallyAnswered: row.status === 'answered' && row.disputes >= DISPUTES_BEFORE_FINAL,
		seenAt: row.seenAt,
		unit: {
			name: unit.name,
			slug: unit.slug,
			accent: unit.accent,
			timeZone: unit.timeZone,
			phone: unit.phone,
			email: unit.email
		},
		entries: entries.map(withoutHands),
		messages: said,
		attachments: files,
		clocks: running,
		forward: forward ?? null,
		split: split.map(({ id, body, ...part }) => ({
			...part,
			excerpt: body.slice(0, 120),
			whole: id === row.splitFromId
		})),
		may: {
			// A score closes or reopens the case, so a case that is still answered has no score for this answer.
			score: row.status === 'answered' && row.transferredTo === null,
			dispute:
				(row.status === 'answered' || row.status === 'closed') &&
				row.transferredTo === null &&
				(await mayDispute(db(), row, unit)),
			object:
				row.status === 'archived' &&
				(await mayObject(db(), row, unit)) &&
				(await objectionMade(db(), row)) === undefined,
			complete: row.status === 'archived' && completionOpen(unit, row)
		}
	};
}

/** Remembers when the reporter last looked, so that the next visit can mark what is new. */
export async function markSeen(tracked: TrackedCase): Promise<void> {
	await db().update(cases).set({ seenAt: now() }).where(eq(cases.id, tracked.caseId));
}
