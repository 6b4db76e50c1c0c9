import type { IncomingMessage } from 'node:http';

/** Calls `late` if a request body has not arrived completely within `seconds`. Ignores requests without a body. */
export function wholeWithin(request: IncomingMessage, seconds: number, late: () => void): void {
	const { 'content-length': length, 'transfer-encoding': chunked } = request.headers;
	if (chunked === undefined && Number(length ?? 0) === 0) return;
	const timer = setTimeout(() => {
		// It may lie here unread: then its reader is slow, not its sender.
		if (!request.complete) late();
	}, seconds * 1000);
	endWith(request, () => clearTimeout(timer));
}

/**
 * Calls `late` once a sender has sent less than `bytesPerSecond`, on the average of any `seconds` in a row: a phone on a weak
 * line may take long, but nobody keeps a connection for ever by a byte now and then.
 */
export function atPace(
	request: IncomingMessage,
	pace: { seconds: number; bytesPerSecond: number },
	late: () => void
): void {
	const { socket } = request;
	let read = socket.bytesRead;
	const timer = setInterval(() => {
		const sent = socket.bytesRead - read;
		read = socket.bytesRead;
		if (request.complete || sent >= pace.seconds * pace.bytesPerSecond) return;
		clearInterval(timer);
		late();
	}, pace.seconds * 1000);
	endWith(request, () => clearInterval(timer));
}

function endWith(request: IncomingMessage, stop: () => void): void {
	request.once('end', stop);
	request.once('close', stop);
}
