import { Readable } from 'node:stream';
import { toWebStream } from '#lib/server/web-stream.ts';
import { BackupFault } from './fault.ts';

/** The first bytes of every file in the age format (age-encryption.org/v1). */
const MAGIC = 'age-encryption.org/v1';

/**
 * Cost of one guess at the passphrase: 2^16 blocks of 1 kB, which is 64 MB and a third of a second. The format's
 * default of 256 MB is half of a small site's 512 MB and could make it run out of memory. Because a guess is cheaper
 * here, passphrases must have at least 16 characters.
 */
const WORK_FACTOR = 16;

/** Loaded at the first use, because it is large and is needed once a day. */
const age = () => import('age-encryption');

const asNode = (stream: ReadableStream<Uint8Array>) => Readable.fromWeb(stream as never);

/** Whether a file that begins with these bytes is encrypted. */
export const isEncrypted = (beginning: Buffer): boolean => beginning.toString('latin1').startsWith(MAGIC);
export const MAGIC_BYTES = MAGIC.length;

/** Encrypts a stream with a passphrase in the age format, which `age --decrypt` opens too. */
export async function encryptStream(plain: Readable, passphrase: string): Promise<Readable> {
	const { Encrypter } = await age();
	const encrypter = new Encrypter();
	encrypter.setPassphrase(passphrase);
	encrypter.setScryptWorkFactor(WORK_FACTOR);
	return asNode(await encrypter.encrypt(toWebStream(plain)));
}

/** Decrypts a stream. @throws BackupFault if the passphrase is wrong or the header is damaged */
export async function decryptStream(encrypted: Readable, passphrase: string): Promise<Readable> {
	const { Decrypter } = await age();
	const decrypter = new Decrypter();
	decrypter.addPassphrase(passphrase);
	try {
		return asNode(await decrypter.decrypt(toWebStream(encrypted)));
	} catch (cause) {
		if (/no identity matched/.test((cause as Error).message))
			throw new BackupFault('passphrase_wrong', 'the passphrase does not open this backup', { cause });
		throw new BackupFault('damaged', `the backup is damaged: ${(cause as Error).message}`, { cause });
	}
}
