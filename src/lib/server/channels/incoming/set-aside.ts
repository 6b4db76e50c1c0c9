import { and, asc, desc, eq, inArray, sql, type SQL } from 'drizzle-orm';
import { z } from 'zod';
import { isAbout, officersIn } from '#lib/cases/find-officer-names.ts';
import { firstCharacters } from '#lib/text/cut-text.ts';
import { visibleTo } from '#lib/server/cases/visibility.ts';
import { checked } from '#lib/server/checked.ts';
import { now } from '#lib/server/clock.ts';
import { db, transaction, type Database, type Tx } from '#lib/server/db/index.ts';
import { beyond, pageOf } from '#lib/server/db/page.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { connections, conversations, incomingMessages } from '#lib/server/db/schema/channels.ts';
import { units } from '#lib/server/db/schema/units.ts';
import { Conflict } from '#lib/server/errors.ts';
import { decryptText } from '#lib/server/keys.ts';
import { caseRoleUnits, type Actor } from '#lib/server/people/actor.ts';
import { recordChange } from '#lib/server/people/audit.ts';
import { referenceData } from '#lib/server/reference/reference.ts';
import { conversationsFor } from './conversation.ts';

const SHOWN = 50;
/** Characters of a message. A call in an unknown format may have many messages. */
const MAX_SHOWN = 10_000;

const ofOffices = (actor: Actor) => inArray(incomingMessages.unitId, caseRoleUnits(actor));
// Literals, so that the partial indexes are used.
export const failedOf = (actor: Actor) => and(sql`${incomingMessages.state} = 'failed'`, ofOffices(actor));
const machineOf = (actor: Actor) => and(sql`${incomingMessages.state} = 'machine'`, ofOffices(actor));

export type AsideMessage = Awaited<ReturnType<typeof failedMessages>>['items'][number];

/**
 * "Perlu diperiksa": the oldest messages that could not be processed, with the reason. `more`: there are others, which
 * appear after these are settled. Messages that the actor may not see do not count toward the limit.
 */
export async function failedMessages(actor: Actor) {
	const shown: Awaited<ReturnType<typeof shownTo>> = [];
	let from: string | null | undefined;
	do {
		const after = beyond(from ?? undefined, [incomingMessages.receivedAt, incomingMessages.id], 'oldest');
		const rows = await asideMessages(actor, and(failedOf(actor), after), asc).limit(SHOWN + 1);
		const { items, nextCursor } = pageOf(rows, SHOWN, ({ receivedAt }) => receivedAt);
		shown.push(...(await shownTo(actor, items)));
		from = nextCursor;
	} while (from !== null && shown.length <= SHOWN);
	return { items: shown.slice(0, SHOWN), more: shown.length > SHOWN };
}

/** A page of the messages that programs wrote, the newest first. They are kept for 90 days. */
export async function machineMessages(actor: Actor, cursor: string | undefined) {
	const after = beyond(cursor, [incomingMessages.receivedAt, incomingMessages.id]);
	const rows = await asideMessages(actor, and(machineOf(actor), after), desc).limit(SHOWN + 1);
	const { items, nextCursor } = pageOf(rows, SHOWN, ({ receivedAt }) => receivedAt);
	return { items: await shownTo(actor, items), nextCursor };
}

const thread = sql`${incomingMessages.source} -> 'to'`;
/** Join the conversation and the case in whose thread an e-mail is that was set aside. */
export const threadConversation = sql`${conversations.id} = (${thread} ->> 'conversationId')::bigint`;
export const threadCase = sql`${cases.id} = coalesce((${thread} ->> 'caseId')::bigint, ${conversations.caseId})`;

/** Condition for messages in no thread, or in that of a case or conversation that the actor may see. */
const seesThread = (actor: Actor): SQL => sql`(${thread} is null
	or case when ${conversations.id} is null then ${visibleTo(actor)} else ${conversationsFor(actor)} end)`;

function asideMessages(actor: Actor, where: SQL | undefined, order: typeof asc) {
	const { id, reason, source, bytes, sentAt, receivedAt } = incomingMessages;
	return db()
		.select({
			id,
			reason,
			source,
			bytes,
			sentAt,
			receivedAt,
			channel: connections.channel,
			unit: { id: units.id, name: units.name, timeZone: units.timeZone },
			/** How the reporter is named, in the thread of a case. */
			identity: cases.identity
		})
		.from(incomingMessages)
		.innerJoin(connections, eq(connections.id, incomingMessages.connectionId))
		.innerJoin(units, eq(units.id, incomingMessages.unitId))
		.leftJoin(conversations, threadConversation)
		.leftJoin(cases, threadCase)
		.where(and(where, seesThread(actor)))
		.orderBy(order(receivedAt), order(id));
}

/**
 * The rows with what is known of each message. Leaves out rows that `readableBy` would hide as conversations. In the
 * thread of a case that hides its reporter's name, neither sender nor subject are shown.
 */
async function shownTo(actor: Actor, rows: Awaited<ReturnType<typeof asideMessages>>) {
	const { officers, officerById, unitById } = await referenceData();
	const own = officers.filter(({ accountId }) => accountId !== null && accountId === actor.accountId);
	const opened = await Promise.all(rows.map(async ({ source, ...row }) => ({ ...row, seen: await seenIn(source) })));
	const visible = opened.filter(({ seen, unit }) => {
		const text = textWithNames(seen);
		const office = unitById.get(unit.id);
		const head = officerById.get(office?.headOfficerId ?? '');
		const readsAboutHead = actor.units.supervisor.includes(office?.parentId ?? unit.id);
		return officersIn(text, own).length === 0 && (readsAboutHead || !head || !isAbout(text, head));
	});
	return visible.map(({ identity, seen, ...row }) => {
		if (identity === 'withheld') return { ...row, seen: null };
		return { ...row, seen: seen?.text === undefined ? seen : { ...seen, text: firstCharacters(seen.text, MAX_SHOWN) } };
	});
}

/** Sender and subject of an e-mail, to find it in the mailbox; sender and text of a message by WhatsApp or SMS. */
interface Seen {
	name: string | null;
	address: string;
	subject?: string;
	text?: string;
}

/** The text in which officers may be named. */
export const textWithNames = (seen: Seen | null): string => `${seen?.subject ?? ''}\n${seen?.text ?? ''}`;

/** What the webhooks of WhatsApp and SMS store. */
interface SealedMessage {
	sender?: string;
	from?: { userId: string | null; number: string | null; name: string | null };
	text: string;
}

export async function seenIn(source: Record<string, unknown> | null): Promise<Seen | null> {
	if (typeof source?.seen === 'string') return JSON.parse(await decryptText(source.seen)) as Seen;
	if (typeof source?.sealed !== 'string') return null;
	const { sender, from, text } = JSON.parse(await decryptText(source.sealed)) as SealedMessage;
	return { name: from?.name ?? null, address: sender ?? from?.number ?? from?.userId ?? '', text };
}

/** Puts a message aside that was not processed: written by a program, or a person has to look. `reason` is a code. */
export async function setAside(
	on: Tx | Database,
	messageId: number,
	state: 'machine' | 'failed',
	reason: string
): Promise<void> {
	await on
		.update(incomingMessages)
		.set({ state, reason })
		.where(and(eq(incomingMessages.id, messageId), eq(incomingMessages.state, 'stored')));
}

/** Reason of a message in a format that its channel's code does not know; also the error that its connection shows. */
export const UNKNOWN_FORMAT = 'unknown_format';

/** A message that fails again is notified again, one working day after `againAt`. */
const triedAgain = () => {
	const source = sql`(coalesce(${incomingMessages.source}, '{}') - 'alarmed') || ${JSON.stringify({ againAt: now() })}::jsonb`;
	return { state: 'stored' as const, reason: null, attempts: 0, source };
};

/** Reasons that a change of the connection's settings may resolve. */
const BY_SETTINGS = ['token_refused', UNKNOWN_FORMAT];

/** Queues again the messages that were set aside because of the connection's former settings. */
export async function retrySetAside(tx: Tx, connectionId: string): Promise<void> {
	const { state, reason } = incomingMessages;
	await tx
		.update(incomingMessages)
		.set(triedAgain())
		.where(
			and(eq(incomingMessages.connectionId, connectionId), sql`${state} = 'failed'`, inArray(reason, BY_SETTINGS))
		);
}

const settlement = z.object({ message: z.coerce.number().int(), settle: z.enum(['again', 'done']) });

/**
 * Settles a message that could not be processed: it is tried again, or a person dealt with it in the mailbox itself.
 * @throws Conflict `stale` if somebody settled it meanwhile, or if the list hides it from the actor
 */
export async function settleFailed(actor: Actor, raw: unknown): Promise<void> {
	const { message, settle } = checked(settlement, raw);
	const failed = and(eq(incomingMessages.id, message), failedOf(actor));
	const [shown] = await shownTo(actor, await asideMessages(actor, failed, asc));
	if (!shown) throw new Conflict('stale');
	await transaction(async (tx) => {
		const [row] = await tx
			.update(incomingMessages)
			.set(settle === 'again' ? triedAgain() : { state: 'done' })
			.where(failed)
			.returning({ unitId: incomingMessages.unitId });
		if (!row) throw new Conflict('stale');
		const action = settle === 'again' ? 'conversation.tried_again' : 'conversation.settled';
		await recordChange(tx, actor, { unitId: row.unitId, action, subject: `#${message}` });
	});
}
