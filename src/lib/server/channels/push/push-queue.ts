import { and, eq, inArray, not, type SQL } from 'drizzle-orm';
import { DAY_MS } from '#lib/calendar/durations.ts';
import { fromNow } from '#lib/server/clock.ts';
import { db, transaction, type Tx } from '#lib/server/db/index.ts';
import { pushMessages, pushSubscriptions } from '#lib/server/db/schema/channels.ts';
import { enqueueMany } from '#lib/server/jobs/queue.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { isTrialUnit } from '#lib/server/people/units/trial.ts';
import { afterJob } from '../outbox.ts';
import type { NoticeKind } from '#lib/words/notices.ts';
import { isSwitchedOff } from '../notice-choices.ts';
import type { PushKind, ReporterPush } from './push-words.ts';

/** A message that no browser got within a day after it was due is dropped. */
export const PUSH_KEPT_MS = DAY_MS;

/**
 * Writes a message for each of these browsers in the caller's transaction, and enqueues them.
 * @param unitId nothing is written if this office is in trial
 */
async function write(
	tx: Tx,
	which: SQL | undefined,
	{ kind, occasion, unitId }: { kind: PushKind; occasion: string; unitId?: string }
): Promise<void> {
	const browsers = await tx.select({ subscriptionId: pushSubscriptions.id }).from(pushSubscriptions).where(which);
	if (browsers.length === 0 || (unitId && (await isTrialUnit(unitId)))) return;
	const written = await tx
		.insert(pushMessages)
		.values(
			browsers.map(({ subscriptionId }) => ({
				subscriptionId,
				kind,
				onceKey: `${occasion}:${subscriptionId}`,
				nextAttemptAt: afterJob(),
				expiresAt: fromNow(PUSH_KEPT_MS)
			}))
		)
		.onConflictDoNothing({ target: pushMessages.onceKey })
		.returning({ id: pushMessages.id });
	await enqueueMany(
		tx,
		'push-deliver',
		written.map(({ id }) => ({ id, attempt: 1 }))
	);
}

/** Writes the push messages of a notice for all devices of these people who did not switch off its kind. */
export async function queueNoticePushes(
	tx: Tx,
	accountIds: readonly string[],
	{ kind, onceKey }: { kind: NoticeKind; onceKey: string }
): Promise<void> {
	const { accountId } = pushSubscriptions;
	const which = and(inArray(accountId, [...accountIds]), not(isSwitchedOff(accountId, kind, 'push')));
	await write(tx, which, { kind, occasion: `notice:${onceKey}` });
}

/** Writes a message to all browsers that a reporter allowed for a case, unless its office is in trial. */
export async function queueReporterPushes(
	tx: Tx,
	{ id, unitId }: { id: number; unitId: string },
	kind: ReporterPush,
	onceKey: string
): Promise<void> {
	await write(tx, eq(pushSubscriptions.caseId, id), { kind, occasion: `reporter:${id}:${onceKey}`, unitId });
}

/** The cases among these for which a reporter allowed push messages. */
export async function casesWithPush(caseIds: readonly number[]): Promise<Set<number>> {
	if (caseIds.length === 0) return new Set();
	const rows = await db()
		.select({ caseId: pushSubscriptions.caseId })
		.from(pushSubscriptions)
		.where(inArray(pushSubscriptions.caseId, [...caseIds]));
	return new Set(rows.flatMap(({ caseId }) => caseId ?? []));
}

/** Sends a test to all devices of the person, also in quiet hours. */
export async function testDevices({ accountId }: Actor): Promise<void> {
	if (!accountId) return;
	await transaction((tx) =>
		write(tx, eq(pushSubscriptions.accountId, accountId), { kind: 'test', occasion: `test:${crypto.randomUUID()}` })
	);
}
