/**
 * HTTP server around the adapter's handler: checks the settings first, compresses responses, limits request
 * bodies, and stops in order. It imports nothing of the domain, because the build contains its own copy of it. A second
 * copy would open the database twice.
 */
import { once } from 'node:events';
import { createServer, STATUS_CODES, type IncomingMessage, type ServerResponse } from 'node:http';
import { existsSync, readFileSync } from 'node:fs';
import compression from 'compression';
import { HOUR_MS } from './lib/calendar/durations.ts';
import { readEnv, type Env } from './lib/server/env.ts';
import { addressOf, networkOf } from './lib/server/client-address.ts';
import { emitProcessEvent, onceProcessEvent } from './lib/server/process-events.ts';
import { atPace, wholeWithin } from './lib/server/slow-bodies.ts';
import { MAX_FORM_BYTES } from './lib/server/uploads/limits.ts';
import { UPLOAD_HEADER } from './lib/server/uploads/upload-header.ts';
import { isLargeForm, isLargeHook, refusalOf, type BodyRefusal } from './lib/server/uploads/request-bodies.ts';
import { sweepUploads, takeUpload } from './lib/server/uploads/take-upload.ts';
import { UploadSlots } from './lib/server/uploads/upload-slots.ts';

process.env.NODE_ENV ||= 'production';

/** Seconds for the headers, and for a whole request without files. */
const HEAD_SECONDS = 60;
const SMALL_SECONDS = 120;
/**
 * Limits of the slowest accepted upload. Five photos of 4 MB take 160 s at 1 Mbit/s. At a slower pace than this, not
 * even one would arrive.
 */
const UPLOAD_SECONDS = 15 * 60;
const UPLOAD_PACE = { seconds: 120, bytesPerSecond: 4096 };
/**
 * An idle connection stays open longer than a proxy keeps it (nginx 60 s, Caddy 120 s). If this process closed it
 * first, a form that arrives at that moment would be lost, because a proxy does not send a form again.
 */
const IDLE_SECONDS = 125;
/**
 * A connection on which nothing moves is closed: somebody who reads nothing must not keep files in memory. Open desks get a
 * heartbeat more often, and a proxy gives up earlier on a response that is still computed (nginx after 150 s).
 */
const SILENT_SECONDS = 180;
/**
 * Large webhook calls that are read at the same time, in all and from one sender. Anybody can send one, and its
 * signature can be checked only when all of it is in memory: up to 3 MB, twice when its parts are joined. So 16 take
 * 96 MB, on a machine that may have 512 MB. Smaller calls, as almost all are, never wait for these.
 */
const hookSlots = new UploadSlots(16, 4);
/** Seconds after which a refused call may come again: a slow one has ended by then. WhatsApp repeats for days. */
const HOOK_RETRY_SECONDS = SMALL_SECONDS;
const HOOKS_BUSY: BodyRefusal = {
	status: 503,
	id: 'Terlalu banyak panggilan besar sekaligus. Kirim lagi nanti.',
	en: 'Too many large calls at once. Send this one again later.'
};
/** How often files left by a crash during an upload are deleted. */
const SWEEP_MS = HOUR_MS;
/**
 * Seconds that a stop waits for open requests, then for mail servers (5), the current job (20) and the database (5).
 */
const STOP_SECONDS = 25;
const END_SECONDS = 33;
const IDLE_CHECK_MS = 200;

function fail(message: string): never {
	process.stderr.write(`spatula: ${message.replaceAll('\n', ' ')}\n`);
	process.exit(1);
}

function settings(): Env {
	try {
		return readEnv(process.env);
	} catch (error) {
		return fail((error as Error).message);
	}
}

const env = settings();
const BUILD = new URL('../build/handler.js', import.meta.url);
if (!existsSync(BUILD)) fail('the build is missing: run "npm run build" first');

// The adapter reads its settings once, at import. Headers that only this entry writes set the origin of each request,
// because the site may have several origins and the adapter knows one.
const HOST_HEADER = 'x-spatula-host';
const PROTOCOL_HEADER = 'x-spatula-protocol';
process.env.KIT_HOST_HEADER = HOST_HEADER;
process.env.KIT_PROTOCOL_HEADER = PROTOCOL_HEADER;
process.env.KIT_BODY_SIZE_LIMIT = String(MAX_FORM_BYTES);

/**
 * Headers of every response: pages, files and refusals. Pages are for one person at one moment, so caches must not
 * store them. A handler may override this.
 */
const HEADERS = new Map([
	['referrer-policy', 'same-origin'],
	['x-content-type-options', 'nosniff'],
	['permissions-policy', 'camera=(), microphone=(), geolocation=()'],
	['cache-control', 'private, no-cache']
]);

type Next = (error?: unknown) => void;
type Handler = (request: IncomingMessage, response: ServerResponse, next: Next) => void;

const origins = (env.ORIGIN ?? []).map((origin) => new URL(origin));

function nameOrigin(request: IncomingMessage): void {
	const origin = origins.find((candidate) => candidate.host === request.headers.host) ?? origins[0];
	request.headers[HOST_HEADER] = origin?.host ?? request.headers.host ?? 'localhost';
	request.headers[PROTOCOL_HEADER] = origin?.protocol.slice(0, -1) ?? 'http';
}

const compress = compression({
	filter: (request, response) =>
		!/event-stream/.test(String(response.getHeader('content-type'))) && compression.filter(request, response)
}) as unknown as Handler;

const uploadSettings = { dataDir: env.DATA_DIR, reserve: env.DISK_RESERVE_MB * 1_000_000 };

const senderOf = ({ headers, socket }: IncomingMessage): string =>
	addressOf([headers['x-forwarded-for']].flat().join(','), socket.remoteAddress ?? '', env.TRUST_PROXY);

/** Closes a connection as Node does on a time-out. The page's code can't write another response when the body ends. */
const tooSlow =
	({ socket }: IncomingMessage, response: ServerResponse) =>
	(): void => {
		if (!response.headersSent) socket.write('HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n');
		socket.destroy();
	};

const ERROR_PAGE = readFileSync(new URL('./error.html', import.meta.url), 'utf8');
/** Bytes of a refused body that are still read, so that a browser that is still sending receives the response. */
const READ_AFTER_REFUSAL = 8 * 1024 * 1024;

/**
 * Responds to a browser with a page in both languages, and to a program with a JSON problem, which is Indonesian unless the
 * address has `lang=en`.
 */
function refuse(request: IncomingMessage, response: ServerResponse, { status, id, en }: BodyRefusal): void {
	const page = request.headers.accept?.includes('text/html');
	response.writeHead(status, {
		'content-type': page ? 'text/html; charset=utf-8' : 'application/problem+json',
		connection: 'close'
	});
	const detail = /[?&]lang=en(?:&|$)/.test(request.url ?? '') ? en : id;
	response.end(
		page
			? ERROR_PAGE.replace('%sveltekit.status%', String(status))
					.replace('</h1>', `</h1><p lang="en">${en}</p>`)
					.replaceAll('%sveltekit.error.message%', id)
			: JSON.stringify({ type: 'about:blank', title: STATUS_CODES[status], status, detail })
	);
	if (Number(request.headers['content-length'] ?? Infinity) <= READ_AFTER_REFUSAL) {
		wholeWithin(request, SMALL_SECONDS, () => request.destroy());
		request.resume();
	} else response.once('finish', () => request.destroy());
}

/** Runs `take` if a slot for a large call of a webhook is free, and refuses the call before it is read otherwise. */
async function withHookSlot(request: IncomingMessage, response: ServerResponse, take: () => void): Promise<void> {
	const leave = await hookSlots.enter(networkOf(senderOf(request)), 0);
	if (!leave) {
		response.setHeader('retry-after', HOOK_RETRY_SECONDS);
		refuse(request, response, HOOKS_BUSY);
		return;
	}
	response.once('close', leave);
	if (response.destroyed) leave();
	else take();
}

/** Reads what a refusal has left of a body. The next request on the connection, which a proxy shares, waits behind it. */
function readRest(request: IncomingMessage): void {
	request.removeAllListeners('data');
	request.resume();
}

const logUnexpected = (error: unknown): void =>
	void process.stderr.write(`spatula: unexpected error: ${error instanceof Error ? error.stack : String(error)}\n`);

// By default Node ends the process if code forgets to await a promise that is rejected, and breaks off all requests.
process.on('unhandledRejection', logUnexpected);

const cannotListen = (error: Error): never => fail(`can't listen on ${env.HOST}:${env.PORT}: ${error.message}`);

/** The build starts jobs while it loads. A process that can't listen would end in the middle of them. */
async function requireUsableAddress(): Promise<void> {
	const probe = createServer().listen(env.PORT, env.HOST);
	await once(probe, 'listening').catch(cannotListen);
	await once(probe.close(), 'close');
}

let stopping = false;

async function start(): Promise<void> {
	await requireUsableAddress();
	let handler: Handler;
	try {
		({ handler } = (await import(BUILD.href)) as { handler: Handler });
	} catch (error) {
		let reason = error as Error;
		if (reason.name === 'StartError') fail(reason.message);
		while (reason.cause instanceof Error) reason = reason.cause;
		fail(`can't start: ${reason.stack ?? String(reason)}`);
	}
	await sweepUploads(env.DATA_DIR);
	setInterval(() => void sweepUploads(env.DATA_DIR), SWEEP_MS).unref();
	const server = createServer((request, response) => {
		response.setHeaders(HEADERS);
		if (stopping) response.setHeader('connection', 'close');
		const refusal = refusalOf(request);
		if (refusal) {
			refuse(request, response, refusal);
			return;
		}
		nameOrigin(request);
		delete request.headers[UPLOAD_HEADER];
		// The adapter's file server throws at a range such as 5-2. A server may ignore ranges.
		delete request.headers.range;
		// The adapter's file server knows no type of this file.
		if (request.url === '/favicon.ico') response.setHeader('content-type', 'image/x-icon');
		const respond = (incoming: IncomingMessage) => {
			try {
				compress(incoming, response, () => handler(incoming, response, () => response.writeHead(404).end()));
			} catch (error) {
				logUnexpected(error);
				if (response.headersSent) response.destroy();
				else response.writeHead(500).end();
			}
		};
		if (isLargeForm(request)) {
			atPace(request, UPLOAD_PACE, tooSlow(request, response));
			void takeUpload(request, response, { ...uploadSettings, sender: networkOf(senderOf(request)), respond });
			return;
		}
		wholeWithin(request, SMALL_SECONDS, tooSlow(request, response));
		response.once('finish', () => readRest(request));
		if (isLargeHook(request)) void withHookSlot(request, response, () => respond(request));
		else respond(request);
	});
	server.headersTimeout = HEAD_SECONDS * 1000;
	server.keepAliveTimeout = IDLE_SECONDS * 1000;
	server.timeout = SILENT_SECONDS * 1000;
	// Limit of the longest request; smaller ones have a shorter limit.
	server.requestTimeout = UPLOAD_SECONDS * 1000;
	server.listen(env.PORT, env.HOST, () => {
		const address = server.address();
		const port = typeof address === 'object' && address ? address.port : env.PORT;
		process.stdout.write(`spatula: listening on ${env.HOST}:${port}\n`);
	});
	server.once('error', cannotListen);
	for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop(server));
}

/** Stops accepting connections, waits a limited time for open requests and the current job, then exits. */
async function stop(server: ReturnType<typeof createServer>): Promise<void> {
	if (stopping) return;
	stopping = true;
	const late = setTimeout(() => process.exit(1), (STOP_SECONDS + END_SECONDS) * 1000);
	late.unref();
	const closed = new Promise<void>((done) => server.close(() => done()));
	// Connections whose response began before the signal stay open after it, and would delay the exit.
	const idle = setInterval(() => server.closeIdleConnections(), IDLE_CHECK_MS);
	const streams = setTimeout(() => server.closeAllConnections(), STOP_SECONDS * 1000);
	// Event streams never end by themselves, so the build ends them first.
	emitProcessEvent('spatula:ending');
	await closed;
	clearInterval(idle);
	clearTimeout(streams);
	const stopped = new Promise<void>((done) => onceProcessEvent('spatula:stopped', done));
	if (emitProcessEvent('spatula:stop')) await stopped;
	process.exit(0);
}

await start();
