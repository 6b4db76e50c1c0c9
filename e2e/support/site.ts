import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { freePort } from '../../src/lib/dev/testing/postgres-server.ts';

/** How often a start is asked after, and how many times: only against hanging for ever. */
const WAIT_MS = 100;
const MOST_WAITS = 1800;

export const TEST_KEY = 'a key for browser tests, long enough';
export const TEST_BOOTSTRAP = 'a-bootstrap-token-for-browser-tests-only';

/** A built site of its own for one test: started, and stopped by the test. */
export interface Site {
	origin: string;
	process: ChildProcess;
	/** Ends it as a crash would. */
	kill: () => Promise<void>;
	/** Ends it as an operator does. */
	stop: () => Promise<number | null>;
}

async function answers(url: string): Promise<boolean> {
	try {
		return (await fetch(url)).ok;
	} catch {
		return false;
	}
}

/** Starts `node src/server.ts` with these settings on a free loopback port and waits until it is ready. */
export async function startSite(settings: Record<string, string>, port?: number): Promise<Site> {
	const chosen = port ?? (await freePort());
	const origin = `http://127.0.0.1:${chosen}`;
	const child = spawn(process.execPath, ['src/server.ts'], {
		env: {
			PATH: process.env.PATH ?? '',
			HOST: '127.0.0.1',
			PORT: String(chosen),
			ORIGIN: origin,
			APP_KEY: TEST_KEY,
			BOOTSTRAP_TOKEN: TEST_BOOTSTRAP,
			LOG_LEVEL: 'warn',
			...settings
		},
		stdio: ['ignore', 'pipe', 'pipe']
	});
	let output = '';
	child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
	child.stderr?.on('data', (chunk: Buffer) => (output += chunk.toString()));
	const ended = once(child, 'exit');
	const stop = async (signal: NodeJS.Signals) => {
		if (child.exitCode === null && child.signalCode === null) {
			child.kill(signal);
			await ended;
		}
		return child.exitCode;
	};
	for (let waited = 0; !(await answers(`${origin}/readyz`)); waited++) {
		if (child.exitCode !== null || waited > MOST_WAITS) throw new Error(`the site did not start: ${output}`);
		await new Promise((done) => setTimeout(done, WAIT_MS));
	}
	return { origin, process: child, kill: async () => void (await stop('SIGKILL')), stop: () => stop('SIGTERM') };
}

/** One call of the site's API with a token. */
export async function api(
	origin: string,
	path: string,
	{ token = TEST_BOOTSTRAP, body }: { token?: string | null; body?: unknown } = {}
): Promise<{ status: number; body: Record<string, unknown> }> {
	const response = await fetch(`${origin}/api/v1${path}`, {
		method: body === undefined ? 'GET' : 'POST',
		headers: {
			// One that was kept may end in the moment in which it is used again.
			connection: 'close',
			...(token ? { authorization: `Bearer ${token}` } : {}),
			...(body === undefined ? {} : { 'content-type': 'application/json' })
		},
		body: body === undefined ? undefined : JSON.stringify(body)
	});
	return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}
