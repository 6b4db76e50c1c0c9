import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import { log } from '#lib/server/log.ts';
import { turnstile } from './turnstile.ts';
import type { FromWorker, PdfFault, PdfJob, RenderedPage } from './pdf-worker.ts';

export const MAX_PDF_PAGES = 20;
/** Seconds of processor time that PDFium may take over one file; what takes longer was made to. */
const SECONDS = 10;
/** Seconds by the clock, for a busy machine: after that the next one has its turn. */
const CLOCK_SECONDS = 60;
const WATCH_MS = 200;
const LIMITS = {
	maxPages: MAX_PDF_PAGES,
	dotsPerInch: 150,
	/** A2 at 150 dpi. Larger pages are drawn coarser. */
	maxPixels: 9_000_000,
	maxMemoryBytes: 256 * 1024 * 1024,
	/** Characters read of a page: more than the densest page has. */
	maxCharacters: 20_000
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

/** One PDF at a time: each may take a core and 256 MB. */
const inTurn = turnstile(1);

const here = createRequire(import.meta.url);
let compiled: Promise<WebAssembly.Module> | undefined;

/** Compiled once for all workers. */
const pdfium = () =>
	(compiled ??= readFile(here.resolve('@hyzyla/pdfium/pdfium.wasm')).then((bytes) => WebAssembly.compile(bytes)));

/**
 * Renders a PDF page by page and gives each to `keep`; the next one is drawn when that is done. PDFium runs in a thread that is
 * ended after `seconds` of processor time.
 * @throws PdfRefused
 */
export function eachPdfPage(
	bytes: Uint8Array,
	keep: (page: RenderedPage) => Promise<void>,
	{ seconds = SECONDS }: { seconds?: number } = {}
): Promise<void> {
	return inTurn(async () => {
		const job: PdfJob = { bytes, wasm: await pdfium(), ...LIMITS };
		const worker = new Worker(here.resolve('#lib/server/attachments/pdf-worker.ts'), {
			workerData: job,
			env: {},
			execArgv: [],
			stdout: true,
			stderr: true,
			resourceLimits: { maxOldGenerationSizeMb: 128, maxYoungGenerationSizeMb: 16 }
		});
		// PDFium's own complaints quote the file.
		worker.stdout.resume();
		worker.stderr.resume();
		const spent = new AbortController();
		worker.on('error', () => {}).on('exit', () => spent.abort());
		const began = performance.now();
		const watch = setInterval(() => {
			if (performance.now() - began > CLOCK_SECONDS * 1000) spent.abort();
			worker.cpuUsage().then(
				({ user, system }) => user + system > seconds * 1_000_000 && spent.abort(),
				() => {}
			);
		}, WATCH_MS);
		try {
			const answer = async () => {
				const message = await nextMessage(worker, spent.signal);
				if ('fault' in message) throw new PdfRefused(message.fault, message.pages);
				return message;
			};
			const opened = await answer();
			const pages = 'pages' in opened ? opened.pages : 0;
			for (let index = 0; index < pages; index++) {
				worker.postMessage(index);
				const drawn = await answer();
				if ('page' in drawn) await keep(drawn.page);
			}
		} finally {
			clearInterval(watch);
			await worker.terminate();
		}
	});
}

/** The worker's next message. A worker that has spent its time, or dies of the file, met more than it can draw. */
async function nextMessage(worker: Worker, signal: AbortSignal): Promise<FromWorker> {
	try {
		const [message] = (await once(worker, 'message', { signal })) as [FromWorker];
		return message;
	} catch (cause) {
		// A worker that can't start fails for every file, so the log has to say it.
		if (!signal.aborted) log().error({ err: cause }, 'the thread that draws a PDF failed');
		return { fault: 'too_complex' };
	}
}
