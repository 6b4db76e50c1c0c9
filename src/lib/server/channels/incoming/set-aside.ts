import { and, asc, eq, inArray, sql } from 'drizzle-orm';
import { z } from 'zod';
import { checked } from '#lib/server/checked.ts';
import { db, transaction } from '#lib/server/db/index.ts';
import { connections, incomingMessages } from '#lib/server/db/schema/channels.ts';
import { units } from '#lib/server/db/schema/units.ts';
import { Conflict } from '#lib/server/errors.ts';
import { decryptText } from '#lib/server/keys.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { recordChange } from '#lib/server/people/audit.ts';
import { officesOf } from './conversation.ts';

const SHOWN = 50;

const failedOf = (actor: Actor) =>
	and(
		// A literal, so that the partial index is used.
		sql`${incomingMessages.state} = 'failed'`,
		inArray(incomingMessages.unitId, officesOf(actor))
	);

export type FailedMessage = Awaited<ReturnType<typeof failedMessages>>[number];

/** "Perlu diperiksa": messages that could not be processed, the oldest first, with the reason. */
export async function failedMessages(actor: Actor) {
	const { id, reason, source, bytes, sentAt } = incomingMessages;
	const rows = await db()
		.select({
			...{ id, reason, source, bytes, sentAt },
			channel: connections.channel,
			unit: { name: units.name, timeZone: units.timeZone }
		})
		.from(incomingMessages)
		.innerJoin(connections, eq(connections.id, incomingMessages.connectionId))
		.innerJoin(units, eq(units.id, incomingMessages.unitId))
		.where(failedOf(actor))
		.orderBy(asc(incomingMessages.receivedAt))
		.limit(SHOWN);
	return Promise.all(
		rows.map(async ({ source: from, ...row }) => ({
			...row,
			/** Sender and subject, by which a person finds an e-mail in the mailbox. */
			seen:
				typeof from?.seen === 'string'
					? (JSON.parse(await decryptText(from.seen)) as { name: string; address: string; subject?: string })
					: null
		}))
	);
}

const settlement = z.object({ message: z.coerce.number().int(), settle: z.enum(['again', 'done']) });

/**
 * Settles a message that could not be processed: it is tried again, or a person dealt with it in the mailbox itself.
 * @throws Conflict `stale` if somebody settled it meanwhile
 */
export async function settleFailed(actor: Actor, raw: unknown): Promise<void> {
	const { message, settle } = checked(settlement, raw);
	await transaction(async (tx) => {
		const [row] = await tx
			.update(incomingMessages)
			.set(settle === 'again' ? { state: 'stored', reason: null, attempts: 0 } : { state: 'done' })
			.where(and(eq(incomingMessages.id, message), failedOf(actor)))
			.returning({ unitId: incomingMessages.unitId });
		if (!row) throw new Conflict('stale');
		const action = settle === 'again' ? 'conversation.tried_again' : 'conversation.settled';
		await recordChange(tx, actor, { unitId: row.unitId, action, subject: `#${message}` });
	});
}
