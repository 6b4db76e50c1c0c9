import { createHash } from 'node:crypto';

/** Bytes in which the headers are searched. */
const MAX_HEAD_BYTES = 256 * 1024;

/**
 * Computes the key that identifies an e-mail, so that one that is read twice is stored once: SHA-256 of mailbox,
 * Message-ID, Date and body. An e-mail without a Message-ID is identified by all its bytes. The key stays the same if the
 * mailbox moves to a server that changes no headers. The message is not parsed, because it is stored before anything tries
 * to parse it.
 *
 * @param size bytes of the whole message, if only its headers were read
 */
export function mailIdentity(mailbox: string, bytes: Uint8Array, size: number | undefined) {
	const whole = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	const end = whole.indexOf('\r\n\r\n');
	const head = whole
		.subarray(0, Math.min(end === -1 ? whole.length : end, MAX_HEAD_BYTES))
		.toString('latin1')
		.replaceAll('\0', '')
		.replace(/\r\n[ \t]+/g, ' ');
	const header = (name: RegExp) => name.exec(head)?.[1]?.trim() ?? '';
	const id = header(/^message-id:(.*)$/im);
	const hash = createHash('sha256').update(
		`${mailbox.toLowerCase()}\n${id}\n${header(/^date:(.*)$/im)}\n${size ?? ''}\n`
	);
	// Two people can send the same words with a program that sets no Message-ID.
	if (!id) hash.update(whole);
	else if (size === undefined) hash.update(end === -1 ? whole : whole.subarray(end));
	return { messageId: /<([^<>\s]{3,400})>/.exec(id)?.[1] ?? null, onceKey: `mail:${hash.digest('hex')}` };
}
