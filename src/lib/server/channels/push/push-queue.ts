import { and, eq, inArray, not, type SQL } from 'drizzle-orm';
import { DAY_MS } from '#lib/calendar/durations.ts';
import { now } from '#lib/server/clock.ts';
import { db, transaction, type Tx } from '#lib/server/db/index.ts';
import { pushMessages, pushSubscriptions, quietHours } from '#lib/server/db/schema/channels.ts';
import { enqueueMany } from '#lib/server/jobs/queue.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { ofHighestUnit } from '#lib/server/people/administration.ts';
import { firstZone } from '#lib/server/people/units/find-unit.ts';
import { isTrialUnit } from '#lib/server/people/units/trial.ts';
import { afterJob } from '../attempts.ts';
import type { NoticeKind } from '#lib/words/notices.ts';
import { isSwitchedOff } from '../notice-choices.ts';
import type { PushKind, ReporterPush } from './push-words.ts';
import { afterQuietHours, DEFAULT_QUIET } from './quiet-hours.ts';

/** A message that no browser got within a day after it was due is dropped. */
const KEPT_MS = DAY_MS;

interface NewPush {
	subscriptionId: string;
	dueAt: Date;
}

/** Writes a message for each browser in the caller's transaction, and enqueues those that are due. */
async function write(tx: Tx, pushes: readonly NewPush[], kind: PushKind, occasion: string): Promise<void> {
	if (pushes.length === 0) return;
	const at = now();
	const written = await tx
		.insert(pushMessages)
		.values(
			pushes.map(({ subscriptionId, dueAt }) => ({
				subscriptionId,
				kind,
				onceKey: `${occasion}:${subscriptionId}`,
				nextAttemptAt: dueAt > at ? dueAt : afterJob(),
				expiresAt: new Date(dueAt.getTime() + KEPT_MS)
			}))
		)
		.onConflictDoNothing({ target: pushMessages.onceKey })
		.returning({ id: pushMessages.id, subscriptionId: pushMessages.subscriptionId });
	const later = new Set(pushes.filter(({ dueAt }) => dueAt > at).map(({ subscriptionId }) => subscriptionId));
	const jobs = written.filter(({ subscriptionId }) => !later.has(subscriptionId));
	await enqueueMany(
		tx,
		'push-deliver',
		jobs.map(({ id }) => ({ id, attempt: 1 }))
	);
}

/**
 * Writes the push messages of a notice for all devices of these people who did not switch off its kind. In a person's
 * quiet hours they wait for the end.
 */
export async function queueNoticePushes(
	tx: Tx,
	accountIds: readonly string[],
	{ kind, onceKey }: { kind: NoticeKind; onceKey: string }
): Promise<void> {
	const { begins, ends } = quietHours;
	const { accountId } = pushSubscriptions;
	const devices = await tx
		.select({ subscriptionId: pushSubscriptions.id, begins, ends, zone: ofHighestUnit('time_zone', accountId) })
		.from(pushSubscriptions)
		.leftJoin(quietHours, eq(quietHours.accountId, accountId))
		.where(and(inArray(accountId, [...accountIds]), not(isSwitchedOff(accountId, kind, 'push'))));
	const elsewhere = await firstZone();
	const pushes = devices.map(({ subscriptionId, begins, ends, zone }) => {
		const quiet = begins && ends ? { begins, ends } : DEFAULT_QUIET;
		return { subscriptionId, dueAt: afterQuietHours(now(), quiet, zone ?? elsewhere) };
	});
	await write(tx, pushes, kind, `notice:${onceKey}`);
}

/** Writes a message to all browsers that a reporter allowed for a case, unless its office is in trial. */
export async function queueReporterPushes(
	tx: Tx,
	{ id, unitId }: { id: number; unitId: string },
	kind: ReporterPush,
	onceKey: string
): Promise<void> {
	const pushes = await dueNow(tx, eq(pushSubscriptions.caseId, id));
	if (pushes.length === 0 || (await isTrialUnit(unitId))) return;
	await write(tx, pushes, kind, `reporter:${id}:${onceKey}`);
}

/** A message for each of these browsers, due at once. */
async function dueNow(tx: Tx, which: SQL): Promise<NewPush[]> {
	const browsers = await tx.select({ subscriptionId: pushSubscriptions.id }).from(pushSubscriptions).where(which);
	return browsers.map((browser) => ({ ...browser, dueAt: now() }));
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
	await transaction(async (tx) => {
		const pushes = await dueNow(tx, eq(pushSubscriptions.accountId, accountId));
		await write(tx, pushes, 'test', `test:${crypto.randomUUID()}`);
	});
}
