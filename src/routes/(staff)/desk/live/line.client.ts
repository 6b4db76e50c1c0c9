import type { LiveEvent } from '#lib/cases/live.ts';
import { eventReader } from '#lib/text/event-stream.ts';

/** The site sends a heartbeat every 25 seconds; after this much silence the stream counts as broken. */
const SILENCE_MS = 60_000;

export interface Line {
	hear: (event: LiveEvent) => void;
	/** Nobody is signed in any more, or not for the desk: asking again helps nothing. */
	over: () => void;
}

/** Keeps a line open, and opens it again whenever it breaks. @returns the function that ends it */
export function openLine({ hear, over }: Line): () => void {
	const ending = new AbortController();
	let tries = 0;

	async function once(): Promise<'again' | 'over'> {
		const attempt = new AbortController();
		const give = () => attempt.abort();
		ending.signal.addEventListener('abort', give);
		let watching = setTimeout(give, SILENCE_MS);
		try {
			const answer = await fetch('/desk/live', {
				headers: { accept: 'text/event-stream' },
				redirect: 'manual',
				cache: 'no-store',
				signal: attempt.signal
			});
			if (answer.type === 'opaqueredirect' || answer.status === 401 || answer.status === 403) return 'over';
			if (!answer.ok || !answer.body) return 'again';
			const read = eventReader();
			const pieces = answer.body.pipeThrough(new TextDecoderStream()).getReader();
			for (;;) {
				const { done, value } = await pieces.read();
				if (done) return 'again';
				tries = 0;
				clearTimeout(watching);
				watching = setTimeout(give, SILENCE_MS);
				for (const data of read(value)) hear(JSON.parse(data) as LiveEvent);
			}
		} catch {
			return 'again';
		} finally {
			clearTimeout(watching);
			ending.signal.removeEventListener('abort', give);
			attempt.abort();
		}
	}

	async function keep(): Promise<void> {
		while (!ending.signal.aborted) {
			if ((await once()) === 'over') return ending.signal.aborted ? undefined : over();
			await rest(pauseBefore(tries++, Math.random()), ending.signal);
		}
	}
	void keep();
	return () => ending.abort();
}

/** Waits; not longer than until the network is back. */
function rest(ms: number, signal: AbortSignal): Promise<void> {
	return new Promise((done) => {
		const go = () => {
			clearTimeout(waiting);
			removeEventListener('online', go);
			signal.removeEventListener('abort', go);
			done();
		};
		const waiting = setTimeout(go, ms);
		addEventListener('online', go);
		signal.addEventListener('abort', go);
	});
}

const FIRST_MS = 600;
const LONGEST_MS = 30_000;

/**
 * How long a browser waits before it asks for a line again: longer each time, and never as long as all the others, who
 * lost theirs at the same moment.
 *
 * @param tries how many have failed since the last line stood
 * @param chance from 0 to 1
 */
export function pauseBefore(tries: number, chance: number): number {
	const most = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(tries, 16));
	return most * (0.25 + 0.75 * chance);
}
