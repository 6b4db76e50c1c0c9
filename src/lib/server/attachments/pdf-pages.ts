import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import { log } from '#lib/server/log.ts';
import { limitConcurrency } from '#lib/server/limit-concurrency.ts';
import { MAX_PDF_PAGES } from './picture-and-pdf-limits.ts';
import type { FromWorker, PdfFault, PdfJob, RenderedPage } from './pdf-worker.ts';

/** Seconds of processor time per file. Only files made to be slow need more. */
const SECONDS = 10;
/** Seconds of wall-clock time per file, for a busy machine. After that the next file is processed. */
const CLOCK_SECONDS = 60;
const WATCH_MS = 200;
const LIMITS = {
	maxPages: MAX_PDF_PAGES,
	dotsPerInch: 150,
	/** A2 at 150 dpi. Larger pages are drawn at a lower resolution. */
	maxPixels: 9_000_000,
	maxMemoryBytes: 256 * 1024 * 1024,
	/** Characters read per page; no real page has more. */
	maxCharacters: 20_000,
	maxTextTime: 4000
};

export class PdfRefused extends Error {
	readonly fault: PdfFault;
	readonly pages: number | undefined;
	constructor(fault: PdfFault, pages?: number) {
		super(fault);
		this.fault = fault;
		this.pages = pages;
	}
}

/** One PDF at a time, because each may use a core and 256 MB. */
const onePdfAtATime = limitConcurrency(1);

const here = createRequire(import.meta.url);
let compiled: Promise<WebAssembly.Module> | undefined;

/** Compiled once for all workers. */
const pdfium = () =>
	(compiled ??= readFile(here.resolve('@hyzyla/pdfium/pdfium.wasm')).then((bytes) => WebAssembly.compile(bytes)));

/**
 * Renders a PDF page by page and passes each page to `keep`. The next page is rendered after `keep` has finished.
 * PDFium runs in a thread that is terminated after `seconds` of processor time.
 *
 * @throws PdfRefused
 */
export function eachPdfPage(
	bytes: Uint8Array,
	keep: (page: RenderedPage) => Promise<void>,
	{ seconds = SECONDS }: { seconds?: number } = {}
): Promise<void> {
	return onePdfAtATime(async () => {
		const job: PdfJob = { bytes, wasm: await pdfium(), ...LIMITS };
		const worker = new Worker(here.resolve('#lib/server/attachments/pdf-worker.ts'), {
			workerData: job,
			env: {},
			execArgv: [],
			stdout: true,
			stderr: true,
			resourceLimits: { maxOldGenerationSizeMb: 128, maxYoungGenerationSizeMb: 16 }
		});
		// PDFium's error messages quote the file, so they are discarded.
		worker.stdout.resume();
		worker.stderr.resume();
		const timeout = new AbortController();
		worker.on('error', () => {}).on('exit', () => timeout.abort());
		const began = performance.now();
		const watch = setInterval(() => {
			if (performance.now() - began > CLOCK_SECONDS * 1000) timeout.abort();
			worker.cpuUsage().then(
				({ user, system }) => user + system > seconds * 1_000_000 && timeout.abort(),
				() => {}
			);
		}, WATCH_MS);
		try {
			const nextResult = async () => {
				const message = await nextMessage(worker, timeout.signal);
				if ('fault' in message) throw new PdfRefused(message.fault, message.pages);
				return message;
			};
			const opened = await nextResult();
			const pages = 'pages' in opened ? opened.pages : 0;
			for (let index = 0; index < pages; index++) {
				worker.postMessage(index);
				const drawn = await nextResult();
				if ('page' in drawn) await keep(drawn.page);
			}
		} finally {
			clearInterval(watch);
			await worker.terminate();
		}
	});
}

/** The worker's next message. If the worker runs out of time or crashes, the file is too complex. */
async function nextMessage(worker: Worker, signal: AbortSignal): Promise<FromWorker> {
	try {
		const [message] = (await once(worker, 'message', { signal })) as [FromWorker];
		return message;
	} catch (cause) {
		// A worker that can't start fails for every file, so it is logged.
		if (!signal.aborted) log().error({ err: cause }, 'the thread that draws a PDF failed');
		return { fault: 'too_complex' };
	}
}
