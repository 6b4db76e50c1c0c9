import { Readable } from 'node:stream';
import { Decrypter, Encrypter } from 'age-encryption';
import { toWebStream } from '#lib/server/web-stream.ts';
import { BackupFault } from './fault.ts';

/** How every file in the age format begins (age-encryption.org/v1). */
const MAGIC = 'age-encryption.org/v1';

/**
 * Memory and time that a guess costs: 2^16 blocks of 1 kB, 64 MB and a third of a second. The default of the format, 256 MB,
 * would end a site of 512 MB; passphrases are asked to be 16 characters or longer instead.
 */
const WORK_FACTOR = 16;

const asNode = (stream: ReadableStream<Uint8Array>) => Readable.fromWeb(stream as never);

/** Whether a file that begins with these bytes is encrypted. */
export const isSealed = (beginning: Buffer): boolean => beginning.toString('latin1').startsWith(MAGIC);
export const MAGIC_BYTES = MAGIC.length;

/** Encrypts a stream under a passphrase, in the age format: `age --decrypt` opens it too. */
export async function seal(plain: Readable, passphrase: string): Promise<Readable> {
	const encrypter = new Encrypter();
	encrypter.setPassphrase(passphrase);
	encrypter.setScryptWorkFactor(WORK_FACTOR);
	return asNode(await encrypter.encrypt(toWebStream(plain)));
}

/** The plain stream of an encrypted one. @throws BackupFault if the passphrase is another or the head is damaged */
export async function unseal(sealed: Readable, passphrase: string): Promise<Readable> {
	const decrypter = new Decrypter();
	decrypter.addPassphrase(passphrase);
	try {
		return asNode(await decrypter.decrypt(toWebStream(sealed)));
	} catch (cause) {
		if (/no identity matched/.test((cause as Error).message))
			throw new BackupFault('passphrase_wrong', 'the passphrase does not open this backup', { cause });
		throw new BackupFault('damaged', `the backup is damaged: ${(cause as Error).message}`, { cause });
	}
}
