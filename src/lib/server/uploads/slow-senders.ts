import type { IncomingMessage } from 'node:http';

/** A body is slow when less than this arrives in the time: a weak phone line brings more. */
const SLOW = { seconds: 20, bytesPerSecond: 16 * 1024 };
/** Slow bodies that one sender may have at once; more would fill the disk with files that never become whole. */
const MOST_SLOW = 2;

const slowBodies = new Map<string, number>();

/**
 * Watches the pace of a body until it has arrived.
 * @returns a function that says whether this is one slow body too many of its sender
 */
export function watchPace(request: IncomingMessage, sender: string, { seconds, bytesPerSecond } = SLOW): () => boolean {
	let read = request.socket.bytesRead;
	let counted = false;
	let tooMany = false;
	const timer = setInterval(() => {
		const arrived = request.socket.bytesRead - read;
		read = request.socket.bytesRead;
		if (counted || tooMany || arrived >= seconds * bytesPerSecond) return;
		const slow = slowBodies.get(sender) ?? 0;
		if (slow >= MOST_SLOW) tooMany = true;
		else {
			counted = true;
			slowBodies.set(sender, slow + 1);
		}
	}, seconds * 1000);
	const end = () => {
		clearInterval(timer);
		if (!counted) return;
		counted = false;
		const left = (slowBodies.get(sender) ?? 1) - 1;
		if (left > 0) slowBodies.set(sender, left);
		else slowBodies.delete(sender);
	};
	request.once('end', end);
	request.once('close', end);
	return () => tooMany;
}
