import { createHmac } from 'node:crypto';
import { asc, eq, inArray } from 'drizzle-orm';
import { seeded } from '#lib/dev/lapor-sandbox/faults.ts';
import { WHATSAPP_SANDBOX } from '#lib/dev/whatsapp-sandbox/store.ts';
import { processMessage } from '#lib/server/channels/process-message.ts';
import { receiveWebhook } from '#lib/server/channels/whatsapp/receive.ts';
import { db } from '#lib/server/db/index.ts';
import { conversations, incomingMessages, outgoingMessages } from '#lib/server/db/schema/channels.ts';
import type { ConnectionRow } from '#lib/server/channels/connections/connections.ts';
import { SEED } from '../random-tests.ts';

const random = seeded(SEED);

const shuffled = <T>(list: readonly T[]): T[] =>
	list
		.map((one) => ({ one, by: random() }))
		.sort((a, b) => a.by - b.by)
		.map(({ one }) => one);

/** A webhook of one message, signed. */
function webhook(message: Record<string, unknown>): readonly [Buffer, string] {
	const value = { metadata: { phone_number_id: WHATSAPP_SANDBOX.phoneNumberId }, messages: [message] };
	const body = Buffer.from(JSON.stringify({ entry: [{ changes: [{ value }] }] }));
	return [body, `sha256=${createHmac('sha256', WHATSAPP_SANDBOX.appSecret).update(body).digest('hex')}`];
}

/**
 * Delivers messages of several people, each up to four times, in random order and at the same time, while jobs process
 * them: some twice at once, and some begun and never finished, as after a kill. Then lets the sweep's work end.
 *
 * @returns the texts that were sent, and those that the conversations have, sorted
 */
export async function deliverMany(connection: ConnectionRow, count: number, people: number) {
	const sent = Array.from({ length: count }, (_, index) => `pesan ${String(index).padStart(4, '0')}`);
	const calls = sent.flatMap((text, index) => {
		const timestamp = String(Math.floor(Date.now() / 1000) - count + index);
		const from = String(6_281_260_000_000 + (index % people));
		const call = webhook({
			id: `wamid.many.${connection.id}.${index}`,
			from,
			timestamp,
			type: 'text',
			text: { body: text }
		});
		return Array.from({ length: 1 + Math.floor(random() * 4) }, () => call);
	});
	const ofHere = eq(incomingMessages.connectionId, connection.id);
	const work = async (share: number) => {
		const open = await db().select().from(incomingMessages).where(ofHere).orderBy(asc(incomingMessages.id));
		const stored = shuffled(open.filter(({ state }) => state === 'stored'));
		const begun = stored.slice(0, Math.ceil(stored.length * share));
		await Promise.all(begun.flatMap(({ id }) => [processMessage(id), processMessage(id)]));
	};
	const waiting = shuffled(calls);
	while (waiting.length > 0) {
		const batch = waiting.splice(0, 8);
		await Promise.all([
			...batch.map(([body, signature]) => receiveWebhook(() => Promise.resolve(body), signature)),
			work(0.4)
		]);
		// A kill between the claim of an attempt and its work leaves only the number of the attempt.
		await db().update(incomingMessages).set({ attempts: 1 }).where(eq(incomingMessages.attempts, 0));
	}
	await work(1);
	const rows = await db().select().from(incomingMessages).where(ofHere);
	const talks = await db().select().from(conversations).where(eq(conversations.connectionId, connection.id));
	const replies = await db()
		.select()
		.from(outgoingMessages)
		.where(
			inArray(
				outgoingMessages.conversationId,
				talks.map(({ id }) => id)
			)
		);
	return {
		sent,
		kept: rows.map(({ body }) => body).sort(),
		states: [...new Set(rows.map(({ state }) => state))],
		conversations: talks.length,
		/** Replies of the site: one welcome for each person. */
		replies: replies.length,
		reports: talks.filter(({ caseId }) => caseId !== null).length
	};
}
