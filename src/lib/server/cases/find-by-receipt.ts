import { and, asc, eq, or, type SQL } from 'drizzle-orm';
import { parseReceipt } from '#lib/text/receipt-format.ts';
import { now, pause } from '#lib/server/clock.ts';
import { db, oneRow } from '#lib/server/db/index.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { env } from '#lib/server/env.ts';
import { Invalid, invalid } from '#lib/server/errors.ts';
import { logFailedWrite } from '#lib/server/db/free-space.ts';
import { casesWithUnit, type CaseRow, type CaseWithUnit } from './find.ts';
import { receiptHash } from './receipt.ts';
import { ofReporter, type TrackedCase } from './visibility.ts';

/** A case that its reporter opens, with the time of the previous visit. */
export type VisitedCase = TrackedCase & { seenAt: Date | null };
const visited = { caseId: cases.id, receiptHash: cases.receiptHash, seenAt: cases.seenAt };
type FoundCase = VisitedCase & { found: CaseWithUnit };

/**
 * Finds the case of a receipt.
 *
 * @param field in which it was typed
 * @throws Invalid `receipt_…` with the reason why the text is not a receipt, or `receipt_unknown`
 */
export async function caseByReceipt(typed: string, field = 'receipt'): Promise<FoundCase> {
	const parsed = parseReceipt(typed);
	if ('problem' in parsed) throw invalid(field, `receipt_${parsed.problem}`);
	const hash = receiptHash(parsed.ok);
	const [found] = await casesWithUnit(db()).where(eq(cases.receiptHash, hash));
	if (!found) throw invalid(field, 'receipt_unknown');
	return { caseId: found.row.id, receiptHash: hash, seenAt: found.row.seenAt, found };
}

/** Delay of the response to a wrong receipt, in milliseconds. No lock-out is needed: its 80 bits can't be guessed. */
const WRONG_RECEIPT_MS = 1000;
/** Maximum number of delayed responses at the same time, which limits open connections. */
const MAX_DELAYED_RESPONSES = 200;
let delayedResponses = 0;

/** Finds the case of a typed receipt. The response to a wrong one is delayed. @throws Invalid as `caseByReceipt` */
export async function caseByTypedReceipt(typed: string, field?: string): Promise<FoundCase> {
	try {
		return await caseByReceipt(typed, field);
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
export const siblings = (row: CaseRow) =>
	or(eq(cases.splitFromId, row.id), row.splitFromId ? eq(cases.id, row.splitFromId) : undefined);

/**
 * Opens a report that was split off from the tracked one, or the one it was split from. The receipt of any report
 * of a split opens all of them.
 *
 * @throws NotFound for any other report
 */
export async function trackedSibling({ row }: CaseWithUnit, reference: string): Promise<VisitedCase> {
	return db()
		.select(visited)
		.from(cases)
		.where(and(eq(cases.reference, reference), siblings(row)))
		.then(oneRow);
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

/**
 * Stores the time of the reporter's visit, so that the next visit can highlight new entries. If it can't be stored, the
 * next visit highlights the same entries again.
 */
export async function markSeen(tracked: TrackedCase): Promise<void> {
	const update = db().update(cases).set({ seenAt: now() }).where(ofReporter(tracked));
	await update.catch(logFailedWrite('the visit of a reporter was not stored'));
}
