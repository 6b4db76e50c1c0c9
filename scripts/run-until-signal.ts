/**
 * Shared by benchmarks and fault injection. They end on a signal or when their time is over. They print in one line why
 * they can't continue, and leave no process and no file behind.
 */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import postgres from 'postgres';
import { StartError } from '#lib/server/errors.ts';
import { createDatabase, startPostgres } from '#lib/dev/testing/postgres-server.ts';
import { readOptions, runCommand } from './options.ts';

/** Steps to undo at the end, the last one first. */
export type Undo = (() => unknown)[];

/**
 * Runs a script's work with its options. Its signal is aborted by SIGINT, by SIGTERM, and after the option `seconds`.
 * `work` returns whether it succeeded, which becomes the exit code.
 */
export async function runUntilSignal<const T extends Record<string, number | string | boolean>>(
	usage: string,
	defaults: T,
	work: (options: ReturnType<typeof readOptions<T>>, signal: AbortSignal) => Promise<boolean>,
	{ minimums = {} }: { minimums?: Partial<Record<keyof T, number>> } = {}
): Promise<void> {
	const ending = new AbortController();
	for (const signal of ['SIGINT', 'SIGTERM'] as const) {
		// The embedded server's package would end the process before the undo steps.
		process.removeAllListeners(signal);
		process.on(signal, () => ending.abort(new StartError('ended from outside')));
	}
	await runCommand(usage, async () => {
		const options = readOptions(defaults, minimums);
		const limit = 'seconds' in options ? [AbortSignal.timeout(Number(options.seconds) * 1000)] : [];
		process.exitCode = (await work(options, AbortSignal.any([ending.signal, ...limit]))) ? 0 : 1;
	});
	// The embedded server's package ends the process with 0 when the event loop is empty, whatever the exit code is.
	process.exit();
}

/** Runs `work` until `signal` is aborted at the latest, and then runs its undo steps, however it ends. */
export async function withUndoUntil<T>(signal: AbortSignal, work: (undo: Undo) => Promise<T>): Promise<T> {
	signal.throwIfAborted();
	const undo: Undo = [];
	const ended = new Promise<never>((_, end) => signal.addEventListener('abort', () => end(signal.reason as Error)));
	const working = work(undo);
	try {
		return await Promise.race([working, ended]);
	} finally {
		working.catch(() => {});
		for (const step of undo.reverse()) await (async () => step())().catch(() => {});
	}
}

/** Runs `work` and then its undo steps, without a time limit. */
export const withUndo = <T>(work: (undo: Undo) => Promise<T>): Promise<T> =>
	withUndoUntil(new AbortController().signal, work);

/** Checks `reached` every `everyMs` milliseconds until it is true. @throws if `signal` ends the run first */
export async function pollUntil(
	signal: AbortSignal,
	everyMs: number,
	reached: () => boolean | Promise<boolean>
): Promise<void> {
	while (!(await reached())) await wait(everyMs, undefined, { signal });
}

/** @throws StartError if the site was not built */
export function requireBuild(): void {
	if (!existsSync('build/handler.js')) throw new StartError('the build is missing: run "npm run build" first');
}

/** Makes a temporary folder that is removed at the end. */
export function ownFolder(undo: Undo): string {
	const folder = mkdtempSync(join(tmpdir(), 'spatula-run-'));
	const remove = () => rmSync(folder, { recursive: true, force: true });
	process.once('exit', remove);
	undo.push(() => process.off('exit', remove), remove);
	return folder;
}

/**
 * Makes a temporary folder, and a database on a PostgreSQL server in it or on that of TEST_DATABASE_URL. All are removed at
 * the end.
 */
export async function ownServer(undo: Undo): Promise<{ folder: string; url: string }> {
	const folder = ownFolder(undo);
	const server = await startPostgres(join(folder, 'postgres'));
	undo.push(server.stop);
	return { folder, url: await ownDatabase(server.url, `spatula_run_${randomBytes(6).toString('hex')}`, undo) };
}

/** Makes an empty database that is dropped at the end, because TEST_DATABASE_URL may name somebody's server. @returns its address */
export async function ownDatabase(server: string, name: string, undo: Undo): Promise<string> {
	const admin = postgres(server, { max: 1, onnotice: () => {} });
	const drop = () => admin.unsafe(`drop database if exists ${name} with (force)`);
	undo.push(() => admin.end({ timeout: 5 }), drop);
	await drop();
	return createDatabase(server, name);
}
