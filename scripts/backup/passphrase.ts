import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';

/** Asks for the passphrase without showing it. Undefined where nobody can be asked. */
export async function askPassphrase(): Promise<string | undefined> {
	if (!process.stdin.isTTY) return undefined;
	process.stderr.write('passphrase of the backup: ');
	const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
	const reader = createInterface({ input: process.stdin, output: silent, terminal: true });
	try {
		return await reader.question('');
	} finally {
		reader.close();
		process.stderr.write('\n');
	}
}
