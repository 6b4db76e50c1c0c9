import { and, asc, eq, gt, inArray, isNull, lt, lte, or, sql, type SQL } from 'drizzle-orm';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '#lib/calendar/durations.ts';
import { lockCase } from '#lib/server/cases/find.ts';
import { recordEvent } from '#lib/server/cases/timeline.ts';
import { ago, fromNow, now } from '#lib/server/clock.ts';
import { eachInTransaction } from '#lib/server/db/each-in-transaction.ts';
import { db, transaction, type Tx } from '#lib/server/db/index.ts';
import { timeline } from '#lib/server/db/schema/cases.ts';
import type { outgoingMessages, pushMessages } from '#lib/server/db/schema/channels.ts';
import { mails } from '#lib/server/db/schema/mails.ts';
import { Conflict } from '#lib/server/errors.ts';
import { SMTP_LIMIT_MS } from '#lib/server/integrations/mail/smtp.ts';
import { enqueueMany } from '#lib/server/jobs/queue.ts';
import { outgoingHeld } from '#lib/server/outgoing-hold.ts';

/*
 * How e-mails and messages by WhatsApp and SMS are sent: by numbered attempts, each a job. The row is `waiting` until
 * just before the content leaves the site, and `sending` from then on. If the worker dies while the row is `waiting`,
 * it is tried again. If it dies while the row is `sending`, the row becomes `unknown` and is not sent again by itself,
 * because one missing message is better than ten copies.
 */

export type OutboxTable = typeof mails | typeof outgoingMessages;
/** A table of messages, the job of their attempts, and a condition: the reporter of the case must get the message. */
export interface Outbox<T extends OutboxTable = OutboxTable> {
	table: T;
	job: 'mail-deliver' | 'message-deliver';
	isOwed: SQL;
}
/** A row and the number of its present attempt. */
type Attempt = Pick<OutboxTable['$inferSelect'], 'id' | 'attempts'>;
/** `externalId`: the key of the channel's id of a message. */
type Ending =
	{ state: 'sent'; sentAt: Date; reason: string | null; externalId?: string | null } | { state: 'withdrawn' };
type Undelivered = { state: 'failed' | 'unknown'; reason: string | SQL };
/** Columns of a row that is tried no more. */
const OVER = { nextAttemptAt: null, leaseUntil: null };

/** How long a job may wait before the sweep enqueues another one for the same row. */
const JOB_MS = 5 * MINUTE_MS;
export const afterJob = () => fromNow(JOB_MS);

/** Longer than the longest exchange, which is one by SMTP, so that an expired lease means a dead worker. */
const leaseEnd = () => fromNow(SMTP_LIMIT_MS + MINUTE_MS);
const withoutLease = (table: OutboxTable) => or(isNull(table.leaseUntil), lte(table.leaseUntil, now()));

/** The columns of a row that waits from now on. Its writer enqueues the first attempt. */
export const waitingRow = () => ({ state: 'waiting', nextAttemptAt: afterJob(), createdAt: now(), waitsFrom: now() });

/** Claims the row for an attempt. The number of the attempt is the fence, because each number is used once. */
export async function claimAttempt<T extends OutboxTable>(
	{ table }: Outbox<T>,
	id: string,
	attempt: number
): Promise<T['$inferSelect'] | undefined> {
	const isNext = and(eq(table.id, id), eq(table.state, 'waiting'), eq(table.attempts, attempt - 1));
	const [claimed] = await db()
		.update<OutboxTable>(table)
		.set({ attempts: attempt, leaseUntil: leaseEnd() })
		.where(and(isNext, withoutLease(table)))
		.returning();
	return claimed;
}

const ofAttempt = (of: OutboxTable, { id, attempts }: Attempt) => and(eq(of.id, id), eq(of.attempts, attempts));

/**
 * Commits that the content leaves the site now, and how, because its outcome may stay unknown or be reported first.
 * @throws Error if the lease has expired
 */
export async function markSending({ table }: Outbox, row: Attempt, note: string | null = null): Promise<void> {
	const [marked] = await db()
		.update(table)
		.set({ state: 'sending', leaseUntil: leaseEnd(), reason: note })
		.where(and(ofAttempt(table, row), eq(table.state, 'waiting'), gt(table.leaseUntil, now())))
		.returning({ id: table.id });
	if (!marked) throw new Error('another worker has the message');
}

/** States of a row whose outcome the channel has not reported. */
const UNSETTLED = ['waiting', 'sending', 'unknown'];

/** The row, unless the channel has reported the outcome of the attempt meanwhile. */
const running = ({ table }: Outbox, row: Attempt) => and(ofAttempt(table, row), inArray(table.state, UNSETTLED));

/** Ends an attempt that sent the row, or found that it is not wanted any more. */
export async function endAttempt(outbox: Outbox, row: Attempt, outcome: Ending): Promise<void> {
	await db()
		.update(outbox.table)
		.set({ ...OVER, ...outcome })
		.where(running(outbox, row));
}

/**
 * Ends an attempt that failed temporarily: the row waits for the next attempt, or fails if it is too old.
 * @param retryAfterMs the wait that the service asked for
 */
export async function scheduleRetry(
	outbox: Outbox,
	row: Attempt & { waitsFrom: Date },
	reason: string,
	retryAfterMs?: number
): Promise<void> {
	const nextAttemptAt = nextTry(now(), { tries: row.attempts, since: row.waitsFrom }, retryAfterMs);
	if (!nextAttemptAt) return transaction((tx) => endUndelivered(tx, outbox, row, { state: 'failed', reason }));
	await db()
		.update(outbox.table)
		.set({ state: 'waiting', nextAttemptAt, leaseUntil: null, reason })
		.where(running(outbox, row));
}

/** Ends an attempt after which the row is undelivered. */
export const endUndelivered = (tx: Tx, outbox: Outbox, row: Attempt, undelivered: Undelivered): Promise<void> =>
	markUndelivered(tx, outbox, running(outbox, row), undelivered);

/**
 * Stores that rows were not sent, or may not have been. If the reporter of a case does not get one, the case gets an
 * entry, unless it has it already.
 */
export async function markUndelivered(
	tx: Tx,
	outbox: Outbox,
	which: SQL | undefined,
	undelivered: Undelivered
): Promise<void> {
	const { table, isOwed } = outbox;
	const marked = await tx
		.update(table)
		.set({ ...OVER, ...undelivered })
		.where(which)
		.returning({ caseId: table.caseId, isOwed });
	for (const row of marked) if (row.isOwed) await recordUndelivered(tx, outbox, row.caseId);
}

/**
 * Adds an entry for staff to the case of an undelivered message, unless it is there already and no message has arrived
 * since.
 */
async function recordUndelivered(tx: Tx, { table, isOwed }: Outbox, caseId: number | null): Promise<void> {
	if (caseId === null) return;
	const { row } = await lockCase(tx, caseId);
	if (row.destroyedAt) return;
	const isArrived = inArray(table.state, ['sent', 'delivered', 'read']);
	const arrived = tx
		.select({ at: sql`coalesce(max(${table.sentAt}), '-infinity')` })
		.from(table)
		.where(and(eq(table.caseId, caseId), isArrived, isOwed));
	const known = and(eq(timeline.caseId, caseId), eq(timeline.type, 'undelivered'), gt(timeline.at, sql`(${arrived})`));
	if ((await tx.$count(timeline, known)) > 0) return;
	await recordEvent(tx, row, { type: 'undelivered', author: 'system', public: false });
}

/** Minutes until the first retries. Later ones wait an hour. */
const FIRST_WAITS = [1, 5, 15];

/** After two days without success a message is out of date and fails. */
const MAX_AGE_MS = 48 * HOUR_MS;

/**
 * Computes when a message is tried again. Undefined: never.
 * @param row `tries`: number of failed attempts, 1 or more; `since`: when it started to wait
 * @param minWaitMs the wait that the service asked for. It is cut where the message would be too old
 */
export function nextTry(at: Date, row: { tries: number; since: Date }, minWaitMs = 0): Date | undefined {
	const wait = (FIRST_WAITS[row.tries - 1] ?? 60) * MINUTE_MS;
	const end = row.since.getTime() + MAX_AGE_MS;
	if (at.getTime() + wait > end) return undefined;
	return new Date(Math.min(at.getTime() + Math.max(wait, minWaitMs), end));
}

/**
 * Runs each minute: marks rows of dead workers as unknown, fails those that are too old, and enqueues due ones. A row
 * that can't be marked does not block the others.
 * @param canSend false: the site has no server for them now
 */
export async function sweepOutbox(outbox: Outbox, canSend = true): Promise<void> {
	const { table } = outbox;
	const died = and(eq(table.state, 'sending'), lte(table.leaseUntil, now()));
	await markEachUndelivered(outbox, died, { state: 'unknown', reason: sql`coalesce(${table.reason}, 'worker_died')` });
	if (await outgoingHeld()) return;
	const waits = and(eq(table.state, 'waiting'), withoutLease(table));
	const tooOld = and(waits, lt(table.waitsFrom, ago(MAX_AGE_MS + JOB_MS)));
	await markEachUndelivered(outbox, tooOld, { state: 'failed', reason: sql`coalesce(${table.reason}, 'too_old')` });
	if (canSend) await enqueueDue(table, outbox.job, waits);
}

/** The moment 90 days ago. Settled messages, and messages of no case, are deleted when they are older. */
export const retentionStart = () => ago(90 * DAY_MS);

const BATCH = 500;

/** Marks each row in a transaction of its own, so that no two cases are locked at once. */
async function markEachUndelivered(outbox: Outbox, which: SQL | undefined, undelivered: Undelivered): Promise<void> {
	const { table } = outbox;
	const rows = await db().select({ id: table.id, caseId: table.caseId }).from(table).where(which).limit(BATCH);
	const mark = async (tx: Tx, { id, caseId }: (typeof rows)[number]) => {
		// Who withdraws e-mails of a case has locked it before. Other writers of a message lock it before its case.
		if (table === mails && caseId !== null) await lockCase(tx, caseId);
		await markUndelivered(tx, outbox, and(eq(table.id, id), which), undelivered);
	};
	await eachInTransaction(rows, mark, 'a message was not marked as undelivered');
}

/**
 * Enqueues the due rows. Moves their next attempt beyond the life of the job; the outcome of the attempt sets it again.
 */
export async function enqueueDue(
	table: OutboxTable | typeof pushMessages,
	job: Outbox['job'] | 'push-deliver',
	where?: SQL
): Promise<void> {
	const due = and(where, lte(table.nextAttemptAt, now()));
	const rows = await db()
		.select({ id: table.id })
		.from(table)
		.where(due)
		.orderBy(asc(table.nextAttemptAt))
		.limit(BATCH);
	if (rows.length === 0) return;
	const ids = rows.map(({ id }) => id);
	await transaction(async (tx) => {
		const taken = await tx
			.update(table)
			.set({ nextAttemptAt: afterJob() })
			.where(and(inArray(table.id, ids), due))
			.returning({ id: table.id, attempts: table.attempts });
		const jobs = taken.map(({ id, attempts }) => ({ id, attempt: attempts + 1 }));
		await enqueueMany(tx, job, jobs);
	});
}

/**
 * Stores a person's decision about a failed or unknown row: it is sent again, with two more days of attempts, or left.
 * A row is decided once, or again if it fails once more.
 * @throws Conflict if it was already decided
 */
export async function decideRow<T extends OutboxTable>(
	tx: Tx,
	{ table, job }: Outbox<T>,
	id: string,
	{ decision, accountId }: { decision: 'again' | 'leave'; accountId: string | null }
): Promise<T['$inferSelect']> {
	// Sending again does not set `decidedAt`, because another decision is needed if it fails again.
	const again = { state: 'waiting', waitsFrom: now(), nextAttemptAt: afterJob(), leaseUntil: null };
	const undecided = and(eq(table.id, id), inArray(table.state, ['failed', 'unknown']), isNull(table.decidedAt));
	const [row] = await tx
		.update<OutboxTable>(table)
		.set(decision === 'again' ? again : { decidedBy: accountId, decidedAt: now() })
		.where(undecided)
		.returning();
	if (!row) throw new Conflict('invalid-move', { reason: 'message_decided' });
	if (decision === 'again') await enqueueMany(tx, job, [{ id, attempt: row.attempts + 1 }]);
	return row;
}
