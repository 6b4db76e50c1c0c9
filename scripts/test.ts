/**
 * Runs every check. Each counts as one test beside those of the runners. Failures and second tries are named once more
 * before the last line, which is the sum: readers look at the end first.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { findBrowser } from './find-browser.ts';
import { readJourneyResults, readUnitResults, type Results } from './test/results.ts';

const folder = mkdtempSync(join(tmpdir(), 'spatula-results-'));
// The specs' processes, and the sites that journeys start, compile each module once.
process.env.NODE_COMPILE_CACHE = join(folder, 'compiled');
let passed = 0;
let failed = 0;
const notes: string[] = [];
const children: ChildProcess[] = [];
let isCancelled = false;
// A cancelled run must leave no processes and no folder. The journeys stop their sites and servers only at SIGINT.
for (const signal of ['SIGINT', 'SIGTERM'] as const)
	process.once(signal, () => {
		isCancelled = true;
		for (const child of children) child.kill('SIGINT');
	});

interface Run {
	ok: boolean;
	output: string;
}

function run(command: string, args: string[], extra: NodeJS.ProcessEnv = {}): Promise<Run> {
	if (isCancelled) return Promise.resolve({ ok: false, output: 'cancelled' });
	return new Promise((done) => {
		const child = spawn(command, args, {
			env: { ...process.env, FORCE_COLOR: '0', ...extra },
			stdio: ['ignore', 'pipe', 'pipe']
		});
		children.push(child);
		let output = '';
		const collect = (chunk: Buffer) => (output += chunk.toString());
		child.stdout.on('data', collect);
		// At once, because a run that is stopped at a time limit prints no more.
		createInterface({ input: child.stdout }).on('line', (line) => {
			if (line.includes('✘')) process.stdout.write(`${line.trim()}\n`);
		});
		child.stderr.on('data', collect);
		child.once('error', (error) => done({ ok: false, output: String(error) }));
		child.once('close', (code) => done({ ok: code === 0, output }));
	});
}

function report(name: string, ok: boolean, started: number, output = ''): void {
	const seconds = ((Date.now() - started) / 1000).toFixed(1);
	process.stdout.write(`${ok ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)\n`);
	if (!ok) process.stdout.write(`${output.trim()}\n`);
}

/** Runs a command that passes or fails. */
async function check(name: string, command: string, args: string[]): Promise<boolean> {
	const started = Date.now();
	const { ok, output } = await run(command, args);
	if (ok) passed += 1;
	else {
		failed += 1;
		notes.push(`FAILED ${name}`);
	}
	report(name, ok, started, output);
	return ok;
}

/** Runs a test runner that writes its results as JSON. */
async function suite(
	name: string,
	command: string,
	args: string[],
	file: string,
	read: (json: unknown) => Results,
	extra: NodeJS.ProcessEnv = {}
): Promise<void> {
	const started = Date.now();
	const { ok, output } = await run(command, args, extra);
	let results: Results = { passed: 0, failed: 0, failures: [], secondTries: [], skipped: [] };
	try {
		results = read(JSON.parse(readFileSync(file, 'utf8')));
	} catch {
		// No result file: the runner itself failed, which the exit code says.
	}
	const lost = ok ? results.failed : Math.max(1, results.failed);
	passed += results.passed;
	failed += lost;
	report(`${name}: ${results.passed} passed, ${lost} failed`, lost === 0, started, output);
	notes.push(...results.failures.map((failure) => `FAILED ${failure}`));
	notes.push(...results.secondTries.map((first) => `second try needed: ${first}`));
	notes.push(...results.skipped.map((name) => `skipped: ${name}`));
}

const bin = (name: string) => join('node_modules', '.bin', name);

/**
 * @param everything `npm run test:all`: long specs, all journeys, every spec on both databases, axe on every state of a
 *   page, the format
 */
async function all(everything: boolean): Promise<void> {
	if (everything) process.env.TEST_ALL = 'on';
	const started = Date.now();
	const browser = findBrowser();
	// Awaited by the journeys; until then a machine without one installs it.
	browser.then(
		() => report('browser', true, started),
		() => {}
	);
	if (!(await check('messages and types of routes', 'npm', ['run', '-s', 'prepare:types']))) return;
	// One lane for each core.
	const texts = check('layers, and nothing unused', 'npm', ['run', '-s', 'architecture'])
		// TypeScript 7 needs a sixth of the time of TypeScript 6. The editors' tools and the linter still need version 6.
		.then(() => check('types', 'npm', ['run', '-s', 'check:types']))
		.then(() => check('lint', bin('eslint'), ['.']))
		.then(() => everything && check('format', 'npm', ['run', '-s', 'check:format']));
	const built = await check('build', bin('vite'), ['build']);
	const units = join(folder, 'vitest.json');
	await suite(
		'unit and database tests',
		bin('vitest'),
		['run', '--reporter=default', '--reporter=json', `--outputFile.json=${units}`],
		units,
		readUnitResults
	);
	await texts;
	if (!built) return;
	const journeys = join(folder, 'playwright.json');
	const { path, shell } = await browser;
	const chosen = everything ? [] : ['--grep', '@core'];
	await suite(
		'browser journeys',
		bin('playwright'),
		['test', '--reporter=list,json', ...chosen],
		journeys,
		readJourneyResults,
		{
			CHROMIUM_PATH: path,
			CHROMIUM_SHELL: shell,
			PLAYWRIGHT_JSON_OUTPUT_NAME: journeys
		}
	);
}

try {
	await all(parseArgs({ options: { all: { type: 'boolean', default: false } } }).values.all);
} catch (error) {
	failed += 1;
	process.stdout.write(`FAILED ${(error as Error).message}\n`);
} finally {
	rmSync(folder, { recursive: true, force: true });
}
for (const note of notes) process.stdout.write(`${note}\n`);
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exitCode = failed > 0 ? 1 : 0;
