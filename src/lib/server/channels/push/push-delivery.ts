import { and, asc, eq, gt, inArray, isNotNull, lte } from 'drizzle-orm';
import { MINUTE_MS } from '#lib/calendar/durations.ts';
import { now } from '#lib/server/clock.ts';
import { db, transaction, type Tx } from '#lib/server/db/index.ts';
import { pushMessages, pushSubscriptions } from '#lib/server/db/schema/channels.ts';
import { sendPush } from '#lib/server/integrations/push/push.ts';
import { enqueueMany } from '#lib/server/jobs/queue.ts';
import { outgoingHeld } from '#lib/server/outgoing-hold.ts';
import { pushKeys, pushSubject } from './push-keys.ts';
import { PUSH_JOB_MS } from './push-queue.ts';
import { pushPayload, type PushKind } from './push-words.ts';
import { openSubscription } from './subscriptions.ts';

/** Minutes until the first retries. Later ones wait an hour. */
const WAITS = [1, 5, 15];

/**
 * Tries once to send a push message. If the worker dies, the sweep tries again: two alike are better than none, and a
 * browser shows one per kind. A subscription that has ended is deleted with its messages.
 *
 * @param attempt number of this attempt. A late or repeated job finds another number and does nothing
 */
export async function deliverPush(pushId: string, attempt: number): Promise<void> {
	if (await outgoingHeld()) return;
	const message = await claim(pushId, attempt);
	if (!message) return;
	const { subscriptionId, kind, expiresAt } = message;
	const ofSubscription = eq(pushSubscriptions.id, subscriptionId);
	const [subscription] = await db().select().from(pushSubscriptions).where(ofSubscription);
	if (!subscription) return;
	const payload = JSON.stringify(pushPayload(kind as PushKind, subscription.language));
	const outcome = await sendPush(await openSubscription(subscription.subscriptionSealed), payload, {
		keys: await pushKeys(),
		subject: pushSubject(),
		ttl: Math.ceil((expiresAt.getTime() - now().getTime()) / 1000)
	});
	if (outcome === 'gone') return void (await db().delete(pushSubscriptions).where(ofSubscription));
	const wait = (WAITS[attempt - 1] ?? 60) * MINUTE_MS;
	await db()
		.update(pushMessages)
		.set({ dueAt: outcome === 'later' ? new Date(now().getTime() + wait) : null })
		.where(and(eq(pushMessages.id, pushId), eq(pushMessages.attempts, attempt)));
	if (outcome === 'sent') await db().update(pushSubscriptions).set({ lastSentAt: now() }).where(ofSubscription);
}

/** Claims the row. The attempt counter is the fence, because each number is used once. */
async function claim(pushId: string, attempt: number) {
	const [claimed] = await db()
		.update(pushMessages)
		.set({ attempts: attempt, dueAt: new Date(now().getTime() + PUSH_JOB_MS) })
		.where(
			and(
				eq(pushMessages.id, pushId),
				eq(pushMessages.attempts, attempt - 1),
				isNotNull(pushMessages.dueAt),
				gt(pushMessages.expiresAt, now())
			)
		)
		.returning();
	return claimed;
}

const BATCH = 500;

/** Runs each minute: deletes the messages of the day before, and enqueues due ones. */
export async function sweepPushes(): Promise<void> {
	await db().delete(pushMessages).where(lte(pushMessages.expiresAt, now()));
	if (await outgoingHeld()) return;
	const due = await db()
		.select({ id: pushMessages.id })
		.from(pushMessages)
		.where(lte(pushMessages.dueAt, now()))
		.orderBy(asc(pushMessages.dueAt))
		.limit(BATCH);
	if (due.length === 0) return;
	const ids = due.map(({ id }) => id);
	await transaction(async (tx) => {
		const claimed = await tx
			.update(pushMessages)
			.set({ dueAt: new Date(now().getTime() + PUSH_JOB_MS) })
			.where(and(inArray(pushMessages.id, ids), lte(pushMessages.dueAt, now())))
			.returning({ id: pushMessages.id, attempts: pushMessages.attempts });
		await enqueueMany(
			tx,
			'push-deliver',
			claimed.map(({ id, attempts }) => ({ pushId: id, attempt: attempts + 1 }))
		);
	});
}

/** After a restore: drops all messages, because most were sent and none is worth a day. */
export async function dropPushMessages(tx: Tx): Promise<void> {
	await tx.delete(pushMessages);
}
