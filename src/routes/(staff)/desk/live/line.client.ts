import type { LiveEvent, Presence } from '#lib/cases/live.ts';
import { eventReader } from '#lib/text/event-stream.ts';

/** The site sends a heartbeat every 25 seconds; after this much silence the stream counts as broken. */
const SILENCE_MS = 60_000;

interface Line {
	hear: (event: LiveEvent) => void;
	/** Nobody is signed in any more, or not for the desk: asking again helps nothing. */
	over: () => void;
}

/** Keeps a line open, and opens it again whenever it breaks. @returns the function that ends it */
function openLine({ hear, over }: Line): () => void {
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

type Word = { say: 'heard'; event: LiveEvent } | { say: 'over' } | { say: 'joined' };

interface Sharing extends Line {
	/** Asked of the tab that holds the line, for a tab that has come. */
	presence: () => Presence;
}

/**
 * Keeps one event stream for all tabs of the browser. The tab that holds the lock has it and passes its events on; when that
 * tab is closed, the next one opens a stream. In a browser without locks (plain HTTP) each visible tab has its own stream, and
 * no more, because a browser opens only six connections to a site.
 *
 * @returns the function by which this tab leaves
 */
export function shareLine(account: string, { hear, over, presence }: Sharing): () => void {
	const leaving = new AbortController();
	if (!('locks' in navigator)) return whileInSight(() => openLine({ hear, over }), leaving);

	const channel = new BroadcastChannel(`spatula-desk-${account}`);
	let leads = false;
	const tell = (word: Word) => channel.postMessage(word);
	channel.onmessage = ({ data }: MessageEvent<Word>) => {
		if (data.say === 'over') over();
		else if (data.say === 'heard') hear(data.event);
		else if (leads) tell({ say: 'heard', event: { kind: 'presence', cases: presence() } });
	};
	const lead = () =>
		new Promise<void>((done) => {
			leads = true;
			const close = openLine({
				hear: (event) => {
					hear(event);
					tell({ say: 'heard', event });
				},
				over: () => {
					tell({ say: 'over' });
					over();
					end();
				}
			});
			// Another tab gets the lock next, possibly after another person has signed in.
			const end = () => {
				leads = false;
				close();
				done();
			};
			leaving.signal.addEventListener('abort', end);
		});
	// Nothing repeats what happened since this tab's page was made.
	hear({ kind: 'refresh' });
	tell({ say: 'joined' });
	// Refused when the tab leaves before its turn has come.
	navigator.locks.request(`spatula-desk-${account}`, { signal: leaving.signal }, lead).catch(() => {});
	return () => {
		leaving.abort();
		channel.close();
	};
}

function whileInSight(open: () => () => void, leaving: AbortController): () => void {
	let close: (() => void) | undefined;
	const look = () => {
		if (document.visibilityState === 'visible') close ??= open();
		else {
			close?.();
			close = undefined;
		}
	};
	look();
	document.addEventListener('visibilitychange', look, { signal: leaving.signal });
	return () => {
		leaving.abort();
		close?.();
	};
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
