import { DAY_MS } from '#lib/calendar/durations.ts';
import { transferCase } from '#lib/server/cases/handling/transfer.ts';
import type { Author } from '#lib/server/cases/timeline.ts';
import { ago, now } from '#lib/server/clock.ts';
import type { Tx } from '#lib/server/db/index.ts';
import { enqueue } from '#lib/server/jobs/queue.ts';
import { retryAt } from '../connection/backoff.ts';
import { NO_TASK } from '../tasks.ts';
import { changeWithEntry, recordEscalation, changeEscalation, type EscalationRow, type Forward } from '../rows.ts';
import type { Reason } from '../failure-reason.ts';
import { nextPollAt } from '../tracking/poll-clock.ts';

/*
 * The state changes of a forward, each with its timeline entry in the caller's transaction. The row must be locked.
 *
 *   waiting --claim--> sending --> sent --> closed
 *      ^                  |-> rejected
 *      |-- not sent ------|-> unknown --> sent (found) or waiting (certainly absent)
 *      `-> stuck: waiting for a day, still tried hourly
 *
 * An unknown forward is decided by a look-up (`tracking/look-up.ts`) or by a person (`decisions.ts`). A person who finds
 * a waiting, stuck, rejected or cancelled report at LAPOR sets it to sent, too.
 *
 * The claim is in `lease.ts`. `closed` comes from LAPOR (`tracking/apply-status.ts`), a re-send or a new forward after a
 * rejected one (`forward/forward.ts`), or a case that was archived, became about integrity or was corrected before its
 * report was sent (`withdraw-forward.ts`). In manual mode a person may cancel it (`decisions.ts`).
 */

/** A row that is unsent for this long needs a person. It is still retried hourly. */
export const STUCK_AFTER_MS = DAY_MS;

const isStuck = (row: EscalationRow): boolean => (row.waitingSince ?? row.createdAt) <= ago(STUCK_AFTER_MS);

const NO_TROUBLE = { reasonCode: null, reasonText: null, failures: 0, stuckAt: null, nextLookupAt: null };

const reasonColumns = ({ code, excerpt }: Reason) => ({ reasonCode: code, reasonText: excerpt ?? null });
const reasonData = ({ code, excerpt, status }: Reason) => ({
	reason: code,
	http_status: status,
	text: excerpt || undefined
});

/**
 * Marks the row as sent, with the report's number from a response, a look-up or a person. Polling starts, waiting
 * follow-ups can be sent, and a case that another agency takes over is answered.
 *
 * @param how further public data of the timeline entry
 * @param counted true if this ends an attempt
 */
export async function toSent(
	tx: Tx,
	locked: Forward,
	laporId: string,
	author: Author,
	{ at = now(), how = {}, counted = false }: { at?: Date; how?: Record<string, unknown>; counted?: boolean } = {}
): Promise<EscalationRow> {
	const before = locked.escalation;
	const poll = before.mode === 'api' && nextPollAt(now(), { sentAt: at, closedAt: null, failed: false });
	const { purpose, institution } = before;
	const set = {
		state: 'sent' as const,
		laporId,
		sentAt: at,
		nextPollAt: poll || null,
		attempts: before.attempts + (counted ? 1 : 0),
		...NO_TROUBLE,
		waitingSince: null,
		closedAt: null,
		leaseUntil: null,
		nextAttemptAt: null
	};
	const data = { lapor_id: laporId, purpose, institution: institution || undefined, ...how };
	const escalation = await changeWithEntry(tx, locked, set, 'escalation_sent', author, data);
	if (purpose === 'transfer') {
		const by = typeof author === 'string' ? 'lapor' : author;
		await transferCase(tx, escalation.caseId, institution ?? '', laporId, by);
	}
	return escalation;
}

/** Marks the row as rejected by LAPOR. A person must edit the report; it is not retried. */
export async function toRejected(tx: Tx, before: Forward, reason: Reason): Promise<void> {
	const set = {
		state: 'rejected' as const,
		attempts: before.escalation.attempts + 1,
		leaseUntil: null,
		nextAttemptAt: null,
		...reasonColumns(reason)
	};
	await changeWithEntry(tx, before, set, 'escalation_rejected', 'lapor', reasonData(reason));
}

/**
 * Marks the row as unknown: the report may be at LAPOR. It is not resent automatically; a look-up or a person decides.
 */
export async function toUnknown(tx: Tx, before: Forward, reason: Reason, absentOffered: boolean): Promise<void> {
	const set = {
		state: 'unknown' as const,
		attempts: before.escalation.attempts + 1,
		leaseUntil: null,
		nextAttemptAt: null,
		absentOffered,
		// Only those by API are looked up.
		nextLookupAt: before.escalation.mode === 'api' ? retryAt(1) : null,
		lookups: 0,
		...reasonColumns(reason)
	};
	await changeWithEntry(tx, before, set, 'escalation_unknown', 'system', reasonData(reason));
}

/**
 * Sets an unsent row back to waiting for its next attempt, or to `stuck` after a day. The timeline gets one entry per
 * new reason, not per attempt.
 *
 * @param until end of an open circuit; the attempt was not made and does not count
 */
export async function toWaiting(
	tx: Tx,
	before: Forward,
	reason: Reason,
	{ retryAfterMs, until }: { retryAfterMs?: number | undefined; until?: Date | undefined } = {}
): Promise<void> {
	const { escalation: row } = before;
	const counted = until ? 0 : 1;
	const stuck = isStuck(row);
	const escalation = await changeEscalation(tx, row, {
		state: stuck ? 'stuck' : 'waiting',
		failures: row.failures + counted,
		attempts: row.attempts + counted,
		leaseUntil: null,
		createStartedAt: null,
		nextAttemptAt: until ?? retryAt(row.failures + 1, retryAfterMs),
		stuckAt: stuck && !row.stuckAt ? now() : undefined,
		...reasonColumns(reason)
	});
	const after = { ...before, escalation };
	if (stuck && !row.stuckAt) await recordEscalation(tx, after, 'escalation_stuck', 'system', reasonData(reason));
	else if (row.reasonCode !== reason.code)
		await recordEscalation(tx, after, 'escalation_delayed', 'system', reasonData(reason));
}

/** Closes a row that is not sent any more. */
export async function toClosed(
	tx: Tx,
	before: Forward,
	author: Author,
	data: Record<string, unknown>,
	reason: Partial<Pick<EscalationRow, 'reasonCode' | 'reasonText'>> = {}
): Promise<EscalationRow> {
	const set = {
		state: 'closed' as const,
		closedAt: now(),
		nextAttemptAt: null,
		nextPollAt: null,
		...NO_TASK,
		...reason
	};
	return changeWithEntry(tx, before, set, 'escalation_closed', author, data);
}

/**
 * Marks a waiting row as stuck if it has waited a day.
 *
 * @param untried the reason if no attempt has stored one
 */
export async function toStuck(tx: Tx, before: Forward, untried: Reason): Promise<void> {
	const { escalation: row } = before;
	if (row.state !== 'waiting' || !isStuck(row)) return;
	const { reasonCode, reasonText } = row.reasonCode ? row : reasonColumns(untried);
	const set = { state: 'stuck', stuckAt: now(), reasonCode, reasonText } as const;
	const data = { reason: reasonCode, text: reasonText || undefined };
	await changeWithEntry(tx, before, set, 'escalation_stuck', 'system', data);
}

/** Sets an unknown row, whose report is not at LAPOR, to waiting and enqueues it at once, with the same reference. */
export async function sendAgain(
	tx: Tx,
	locked: Forward,
	author: Author,
	how: Record<string, unknown> = {}
): Promise<EscalationRow> {
	const set = {
		state: 'waiting' as const,
		fence: locked.escalation.fence + 1,
		...NO_TROUBLE,
		waitingSince: now(),
		createStartedAt: null,
		nextAttemptAt: now()
	};
	const data = { again: true, ...how };
	const escalation = await changeWithEntry(tx, locked, set, 'escalation_waiting', author, data);
	await enqueue(tx, 'escalation-deliver', { escalationId: escalation.id });
	return escalation;
}
