import { spawn, type ChildProcess } from 'node:child_process';
import { delimiter, dirname } from 'node:path';
import { StartError } from '#lib/server/errors.ts';

/** What a part takes over from the shell. Nothing else: the demo must not open the database a shell is set to. */
const TAKEN_OVER = ['HOME', 'LANG', 'TMPDIR', 'TZ'];

/** The environment of a part: the project's own Node first, and only the settings that are given. */
function partEnvironment(settings: Record<string, string>): NodeJS.ProcessEnv {
	const taken = TAKEN_OVER.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : []));
	const path = [dirname(process.execPath), process.env.PATH ?? ''].join(delimiter);
	return { ...Object.fromEntries(taken), PATH: path, ...settings };
}

/** A running program of the demo. */
export interface Part {
	name: string;
	/** Resolves when it has ended, with the reason as it stood in its errors. */
	ended: Promise<string>;
	/** What it has written so far; the last of it. */
	said(): string;
	/** Lets through what it says from now on. */
	speak(): void;
	/** Asks it to end, and insists after a while. Resolves as `ended` does, with '' where it ended well. */
	stop(): Promise<string>;
	/** Ends it as a crash would. */
	kill(): Promise<void>;
}

const PATIENCE_MS = 40_000;
const KEPT = 4000;

/** Starts a script of this project. What it says is kept back until it may speak. */
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
	// Whatever ends this process, its parts don't outlive it.
	const takeAlong = () => child.kill('SIGTERM');
	process.once('exit', takeAlong);
	let speaking = false;
	let output = '';
	let errors = '';
	const pass = (chunk: Buffer) => speaking && process.stderr.write(chunk);
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
			process.off('exit', takeAlong);
			done(code === 0 ? '' : reasonIn(errors) || (signal ?? `code ${code}`));
		});
	});
	const kill = async () => {
		child.kill('SIGKILL');
		await ended;
	};
	return { name, ended, said: () => output, speak: () => (speaking = true), stop: () => stopChild(child, ended), kill };
}

/** The one line that a part writes where it knows why it can't go on; else everything it said. */
const reasonIn = (errors: string): string => /^spatula: (.*)$/m.exec(errors)?.[1] ?? errors.trim();

async function stopChild(child: ChildProcess, ended: Promise<string>): Promise<string> {
	if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
	const insist = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS);
	const reason = await ended;
	clearTimeout(insist);
	return reason;
}

/** Runs a script to its end. @returns what it said @throws StartError with its reason where it fails */
export async function runPart(
	name: string,
	script: string,
	settings: Record<string, string>,
	flags: readonly string[] = []
): Promise<string> {
	const part = startPart(name, script, settings, flags);
	const reason = await part.ended;
	if (reason) throw new StartError(reason);
	return part.said();
}

const TRIES = 600;

/** Waits until the address answers, or the part behind it has ended. @throws StartError */
export async function waitFor(part: Part, url: string): Promise<void> {
	let over: string | undefined;
	void part.ended.then((reason) => (over = reason));
	for (let tried = 0; tried < TRIES; tried++) {
		if (over !== undefined) throw new StartError(over || `${part.name} ended at once`);
		const ready = await fetch(url).then(
			(answer) => answer.ok,
			() => false
		);
		if (ready) return;
		await new Promise((done) => setTimeout(done, 100));
	}
	throw new StartError(`${part.name} does not answer at ${url}`);
}
