import { once } from 'node:events';
import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import { limitConcurrency } from '#lib/server/limit-concurrency.ts';
import { log } from '#lib/server/log.ts';
import type { FromMimeWorker, MimeJob } from './mime-worker.ts';

export type { ParsedMail } from './mime-worker.ts';

/** Seconds per message. Only messages made to be slow need more. */
const SECONDS = 10;
/** The thread ends when no mail came for this long. */
const IDLE_MS = 30_000;
const LIMITS = {
	/** As long as the longest report, with its quoted history. */
	maxTextCharacters: 40_000,
	maxHtmlCharacters: 1_000_000,
	/** Ten times those of a long newsletter. The time for nested ones grows with their square. */
	maxHtmlTags: 30_000,
	/** No person writes a message with more parts. */
	maxParts: 500,
	maxHeadBytes: 256 * 1024
};

/** `slow`: the limit of time or memory was reached, by the message or because the machine is busy. */
export type ParseOutcome = FromMimeWorker | { fault: 'slow' };

const here = createRequire(import.meta.url);
let thread: Worker | undefined;
let idle: NodeJS.Timeout | undefined;
/** Each message may use a core. */
const oneAtATime = limitConcurrency(1);

/**
 * Parses a message within limits of time, memory, parts and text. Broken characters are read as far as they can be.
 */
export const parseMail = (bytes: Uint8Array, { seconds = SECONDS } = {}): Promise<ParseOutcome> =>
	oneAtATime(() => parseNow(bytes, seconds));

function startThread(): Worker {
	const worker = new Worker(here.resolve('#lib/server/integrations/mail/mime-worker.ts'), {
		env: {},
		execArgv: [],
		stdout: true,
		stderr: true,
		resourceLimits: { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: 32 }
	});
	// A parser's complaints quote the message.
	worker.stdout.resume();
	worker.stderr.resume();
	worker.on('error', (error) => log().warn({ err: error.name }, 'the thread that parses e-mails ended'));
	worker.on('exit', () => (thread = thread === worker ? undefined : thread));
	return worker;
}

function endThread(): void {
	const ended = thread;
	// The next message must not go to a thread that is about to end.
	thread = undefined;
	void ended?.terminate();
}

async function parseNow(bytes: Uint8Array, seconds: number): Promise<ParseOutcome> {
	clearTimeout(idle);
	const exited = new AbortController();
	const onExit = () => exited.abort();
	let worker: Worker | undefined;
	try {
		// Both throw if the machine has no memory or no thread left.
		worker = thread ??= startThread();
		worker.once('exit', onExit).ref();
		worker.postMessage({ bytes, ...LIMITS } satisfies MimeJob);
		const signal = AbortSignal.any([AbortSignal.timeout(seconds * 1000), exited.signal]);
		const [result] = (await once(worker, 'message', { signal })) as [FromMimeWorker];
		idle = setTimeout(endThread, IDLE_MS).unref();
		worker.unref();
		return result;
	} catch {
		thread = undefined;
		await worker?.terminate();
		return { fault: 'slow' };
	} finally {
		worker?.off('exit', onExit);
	}
}
