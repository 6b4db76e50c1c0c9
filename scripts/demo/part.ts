import { spawn, type ChildProcess } from 'node:child_process';
import { delimiter, dirname } from 'node:path';
import { StartError } from '#lib/server/errors.ts';

/** What a part takes over from the shell. Nothing else: the demo must not open the database a shell is set to. */
const TAKEN_OVER = ['HOME', 'LANG', 'TMPDIR', 'TZ'];

/** The environment of a part: the project's own Node first, and only the settings that are given. */
export function partEnvironment(settings: Record<string, string>): NodeJS.ProcessEnv {
	const taken = TAKEN_OVER.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : []));
	const path = [dirname(process.execPath), process.env.PATH ?? ''].join(delimiter);
	return { ...Object.fromEntries(taken), PATH: path, ...settings };
}

/** A running program of the demo. */
export interface Part {
	name: string;
	/** Resolves when it has ended, with the last thing it said. */
	ended: Promise<{ code: number | null; said: string }>;
	/** Asks it to end, and insists after a while. */
	stop(): Promise<void>;
}

const PATIENCE_MS = 40_000;
const KEPT = 4000;

/** Starts a script of this project. `quiet`: what it says is only kept for the case that it fails. */
export function startPart(name: string, script: string, settings: Record<string, string>, quiet: boolean): Part {
	const child = spawn(process.execPath, [script], {
		env: partEnvironment(settings),
		stdio: ['ignore', 'pipe', 'pipe']
	});
	let said = '';
	const hear = (chunk: Buffer) => {
		said = (said + chunk.toString()).slice(-KEPT);
		if (!quiet) process.stderr.write(chunk);
	};
	// Whatever ends this process, its parts don't outlive it.
	const takeAlong = () => child.kill('SIGTERM');
	process.once('exit', takeAlong);
	child.stdout.on('data', hear);
	child.stderr.on('data', hear);
	const ended = new Promise<{ code: number | null; said: string }>((done) => {
		child.once('error', (error) => done({ code: 1, said: error.message }));
		child.once('close', (code) => {
			process.off('exit', takeAlong);
			done({ code, said: said.trim() });
		});
	});
	return { name, ended, stop: () => stopChild(child, ended) };
}

async function stopChild(child: ChildProcess, ended: Promise<unknown>): Promise<void> {
	if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
	const insist = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS);
	await ended;
	clearTimeout(insist);
}

/** The line of a failed part that says why: its last one. */
export const lastLine = (said: string): string =>
	said
		.split('\n')
		.at(-1)
		?.replace(/^spatula: /, '') ?? '';

/** Runs a script to its end. @throws StartError with its last line where it fails */
export async function runPart(name: string, script: string, settings: Record<string, string>): Promise<void> {
	const { code, said } = await startPart(name, script, settings, true).ended;
	if (code !== 0) throw new StartError(lastLine(said) || `${name} failed`);
}

const TRIES = 600;

/** Waits until the address answers, or the part behind it has ended. @throws StartError */
export async function waitFor(part: Part, url: string): Promise<void> {
	let over: { said: string } | undefined;
	void part.ended.then((end) => (over = end));
	for (let tried = 0; tried < TRIES; tried++) {
		if (over) throw new StartError(lastLine(over.said) || `${part.name} ended at once`);
		const ready = await fetch(url).then(
			(answer) => answer.ok,
			() => false
		);
		if (ready) return;
		await new Promise((done) => setTimeout(done, 100));
	}
	throw new StartError(`${part.name} does not answer at ${url}`);
}
