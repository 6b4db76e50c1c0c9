import { and, asc, desc, eq, notInArray, sql } from 'drizzle-orm';
import { z } from 'zod';
import { m } from '#lib/paraglide/messages.js';
import { getLocale } from '#lib/paraglide/runtime.js';
import { checked } from '#lib/server/checked.ts';
import { now } from '#lib/server/clock.ts';
import { db, transaction, type Tx } from '#lib/server/db/index.ts';
import { isId } from '#lib/server/db/is-id.ts';
import { dropProgress } from '#lib/server/db/job-progress.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { pushSubscriptions } from '#lib/server/db/schema/channels.ts';
import { TooMany } from '#lib/server/errors.ts';
import { isPushEndpoint, type PushSubscription } from '#lib/server/integrations/push/push.ts';
import { decryptText, encryptText, keyedHex } from '#lib/server/keys.ts';
import { accountIdOf, type Actor } from '#lib/server/people/actor.ts';
import { recordConsents } from '#lib/server/people/consents.ts';
import { BUDGETS, consume } from '#lib/server/rate-limits.ts';

/** Key of the number of messages to devices of staff that push services refused in a row. */
export const REFUSED_COUNT = 'push.refused';

/** Devices per account and per case. A further one replaces the oldest. */
const MOST_DEVICES = 5;

const endpoint = z.string({ error: 'push_endpoint' }).refine(isPushEndpoint, 'push_endpoint');
/** The keys of a browser in base64url: 65 and 16 bytes. */
const subscription = z.object({
	endpoint,
	p256dh: z.string({ error: 'push_endpoint' }).regex(/^[\w-]{87}$/, 'push_endpoint'),
	auth: z.string({ error: 'push_endpoint' }).regex(/^[\w-]{22}$/, 'push_endpoint')
});
const deviceInput = subscription.extend({
	device: z.string({ error: 'push_device' }).trim().min(1, 'push_device').max(60, 'push_device')
});

type Owner = { accountId: string } | { caseId: number };
const ownedBy = (owner: Owner) =>
	'caseId' in owner ? eq(pushSubscriptions.caseId, owner.caseId) : eq(pushSubscriptions.accountId, owner.accountId);
const endpointHash = (address: string) => keyedHex('push-endpoint', address);

/** Stores a browser, or its new keys and name. */
async function store(
	tx: Tx,
	owner: Owner,
	{ endpoint, device, ...keys }: z.output<typeof subscription> & { device?: string }
): Promise<void> {
	const sealed = await encryptText(JSON.stringify({ endpoint, keys } satisfies PushSubscription));
	const values = { subscriptionSealed: sealed, device: device ?? null, language: getLocale(), createdAt: now() };
	const byCase = 'caseId' in owner;
	await tx
		.insert(pushSubscriptions)
		.values({ ...owner, endpointHash: endpointHash(endpoint), ...values })
		.onConflictDoUpdate({
			target: [byCase ? pushSubscriptions.caseId : pushSubscriptions.accountId, pushSubscriptions.endpointHash],
			targetWhere: byCase ? sql`case_id is not null` : sql`account_id is not null`,
			set: values
		});
	const newest = tx
		.select({ id: pushSubscriptions.id })
		.from(pushSubscriptions)
		.where(ownedBy(owner))
		.orderBy(desc(pushSubscriptions.createdAt))
		.limit(MOST_DEVICES);
	await tx.delete(pushSubscriptions).where(and(ownedBy(owner), notInArray(pushSubscriptions.id, newest)));
}

const wishInput = z.discriminatedUnion('wish', [
	subscription.extend({ wish: z.literal('on') }),
	z.object({ wish: z.literal('off'), endpoint }),
	z.object({ wish: z.literal('ask'), endpoint })
]);

/**
 * Switches push messages about a case to the reporter's browser on or off, or asks whether they are on. The consent is
 * recorded. The caller must check that the browser has the case open.
 * @returns whether they are on now
 * @throws TooMany if they were switched on many times in a day. Switching off is never refused
 */
export async function switchReporterPush(caseId: number, raw: unknown): Promise<boolean> {
	const input = checked(wishInput, raw);
	const here = and(ownedBy({ caseId }), eq(pushSubscriptions.endpointHash, endpointHash(input.endpoint)));
	if (input.wish === 'ask') return (await db().$count(pushSubscriptions, here)) > 0;
	const given = input.wish === 'on';
	if (given && !(await consume('reporter_push', String(caseId)))) throw new TooMany(BUDGETS.reporter_push.seconds);
	await transaction(async (tx) => {
		const was = (await tx.delete(pushSubscriptions).where(here).returning({ id: pushSubscriptions.id })).length > 0;
		if (input.wish === 'on') {
			const { wish: _, ...browser } = input;
			await store(tx, { caseId }, browser);
		}
		if (was === given) return;
		const words = given ? `${m.push_lead()} ${m.push_turn_on()}` : m.push_turn_off();
		const consent = { kind: 'reporter_push', given, words, language: getLocale(), recordedBy: null } as const;
		await recordConsents(tx, [{ caseId, ...consent }]);
	});
	return given;
}

/**
 * Ends the push messages about a case: its reporter withdraws the consent, or its receipt was replaced and a stranger may
 * have had it.
 * @returns whether there were any
 */
export async function dropCaseSubscriptions(tx: Tx, caseId: number): Promise<boolean> {
	const dropped = await tx.delete(pushSubscriptions).where(ownedBy({ caseId })).returning({ id: pushSubscriptions.id });
	return dropped.length > 0;
}

/** Copies the subscriptions of a report to a part that was split off from it. */
export async function copySubscriptions(tx: Tx, caseId: number): Promise<void> {
	const whole = tx.select({ id: cases.splitFromId }).from(cases).where(eq(cases.id, caseId));
	const rows = await tx
		.select()
		.from(pushSubscriptions)
		.where(eq(pushSubscriptions.caseId, sql`(${whole})`));
	if (rows.length === 0) return;
	await tx
		.insert(pushSubscriptions)
		.values(rows.map(({ id: _, ...row }) => ({ ...row, caseId })))
		.onConflictDoNothing();
}

/** Stores the browser of a signed-in person under a name of theirs. */
export async function addDevice(actor: Actor, raw: unknown): Promise<void> {
	const input = checked(deviceInput, raw);
	await transaction(async (tx) => {
		await store(tx, { accountId: accountIdOf(actor) }, input);
		// The next message shows whether push services still refuse.
		await dropProgress(tx, REFUSED_COUNT);
	});
}

/** The person's devices, oldest first. */
export const devicesOf = (actor: Actor) =>
	db()
		.select({ id: pushSubscriptions.id, device: pushSubscriptions.device, createdAt: pushSubscriptions.createdAt })
		.from(pushSubscriptions)
		.where(ownedBy({ accountId: accountIdOf(actor) }))
		.orderBy(asc(pushSubscriptions.createdAt));

export async function removeDevice(actor: Actor, id: string): Promise<void> {
	await db()
		.delete(pushSubscriptions)
		.where(and(isId(pushSubscriptions.id, id), ownedBy({ accountId: accountIdOf(actor) })));
}

export const openSubscription = async (sealed: string): Promise<PushSubscription> =>
	JSON.parse(await decryptText(sealed)) as PushSubscription;
