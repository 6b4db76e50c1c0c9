import { spawn, type ChildProcess } from 'node:child_process';
import { delimiter, dirname } from 'node:path';
import { StartError } from '#lib/server/errors.ts';

/**
 * Environment variables that a part inherits. No others, because the demo must not open a database that is set in the
 * shell.
 */
const INHERITED_VARIABLES = ['HOME', 'LANG', 'NODE_COMPILE_CACHE', 'TMPDIR', 'TZ'];

/** The variables among these names that are set and not empty. */
export const setAmong = (names: readonly string[], variables: NodeJS.ProcessEnv): Record<string, string> =>
	Object.fromEntries(names.flatMap((name) => (variables[name] ? [[name, variables[name]]] : [])));

/** The environment of a part: the project's own Node first, and only the given settings. */
function partEnvironment(settings: Record<string, string>): NodeJS.ProcessEnv {
	const path = [dirname(process.execPath), process.env.PATH ?? ''].join(delimiter);
	return { ...setAmong(INHERITED_VARIABLES, process.env), PATH: path, ...settings };
}

/** A running program of the demo. */
export interface Part {
	name: string;
	/** Resolves when it has ended, with the reason from its error output. */
	ended: Promise<string>;
	/** The end of its output so far. */
	output(): string;
	/** Prints its output from now on. */
	showOutput(): void;
	/** Sends SIGTERM, and SIGKILL after a while. Resolves like `ended`, with '' after a normal end. */
	stop(): Promise<string>;
	/** Sends SIGKILL, like a crash. */
	kill(): Promise<void>;
}

/** A site that stops in order ends within 55 s. */
const PATIENCE_MS = 60_000;
const KEPT = 4000;

/** Starts a script of this project. Its output is not printed before `showOutput`. */
export function startPart(
	name: string,
	script: string,
	settings: Record<string, string>,
	flags: readonly string[] = []
): Part {
	const child = spawn(process.execPath, [script, ...flags], {
		env: partEnvironment(settings),
		stdio: ['ignore', 'pipe', 'pipe']
	});
	// However this process ends, its parts are ended too.
	const endChild = () => child.kill('SIGTERM');
	process.once('exit', endChild);
	let isShown = false;
	let output = '';
	let errors = '';
	const pass = (chunk: Buffer) => isShown && process.stderr.write(chunk);
	child.stdout.on('data', (chunk: Buffer) => {
		output = (output + chunk.toString()).slice(-KEPT);
		pass(chunk);
	});
	child.stderr.on('data', (chunk: Buffer) => {
		errors = (errors + chunk.toString()).slice(-KEPT);
		pass(chunk);
	});
	const ended = new Promise<string>((done) => {
		child.once('error', (error) => done(error.message));
		child.once('close', (code, signal) => {
			process.off('exit', endChild);
			done(code === 0 ? '' : reasonIn(errors) || (signal ?? `code ${code}`));
		});
	});
	const kill = async () => {
		child.kill('SIGKILL');
		await ended;
	};
	return {
		name,
		ended,
		output: () => output,
		showOutput: () => (isShown = true),
		stop: () => stopChild(child, ended),
		kill
	};
}

/** The one line with which a part reports why it can't continue, else its whole error output. */
const reasonIn = (errors: string): string => /^spatula: (.*)$/m.exec(errors)?.[1] ?? errors.trim();

async function stopChild(child: ChildProcess, ended: Promise<string>): Promise<string> {
	if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
	const killTimer = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS);
	const reason = await ended;
	clearTimeout(killTimer);
	return reason;
}

/** Runs a script to its end. @returns its output @throws StartError with the reason if it fails */
export async function runPart(
	name: string,
	script: string,
	settings: Record<string, string>,
	flags: readonly string[] = []
): Promise<string> {
	const part = startPart(name, script, settings, flags);
	const reason = await part.ended;
	if (reason) throw new StartError(reason);
	return part.output();
}

// A busy machine must not fail a start.
const START_MS = 120_000;
/** A site that is starting may accept a request and not respond. */
const TRY_MS = 5000;

/** Waits until the address responds. @throws StartError if the part ends before */
export async function waitFor(part: Part, url: string): Promise<void> {
	let over: string | undefined;
	void part.ended.then((reason) => (over = reason));
	const end = Date.now() + START_MS;
	while (Date.now() < end) {
		if (over !== undefined) throw new StartError(over || `${part.name} ended at once`);
		const ready = await fetch(url, { signal: AbortSignal.timeout(TRY_MS) }).then(
			(response) => response.ok,
			() => false
		);
		if (ready) return;
		await new Promise((done) => setTimeout(done, 100));
	}
	throw new StartError(`${part.name} does not answer at ${url}`);
}
