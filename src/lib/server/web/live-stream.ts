import { error, type RequestEvent } from '@sveltejs/kit';
import type { LiveEvent } from '#lib/cases/live.ts';
import { openStream } from '#lib/server/live/watch.ts';
import { SESSION_COOKIE } from './cookies/session-cookie.ts';
import { signedIn } from './http/page-access.ts';

/** Bytes. The stream of a browser that does not read more than this is closed; the browser reconnects and reloads. */
const MAX_UNREAD_BYTES = 256 * 1024;

const HEADERS = {
	'content-type': 'text/event-stream',
	'cache-control': 'no-store, no-transform',
	// Otherwise a buffering proxy would delay every event.
	'x-accel-buffering': 'no',
	// The socket closes with the stream, so an orderly stop does not wait for it.
	connection: 'close'
};

/** Opens the event stream of a browser's desk. */
export function liveStream({ locals, cookies }: RequestEvent): Response {
	const encoder = new TextEncoder();
	let controller: ReadableStreamDefaultController<Uint8Array>;
	let ended = false as boolean;
	let close: (() => void) | undefined = undefined;
	const over = () => {
		ended = true;
		close?.();
	};
	const end = () => {
		if (ended) return;
		over();
		controller.close();
	};
	const write = (text: string) => {
		if (ended) return;
		if ((controller.desiredSize ?? 0) < -MAX_UNREAD_BYTES) return end();
		controller.enqueue(encoder.encode(text));
	};
	const body = new ReadableStream<Uint8Array>(
		{ start: (begun) => void (controller = begun), cancel: over },
		new ByteLengthQueuingStrategy({ highWaterMark: 0 })
	);
	close = openStream({
		actor: signedIn(locals),
		sessionId: cookies.get(SESSION_COOKIE) ?? '',
		// JSON has no line breaks of its own.
		send: (event: LiveEvent) => write(`data: ${JSON.stringify(event)}\n\n`),
		beat: () => write(': alive\n\n'),
		end
	});
	if (!close) error(503, { message: 'no stream can be opened now' });
	if (ended) close();
	return new Response(body, { headers: HEADERS });
}
