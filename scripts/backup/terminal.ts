import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import type { Progress, Stage } from '#lib/server/backup/write-backup.ts';

export const megabytes = (bytes: number): string => `${(bytes / 1_000_000).toFixed(1)} MB`;

const WORDS: Record<Stage, string> = { database: 'database', files: 'files', checking: 'reading it back' };

/** Shows progress as one line that overwrites itself on a terminal. Shows nothing elsewhere. */
export function showProgress(): { show: Progress; end: () => void } {
	if (!process.stderr.isTTY) return { show: () => {}, end: () => {} };
	const write = (text: string) => process.stderr.write(`\r\u001b[K${text}`);
	return { show: (stage, bytes) => write(`${WORDS[stage]}: ${megabytes(bytes)}`), end: () => write('') };
}

/** Asks for the passphrase without showing it. Undefined if there is no terminal to ask on. */
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
