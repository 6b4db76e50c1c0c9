import { eq, sql } from 'drizzle-orm';
import {
	discardFiles,
	discardUnlessStored,
	keepFiles,
	MAX_FILES,
	type KeptFile
} from '#lib/server/attachments/stored-files.ts';
import { withoutReceipts } from '#lib/server/cases/receipt.ts';
import { isStorageFullError } from '#lib/server/db/free-space.ts';
import { db, transaction } from '#lib/server/db/index.ts';
import { incomingMessages } from '#lib/server/db/schema/channels.ts';
import { env } from '#lib/server/env.ts';
import { Invalid } from '#lib/server/errors.ts';
import { storableText } from '#lib/text/storable-text.ts';
import { parseMail, type ParsedMail } from '#lib/server/integrations/mail/mime.ts';
import { splitReply } from '#lib/server/integrations/mail/reply-text.ts';
import { encryptText } from '#lib/server/keys.ts';
import { log } from '#lib/server/log.ts';
import type { ConnectionRow } from '../connections/connections.ts';
import { placeMessage, type IncomingRow } from '../incoming/store-message.ts';
import { setAside } from '../incoming/set-aside.ts';
import { noteUndelivered, undeliveredMail } from './delivery-report.ts';
import { isAddition, machineReason, unreadableReason } from './mail-kind.ts';
import { caseNamedIn, threadOf } from './thread.ts';

/** Tries to process a message. One that ends the process counts too: the try is stored before it begins. */
export const MAX_TRIES = 3;

/** The disk has no room: the message waits in the mailbox, and the try does not count. */
class NoRoom extends Error {
	override name = 'NoRoom';
}

export const isDiskFull = (error: unknown): boolean => error instanceof NoRoom || isStorageFullError(error);

/** Counts a try to process a message. @returns its number */
export async function countTry({ id }: IncomingRow): Promise<number> {
	const [tried] = await db()
		.update(incomingMessages)
		.set({ attempts: sql`${incomingMessages.attempts} + 1` })
		.where(eq(incomingMessages.id, id))
		.returning({ attempts: incomingMessages.attempts });
	return tried?.attempts ?? 1;
}

/**
 * Processes a stored message: it goes to its case or conversation, or is set aside with a reason. After the third failure a
 * person has to look, so that it does not block other messages. Safe to repeat.
 */
export async function processMail(connection: ConnectionRow, row: IncomingRow, bytes: Uint8Array): Promise<void> {
	const attempts = await countTry(row);
	if (attempts > MAX_TRIES) return setMailAside(row, 'gave_up');
	try {
		await parseAndPlace(connection, row, bytes);
	} catch (error) {
		if (isDiskFull(error)) {
			await db()
				.update(incomingMessages)
				.set({ attempts: attempts - 1 })
				.where(eq(incomingMessages.id, row.id));
			throw error;
		}
		log().error({ message: row.id, attempts, err: error }, 'an e-mail could not be processed');
		if (attempts >= MAX_TRIES) await setMailAside(row, 'gave_up');
	}
}

async function parseAndPlace(connection: ConnectionRow, row: IncomingRow, bytes: Uint8Array): Promise<void> {
	const parsed = await parseMail(bytes);
	if ('fault' in parsed) {
		// A busy machine is slow too, so it is tried again.
		if (parsed.fault === 'slow') throw new Error('parsing the e-mail took too long');
		return setMailAside(row, parsed.fault);
	}
	// Marks of direction in a name or subject would turn around the address beside it.
	const mail = {
		...parsed.mail,
		from: parsed.mail.from.map(({ name, address }) => ({ name: storableText(name), address: storableText(address) })),
		subject: storableText(withoutReceipts(parsed.mail.subject).text),
		text: withoutReceipts(parsed.mail.text).text
	};
	const undelivered = await undeliveredMail(mail);
	if (undelivered) {
		return transaction(async (tx) => {
			await noteUndelivered(tx, undelivered);
			await setAside(tx, row.id, 'machine', 'delivery_report');
		});
	}
	const machine = machineReason(mail, ownAddresses(connection));
	if (machine) return setMailAside(row, machine, { mail, connection }, 'machine');
	const unreadable = unreadableReason(mail);
	if (unreadable) return setMailAside(row, unreadable, { mail, connection });
	await keepFilesAndPlace(connection, row, mail);
}

/**
 * Sets a message aside for a person, who finds it in the mailbox by its sender and subject. These are stored encrypted, with
 * the case or conversation that decides who may read them.
 */
export async function setMailAside(
	row: IncomingRow,
	reason: string,
	read?: { mail: ParsedMail; connection: ConnectionRow },
	state: 'failed' | 'machine' = 'failed'
): Promise<void> {
	if (read) {
		const { from, subject } = read.mail;
		const seen = { name: from[0]?.name ?? '', address: from[0]?.address ?? '', subject };
		const to = (await threadOf(read.mail, read.connection)) ?? (await caseNamedIn(subject));
		const source = { ...row.source, seen: await encryptText(JSON.stringify(seen)), to };
		await db().update(incomingMessages).set({ source }).where(eq(incomingMessages.id, row.id));
	}
	await setAside(db(), row.id, state, reason);
}

function ownAddresses({ address }: ConnectionRow): string[] {
	const sender = /([^\s<>]+@[^\s<>]+)>?$/.exec(env().MAIL_FROM ?? '')?.[1];
	return [address, ...(sender ? [sender] : [])].map((one) => one.toLowerCase());
}

async function keepFilesAndPlace(connection: ConnectionRow, row: IncomingRow, mail: ParsedMail): Promise<void> {
	const [sender] = mail.from;
	const to = await threadOf(mail, connection);
	const { body, quoted } = splitReply(mail.text, to !== undefined);
	// Attached files first: pictures of a quoted e-mail must not take their place.
	const sent = mail.files.filter((file) => !isAddition(file)).toSorted((a, b) => Number(a.inline) - Number(b.inline));
	const { files, refused } = await keepEach(sent);
	const content = {
		sender: { name: sender?.name || null, address: sender?.address ?? '' },
		subject: mail.subject,
		body,
		quoted,
		files,
		refusedFiles: refused,
		to
	};
	await discardUnlessStored(files, () => transaction((tx) => placeMessage(tx, row, content)));
}

const NAME = 80;

/** Cleans the files one by one: a file that is refused is named, and the message arrives without it. */
async function keepEach(sent: ParsedMail['files']) {
	const files: KeptFile[] = [];
	const refused: { name: string; reason: string }[] = [];
	for (const { name, contentType, bytes } of sent) {
		const shown = (name || contentType).slice(0, NAME);
		if (files.length === MAX_FILES) {
			refused.push({ name: shown, reason: 'file_too_many' });
			continue;
		}
		try {
			files.push(...(await keepFiles([{ name: shown, type: contentType, bytes }], 'citizen')));
		} catch (error) {
			const code = error instanceof Invalid ? error.issues[0]?.code : undefined;
			if (code === undefined || code === 'file_no_room') {
				// The next try stores them again.
				await discardFiles(files);
				throw code ? new NoRoom('no room for the files of an e-mail') : error;
			}
			refused.push({ name: shown, reason: code });
		}
	}
	return { files, refused: refused.slice(0, 50) };
}
