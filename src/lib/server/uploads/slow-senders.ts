import type { IncomingMessage } from 'node:http';
import { atPace } from '#lib/server/slow-bodies.ts';

/** A body is slow if fewer bytes than this arrive in the time. A weak mobile connection delivers more. */
const SLOW = { seconds: 20, bytesPerSecond: 16 * 1024 };
/** Slow bodies that one sender may have at once. More would fill the disk with incomplete files. */
const MAX_SLOW_BODIES = 2;

const slowBodies = new Map<string, number>();

/**
 * Watches the pace of a body until it has arrived.
 *
 * @returns whether to refuse the body: it is slow, and its sender already has `MAX_SLOW_BODIES` slow bodies
 */
export function watchPace(request: IncomingMessage, sender: string): () => boolean {
	let counted = false;
	let tooMany = false;
	atPace(request, SLOW, () => {
		const slow = slowBodies.get(sender) ?? 0;
		tooMany = slow >= MAX_SLOW_BODIES;
		if (tooMany) return;
		counted = true;
		slowBodies.set(sender, slow + 1);
	});
	const end = () => {
		if (!counted) return;
		counted = false;
		const remaining = (slowBodies.get(sender) ?? 1) - 1;
		if (remaining > 0) slowBodies.set(sender, remaining);
		else slowBodies.delete(sender);
	};
	request.once('end', end);
	request.once('close', end);
	return () => tooMany;
}
