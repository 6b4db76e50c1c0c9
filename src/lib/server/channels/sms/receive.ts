import { eq } from 'drizzle-orm';
import { phone } from '#lib/cases/schema.ts';
import { withoutReceipts } from '#lib/server/cases/receipt.ts';
import { now } from '#lib/server/clock.ts';
import { transaction, type Tx } from '#lib/server/db/index.ts';
import { incomingMessages } from '#lib/server/db/schema/channels.ts';
import { at, listAt, parseJson } from '#lib/server/integrations/foreign-text.ts';
import { valueAt } from '#lib/server/integrations/sms/gateway.ts';
import { enqueue } from '#lib/server/jobs/queue.ts';
import { decryptText, encryptText, sameSecret } from '#lib/server/keys.ts';
import { cutText } from '#lib/text/cut-text.ts';
import { connectionById, noteReceived, secretsOf, type ConnectionRow } from '../connections/connections.ts';
import { storeArrived, placeMessage, type IncomingRow } from '../incoming/store-message.ts';
import { setAside, UNKNOWN_FORMAT } from '../incoming/set-aside.ts';
import { keyOfMinute, noteUnknownFormat } from '../incoming/unknown-format.ts';
import { hashMessageId } from '../hash-message-id.ts';
import { smsSettings } from './settings.ts';

/** Characters of an SMS of ten parts. A longer text is cut and ends with “…”. */
const MAX_TEXT = 1530;

/** Most SMS read from one call. A gateway that was offline for a day delivers some hundreds. */
const MAX_SMS_PER_CALL = 1000;

/** One SMS in a call of the gateway. */
interface ReadSms {
	sender: string;
	text: string;
	externalId: string | undefined;
	time: string | undefined;
}

/** The encrypted part of an SMS that waits for its job. */
type SealedSms = Pick<ReadSms, 'sender' | 'text'>;

/**
 * Stores each SMS of a gateway's call once. The call is JSON or a form, which may lack its media type. A call without a
 * sender or text at their paths is stored for a person to look at.
 *
 * @param read returns the body; not called if the secret is wrong, so that strangers can't fill the memory
 * @returns false if the secret is wrong
 */
export async function receiveSms(
	id: string,
	secret: string | null,
	mediaType: string,
	read: () => Promise<string>
): Promise<boolean> {
	const connection = await connectionById(id, 'sms');
	const { secret: ours = '' } = connection ? await secretsOf(connection) : {};
	if (!connection || ours === '' || !sameSecret(ours, secret ?? '')) return false;
	const body = await read();
	const isForm = /urlencoded/i.test(mediaType) || /^[\w.-]+=\S*$/.test(body);
	const content = isForm ? Object.fromEntries(new URLSearchParams(body)) : parseJson(body);
	const isRead = await transaction(async (tx) => {
		if (await storeCall(tx, connection, content, now())) return true;
		await noteUnknownFormat(tx, connection, content ?? body);
		return false;
	});
	if (isRead) await noteReceived(connection.id, true);
	return true;
}

/** Stores each SMS of a call that can be read, and enqueues its job. @returns whether all could */
async function storeCall(tx: Tx, connection: ConnectionRow, content: unknown, received: Date): Promise<boolean> {
	const messages = readCall(connection, content);
	for (const message of messages) if (message) await storeSms(tx, connection, message, received);
	return !messages.includes(undefined);
}

/**
 * Reads a call. If the paths lead through the first entry of a list, like `messages.0.text`, each entry is an SMS. The
 * entries above `MAX_SMS_PER_CALL` count together as one SMS that can't be read.
 */
function readCall(connection: ConnectionRow, content: unknown): (ReadSms | undefined)[] {
	const { senderPath, textPath, timePath, messageIdPath } = smsSettings.parse(connection.settings);
	const [first = ''] = /^([\w-]+\.)*?0\./.exec(senderPath) ?? [];
	const list = first && textPath.startsWith(first) ? listAt(content, ...first.split('.').slice(0, -2)) : [];
	const length = Math.min(Math.max(list.length, 1), MAX_SMS_PER_CALL + 1);
	return Array.from({ length }, (_, entry) => {
		if (entry === MAX_SMS_PER_CALL) return undefined;
		const inEntry = (path: string) => path.replace(/(?<=^|\.)0(?=\.)/, String(entry));
		const value = (path: string) => valueAt(content, inEntry(path));
		const raw = at(content, ...inEntry(textPath).split('.'));
		const isEmpty = typeof raw === 'string' && raw.trim() === '';
		const [sender, text] = [value(senderPath), isEmpty ? '' : value(textPath)];
		return sender && text !== undefined
			? { sender, text, externalId: value(messageIdPath), time: value(timePath) }
			: undefined;
	});
}

/**
 * Stores an SMS once. The gateway's id alone does not identify an SMS, because some gateways restart their numbering.
 * Without an id and a time, an SMS counts as repeated if its sender and text come again within a minute.
 */
async function storeSms(
	tx: Tx,
	connection: ConnectionRow,
	{ sender, text, externalId, time }: ReadSms,
	received: Date
): Promise<void> {
	const own = externalId ?? time;
	const keyOf = (occasion: string | number) =>
		`sms:${connection.id}:${hashMessageId(JSON.stringify([sender, text, occasion]))}`;
	const onceKey = own ? keyOf(own) : await keyOfMinute(tx, keyOf, received);
	if (!onceKey) return;
	const message: SealedSms = { sender, text: cutText(withoutReceipts(text).text, MAX_TEXT) };
	const row = await storeArrived(tx, connection, {
		onceKey,
		source: { sealed: await encryptText(JSON.stringify(message)) },
		bytes: Buffer.byteLength(message.text),
		sentAt: timeOf(received, time)
	});
	if (row) await enqueue(tx, 'message-take', { messageId: row.id });
}

const ISO = /^\d{4}-\d\d-\d\d[T ]/;

/** Seconds, milliseconds or an ISO time; `received` for anything else, because 03/12 may be a day in March. */
function timeOf(received: Date, text = ''): Date {
	const number = Number(text || Number.NaN);
	const at = Number.isFinite(number)
		? new Date(number > 1e11 ? number : number * 1000)
		: new Date(ISO.test(text) ? text : Number.NaN);
	return Number.isNaN(at.getTime()) ? received : at;
}

/**
 * Processes a stored SMS. A sender that is not a number is a program, such as the operator's advertising. A call in an
 * unknown format is read again with the present settings.
 */
export async function processSms(row: IncomingRow, connection: ConnectionRow): Promise<void> {
	const { sender, text } = JSON.parse(await decryptText(String(row.source?.sealed))) as SealedSms;
	await transaction(async (tx) => {
		if (row.source?.unread) {
			const isRead = await storeCall(tx, connection, parseJson(text), row.receivedAt);
			if (!isRead) return setAside(tx, row.id, 'failed', UNKNOWN_FORMAT);
			await tx.update(incomingMessages).set({ state: 'done', source: null }).where(eq(incomingMessages.id, row.id));
			return;
		}
		if (text === '') return setAside(tx, row.id, 'machine', 'empty');
		if (!phone.safeParse(sender).success) return setAside(tx, row.id, 'machine', 'not_a_number');
		await placeMessage(tx, row, { sender: { name: null, address: sender }, body: text, files: [], refusedFiles: [] });
	});
}
