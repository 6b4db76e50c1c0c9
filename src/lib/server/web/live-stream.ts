import { error, type RequestEvent } from '@sveltejs/kit';
import type { LiveEvent } from '#lib/cases/live.ts';
import { writeBlock } from '#lib/text/event-stream.ts';
import { now } from '#lib/server/clock.ts';
import { openStream } from '#lib/server/live/watch.ts';
import { SESSION_COOKIE } from '#lib/server/people/sign-in/session.ts';
import { signedIn } from './http/signed-in.ts';

/** Bytes. The stream of a browser that does not read more than this is closed; the browser reconnects and reloads. */
const MOST_WAITING = 256 * 1024;

const HEADERS = {
	'content-type': 'text/event-stream',
	'cache-control': 'no-store, no-transform',
	// Otherwise a proxy that buffers would hold every event back.
	'x-accel-buffering': 'no',
	// The socket closes with the stream, so an orderly stop does not wait for it.
	connection: 'close'
};

/** Opens the event stream of a browser's desk, starting at `since` or Last-Event-ID (milliseconds). */
export async function liveStream({ locals, cookies, request, url }: RequestEvent): Promise<Response> {
	const actor = signedIn(locals);
	const sessionId = cookies.get(SESSION_COOKIE) ?? '';
	const since = Number(request.headers.get('last-event-id') ?? url.searchParams.get('since') ?? 0);
	const line = openLine();
	const close = await openStream({ actor, sessionId, ...line }, Number.isFinite(since) ? since : 0);
	if (!close) error(503, { message: 'no further line' });
	line.onEnd(close);
	return new Response(line.body, { headers: HEADERS });
}

function openLine() {
	const encoder = new TextEncoder();
	const toDo: (() => void)[] = [];
	let ended = false;
	let controller: ReadableStreamDefaultController<Uint8Array>;
	const over = () => {
		ended = true;
		for (const step of toDo.splice(0)) step();
	};
	const end = () => {
		if (ended) return;
		over();
		controller.close();
	};
	const write = (text: string) => {
		if (ended) return;
		if ((controller.desiredSize ?? 0) < -MOST_WAITING) return end();
		controller.enqueue(encoder.encode(text));
	};
	const body = new ReadableStream<Uint8Array>(
		{ start: (begun) => void (controller = begun), cancel: over },
		new ByteLengthQueuingStrategy({ highWaterMark: 0 })
	);
	const id = () => String(now().getTime());
	write(': begun\n\n');
	return {
		body,
		send: (event: LiveEvent) => write(writeBlock({ id: id(), data: JSON.stringify(event) })),
		beat: () => write(writeBlock({ id: id() })),
		end,
		onEnd: (step: () => void) => {
			if (ended) step();
			else toDo.push(step);
		}
	};
}
