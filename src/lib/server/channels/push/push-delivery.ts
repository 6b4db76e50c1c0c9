import { and, eq, gt, isNotNull, lte } from 'drizzle-orm';
import { now } from '#lib/server/clock.ts';
import { db, type Tx } from '#lib/server/db/index.ts';
import { dropProgress, incrementProgress, progressOf } from '#lib/server/db/job-progress.ts';
import { pushMessages, pushSubscriptions } from '#lib/server/db/schema/channels.ts';
import { sendPush } from '#lib/server/integrations/push/push.ts';
import { log } from '#lib/server/log.ts';
import { outgoingHeld } from '#lib/server/outgoing-hold.ts';
import { isNoticeShown } from '../notice-list.ts';
import { afterJob, enqueueDue, nextTry } from '../outbox.ts';
import { pushKeys, pushSubject } from './push-keys.ts';
import { PUSH_KEPT_MS } from './push-queue.ts';
import { pushPayload, type PushKind } from './push-words.ts';
import { quietUntil } from './quiet-hours.ts';
import { openSubscription, REFUSED_COUNT } from './subscriptions.ts';

/**
 * Tries once to send a push message. If the worker dies, the sweep tries again. A duplicate is better than no message,
 * and a browser shows only one per kind. A subscription that has ended is deleted with its messages, and so is a message
 * about a notice that the person may not see any more. In a person's quiet hours a message waits for their end, except a
 * test.
 *
 * @param attempt number of this attempt. A late or repeated job finds another number and does nothing
 */
export async function deliverPush(pushId: string, attempt: number): Promise<void> {
	if (await outgoingHeld()) return;
	const message = await claimPush(pushId, attempt);
	if (!message) return;
	const { subscriptionId, kind, expiresAt, onceKey } = message;
	const ofSubscription = eq(pushSubscriptions.id, subscriptionId);
	const [subscription] = await db().select().from(pushSubscriptions).where(ofSubscription);
	if (!subscription) return;
	const { accountId } = subscription;
	const [, notice] = /^notice:(.*):[^:]*$/.exec(onceKey) ?? [];
	if (accountId && notice && !(await isNoticeShown(accountId, `${notice}:${accountId}`)))
		return void (await db().delete(pushMessages).where(eq(pushMessages.id, pushId)));
	const ofAttempt = and(eq(pushMessages.id, pushId), eq(pushMessages.attempts, attempt));
	const dueAt = accountId && kind !== 'test' ? await quietUntil(accountId) : now();
	if (dueAt > now()) {
		// Not an attempt. The day in which a message is kept begins when it is due.
		const kept = attempt === 1 ? { expiresAt: new Date(dueAt.getTime() + PUSH_KEPT_MS) } : {};
		const postponed = { attempts: attempt - 1, nextAttemptAt: dueAt, ...kept };
		return void (await db().update(pushMessages).set(postponed).where(ofAttempt));
	}
	const payload = JSON.stringify(pushPayload(kind as PushKind, subscription.language));
	const answer = await sendPush(await openSubscription(subscription.subscriptionSealed), payload, {
		keys: await pushKeys(),
		subject: pushSubject(),
		ttl: Math.ceil((expiresAt.getTime() - now().getTime()) / 1000)
	});
	if (answer.kind === 'gone') return void (await db().delete(pushSubscriptions).where(ofSubscription));
	const next =
		answer.kind === 'later' ? nextTry(now(), { tries: attempt, since: now() }, answer.retryAfterMs) : undefined;
	await db()
		.update(pushMessages)
		.set({ nextAttemptAt: next ?? null })
		.where(ofAttempt);
	if (answer.kind === 'later') return;
	// Without a status nothing was sent: the browser gave an address or a key that can't be used.
	if (answer.kind === 'refused' && answer.status !== undefined) {
		log().warn({ status: answer.status }, 'a push service refused a message');
		// Refusals of reporters' devices do not count, because a reporter can register any address.
		if (accountId !== null && OF_SITE.includes(answer.status)) await incrementProgress(db(), REFUSED_COUNT);
	}
	if (answer.kind !== 'sent') return;
	if (accountId !== null) await dropProgress(db(), REFUSED_COUNT);
	await db().update(pushSubscriptions).set({ lastSentAt: now() }).where(ofSubscription);
}

/** Statuses with which push services refuse the site's key or clock. Others concern one message. */
const OF_SITE = [400, 401, 403];

/** How many messages to devices of staff push services refused in a row, because of the site's key or clock. */
export const refusedPushes = async (): Promise<number> =>
	Number((await progressOf(db(), [REFUSED_COUNT])).get(REFUSED_COUNT) ?? 0);

/** Claims the row. The attempt counter is the fence, because each number is used once. */
async function claimPush(pushId: string, attempt: number) {
	const { id, attempts, nextAttemptAt, expiresAt } = pushMessages;
	const [claimed] = await db()
		.update(pushMessages)
		.set({ attempts: attempt, nextAttemptAt: afterJob() })
		.where(and(eq(id, pushId), eq(attempts, attempt - 1), isNotNull(nextAttemptAt), gt(expiresAt, now())))
		.returning();
	return claimed;
}

/** Runs each minute: deletes expired messages, and enqueues due ones. */
export async function sweepPushes(): Promise<void> {
	await db().delete(pushMessages).where(lte(pushMessages.expiresAt, now()));
	if (!(await outgoingHeld())) await enqueueDue(pushMessages, 'push-deliver');
}

/** After a restore: deletes all messages, because most were sent already and an old one is of no use. */
export async function dropPushMessages(tx: Tx): Promise<void> {
	await tx.delete(pushMessages);
}
