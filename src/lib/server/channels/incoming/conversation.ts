import { and, asc, eq, inArray, ne, or, sql, type SQL } from 'drizzle-orm';
import { email as emailInput, phone as phoneInput } from '#lib/cases/schema.ts';
import type { Reporter } from '#lib/server/cases/reporter.ts';
import { visibleTo } from '#lib/server/cases/visibility.ts';
import type { Tx } from '#lib/server/db/index.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { conversations, incomingMessages } from '#lib/server/db/schema/channels.ts';
import { Conflict, NotFound } from '#lib/server/errors.ts';
import { decryptText } from '#lib/server/keys.ts';
import type { Actor } from '#lib/server/people/actor.ts';

export type ConversationRow = typeof conversations.$inferSelect;

/** Who wrote: an e-mail address, a phone number, or the user id of a messenger. */
export interface Sender {
	name: string | null;
	address: string;
	/** The phone number beside the user id of a messenger, if the person shows it. */
	number?: string;
}

export const openSender = async ({ senderSealed }: Pick<ConversationRow, 'senderSealed'>): Promise<Sender> =>
	JSON.parse(await decryptText(senderSealed)) as Sender;

/** The sender as a reporter. A user id of a messenger is neither an address nor a number. */
export function contactOf({ name, address, number }: Sender): Reporter {
	const isEmail = emailInput.safeParse(address).success;
	const { data: phone = null } = phoneInput.safeParse(number ?? address);
	return { name: name || (number ?? address), email: isEmail ? address : null, phone };
}

/**
 * Condition for the conversations that an actor may see: those of the units where they are handler or supervisor, and
 * those that belong to a case as they may see the case.
 */
export function conversationsFor(actor: Actor): SQL {
	const units = [...new Set([...actor.units.handler, ...actor.units.supervisor])];
	const ofCase = sql`exists (select from ${cases} where ${cases.id} = ${conversations.caseId} and ${visibleTo(actor)})`;
	const undecided = and(inArray(conversations.unitId, units), ne(conversations.state, 'case'));
	return or(undecided, and(eq(conversations.state, 'case'), ofCase)) ?? sql`false`;
}

/**
 * Locks a conversation about which nobody has decided yet.
 * @param access `conversationsFor(actor)`; undefined for the person who wrote it
 * @throws NotFound · Conflict `invalid-move` if it was decided meanwhile
 */
export async function lockWaiting(tx: Tx, id: number, access: SQL | undefined): Promise<ConversationRow> {
	const row = await lockConversation(tx, id, access);
	if (row.state !== 'waiting') throw decidedMeanwhile(row);
	return row;
}

export const decidedMeanwhile = ({ state }: ConversationRow) =>
	new Conflict('invalid-move', { reason: `conversation_${state}` });

/** Locks a conversation. @throws NotFound */
export async function lockConversation(tx: Tx, id: number, access: SQL | undefined): Promise<ConversationRow> {
	// Access is asked after the lock: a decision meanwhile can change who may see the conversation.
	await tx.select({ id: conversations.id }).from(conversations).where(eq(conversations.id, id)).for('update');
	const [row] = await tx
		.select()
		.from(conversations)
		.where(and(eq(conversations.id, id), access));
	if (!row) throw new NotFound(`conversation ${id}`);
	return row;
}

/** The messages of a conversation, the oldest first. */
export const messagesOf = (tx: Tx, conversationId: number) =>
	tx
		.select()
		.from(incomingMessages)
		.where(eq(incomingMessages.conversationId, conversationId))
		.orderBy(asc(incomingMessages.sentAt), asc(incomingMessages.id));
