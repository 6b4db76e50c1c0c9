import { and, eq, gt } from 'drizzle-orm';
import { MINUTE_MS } from '#lib/calendar/durations.ts';
import { phone } from '#lib/cases/schema.ts';
import { withoutReceipts } from '#lib/server/cases/receipt-hash.ts';
import { now } from '#lib/server/clock.ts';
import { transaction } from '#lib/server/db/index.ts';
import { incomingMessages } from '#lib/server/db/schema/channels.ts';
import { parseJson } from '#lib/server/integrations/foreign-text.ts';
import { valueAt } from '#lib/server/integrations/sms/gateway.ts';
import { enqueue } from '#lib/server/jobs/queue.ts';
import { decryptText, encryptText, sameSecret, sha256Hex } from '#lib/server/keys.ts';
import { connectionById, noteReceived, secretsOf } from '../connections/connections.ts';
import { noteIncoming, setAside, takeIncoming, type IncomingRow } from '../incoming/intake.ts';
import { smsSettings } from './settings.ts';

/** Characters of an SMS of ten parts. A longer text is cut, and ends with a sign of it. */
const MAX_TEXT = 1530;
const cut = (text: string) => (text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT - 2).toWellFormed()} …` : text);

/** An SMS as it waits for its job, encrypted. */
type SealedSms = Record<'sender' | 'text', string>;

/** What became of a call of the gateway. `unreadable`: sender or text were not at their paths. */
type Received = 'stored' | 'refused' | 'unreadable';

/**
 * Stores an SMS that the gateway delivers as JSON or as a form, once. The gateway's id alone does not make it the same one,
 * because some gateways begin to count again. Without an id and a time of its own, a message counts
 * as repeated if its sender and text come again within a minute.
 */
export async function receiveSms(
	id: string,
	secret: string | null,
	mediaType: string,
	body: string
): Promise<Received> {
	const connection = await connectionById(id, 'sms');
	const { secret: ours = '' } = connection ? await secretsOf(connection) : {};
	if (!connection || ours === '' || !sameSecret(ours, secret ?? '')) return 'refused';
	const paths = smsSettings.parse(connection.settings);
	const isForm = /urlencoded/i.test(mediaType);
	const content = isForm ? Object.fromEntries(new URLSearchParams(body)) : parseJson(body);
	const sender = valueAt(content, paths.senderPath);
	const text = valueAt(content, paths.textPath);
	if (!sender || text === undefined) return 'unreadable';
	const externalId = valueAt(content, paths.messageIdPath);
	const time = valueAt(content, paths.timePath);
	const message: SealedSms = { sender, text: cut(withoutReceipts(text).text) };
	const minute = Math.floor(now().getTime() / MINUTE_MS);
	const keyOf = (at: number | string) => {
		const key = JSON.stringify([sender, text, externalId ?? time ?? at]);
		return `sms:${connection.id}:${sha256Hex(key)}`;
	};
	const sealed = await encryptText(JSON.stringify(message));
	await transaction(async (tx) => {
		const { onceKey, receivedAt } = incomingMessages;
		const lately = gt(receivedAt, new Date(now().getTime() - MINUTE_MS));
		const isRepeated =
			!externalId && !time && (await tx.$count(incomingMessages, and(eq(onceKey, keyOf(minute - 1)), lately)));
		if (isRepeated) return;
		const row = await noteIncoming(tx, connection, {
			onceKey: keyOf(minute),
			externalId: externalId ?? null,
			source: { sealed },
			bytes: Buffer.byteLength(message.text),
			sentAt: timeOf(time)
		});
		if (row) await enqueue(tx, 'message-take', { messageId: row.id });
	});
	await noteReceived(connection.id, true);
	return 'stored';
}

const ISO = /^\d{4}-\d\d-\d\d[T ]/;

/** Seconds, milliseconds or an ISO time; the present for anything else, because 03/12 may be a day in March. */
function timeOf(text = ''): Date {
	const number = Number(text || Number.NaN);
	const at = Number.isFinite(number)
		? new Date(number > 1e11 ? number : number * 1000)
		: new Date(ISO.test(text) ? text : Number.NaN);
	return Number.isNaN(at.getTime()) ? now() : at;
}

/** Processes a stored SMS. A sender that is no number is a program, such as the operator's advertising. */
export async function processSms(row: IncomingRow): Promise<void> {
	const { sender, text } = JSON.parse(await decryptText(String(row.source?.sealed))) as SealedSms;
	await transaction(async (tx) => {
		if (!phone.safeParse(sender).success) return setAside(tx, row.id, 'machine', 'not_a_number');
		await takeIncoming(tx, row, { sender: { name: null, address: sender }, body: text, files: [], refusedFiles: [] });
	});
}
