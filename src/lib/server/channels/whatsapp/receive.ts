import { transaction } from '#lib/server/db/index.ts';
import { encryptText, sameSecret } from '#lib/server/keys.ts';
import { withoutReceipts } from '#lib/server/cases/receipt.ts';
import { parseJson } from '#lib/server/integrations/foreign-text.ts';
import {
	isSignature,
	isSigned,
	readWebhook,
	type NumberEvents,
	type WhatsAppMessage
} from '#lib/server/integrations/whatsapp/webhook.ts';
import { enqueueMany } from '#lib/server/jobs/queue.ts';
import { connectionsBy, noteReceived, secretsOf, type ConnectionRow } from '../connections/connections.ts';
import { storeArrived } from '../incoming/store-message.ts';
import { noteUnknownFormat } from '../incoming/unknown-format.ts';
import { hashMessageId } from '../hash-message-id.ts';

/**
 * A message as it waits for its job, encrypted: it contains a number and a name. `repliesTo`: the key of the message to
 * which it replies.
 */
export interface StoredMessage extends Omit<WhatsAppMessage, 'at'> {
	/** Hash of a receipt that was in the text. The stored text does not contain the receipt. */
	receiptHash?: string;
}

/** Answers Meta's request to verify the webhook. @returns the text to send back; undefined if the token is wrong */
export async function answerChallenge(query: URLSearchParams): Promise<string | undefined> {
	const token = query.get('hub.verify_token') ?? '';
	if (query.get('hub.mode') !== 'subscribe' || token === '') return undefined;
	const secrets = await Promise.all((await connectionsBy('whatsapp')).map(secretsOf));
	const isOurs = secrets.some(({ verifyToken = '' }) => verifyToken !== '' && sameSecret(verifyToken, token));
	return isOurs ? (query.get('hub.challenge') ?? '') : undefined;
}

/**
 * Stores the messages and statuses of one call, each once, and enqueues their jobs in the same commit. The call is
 * parsed only if the secret of one of our numbers signed it, and stored only for the numbers whose secret did.
 *
 * @param read returns the body; not called without a signature or a number of ours, so that strangers can't fill the
 * memory
 * @returns false, and stores nothing, if the secret of none of our numbers signed it, or if it is only for numbers of
 * ours whose secret did not
 */
export async function receiveWebhook(read: () => Promise<Uint8Array>, signature: string | null): Promise<boolean> {
	const all = isSignature(signature) ? await connectionsBy('whatsapp') : [];
	if (all.length === 0) return false;
	const body = await read();
	const secrets = await Promise.all(all.map(secretsOf));
	const signed = all.filter((_, index) => isSigned(body, signature, secrets[index]?.appSecret ?? ''));
	if (signed.length === 0) return false;
	const numbers = new Map(signed.map((connection) => [connection.settings.phoneNumberId, connection]));
	const events = readWebhook(parseJson(new TextDecoder().decode(body)));
	const known = events.filter(({ phoneNumberId }) => numbers.has(phoneNumberId));
	// Meta repeats a refused call for days. So a call is refused only if it is for one of our numbers whose secret did
	// not sign it. A call for unknown numbers is accepted and ignored.
	if (known.length === 0) return !events.some(({ phoneNumberId }) => all.some(isNumber(phoneNumberId)));
	for (const event of known) await storeEvents(event, numbers.get(event.phoneNumberId) as ConnectionRow);
	return true;
}

const isNumber = (id: string) => (connection: ConnectionRow) => connection.settings.phoneNumberId === id;

async function storeEvents({ messages, unreadable, statuses }: NumberEvents, connection: ConnectionRow): Promise<void> {
	const sources = await Promise.all(messages.map(sealed));
	await transaction(async (tx) => {
		const jobs: { messageId: number }[] = [];
		for (const [index, { id, at, kind, text }] of messages.entries()) {
			const row = await storeArrived(tx, connection, {
				onceKey: `whatsapp:${hashMessageId(id)}`,
				source: { sealed: sources[index] },
				kind,
				bytes: Buffer.byteLength(text),
				sentAt: at
			});
			if (row) jobs.push({ messageId: row.id });
		}
		await enqueueMany(tx, 'message-take', jobs);
		for (const message of unreadable) await noteUnknownFormat(tx, connection, message);
		const outcomes = statuses.map((status) => ({ ...status, externalId: hashMessageId(status.externalId) }));
		const statusJobs = outcomes.map((status) => ({ connectionId: connection.id, status, tries: 1 }));
		await enqueueMany(tx, 'message-status', statusJobs);
	});
	if (unreadable.length === 0) await noteReceived(connection.id, messages.length > 0);
}

/** Encrypts a message. A receipt in its text is replaced by its hash, because no receipt is ever stored. */
function sealed({ at: _, ...message }: WhatsAppMessage): Promise<string> {
	const { text, hash } = withoutReceipts(message.text);
	const repliesTo = message.repliesTo && hashMessageId(message.repliesTo);
	const stored: StoredMessage = { ...message, text, repliesTo, receiptHash: hash };
	return encryptText(JSON.stringify(stored));
}
