import type { IncomingMessage } from 'node:http';

/** Calls `late` if a request body has not arrived completely within `seconds`. Ignores requests without a body. */
export function wholeWithin(request: IncomingMessage, seconds: number, late: () => void): void {
	const { 'content-length': length, 'transfer-encoding': chunked } = request.headers;
	if (chunked === undefined && Number(length ?? 0) === 0) return;
	const timer = setTimeout(() => {
		// A body that has arrived and is not read yet is not late.
		if (!request.complete) late();
	}, seconds * 1000);
	endWith(request, () => clearTimeout(timer));
}

/**
 * Calls `late` if a sender sends fewer than `bytesPerSecond` on average in a period of `seconds`; periods follow each
 * other. A phone on a weak line may take long, but nobody can hold a connection for ever with a byte now and then.
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
