import type { LiveEvent, Presence } from '#lib/cases/live.ts';
import { eventReader } from '#lib/text/event-stream.ts';

/** The server sends a heartbeat every 25 seconds. Without one for this long the stream counts as broken. */
const SILENCE_MS = 60_000;

interface StreamHandlers {
	onEvent: (event: LiveEvent) => void;
	/** The person is no longer signed in or may not use the desk; there is no retry. */
	onSignedOut: () => void;
}

/** Opens the event stream and reopens it whenever it breaks. @returns a function that closes it */
function openStream({ onEvent, onSignedOut }: StreamHandlers): () => void {
	const ending = new AbortController();
	let tries = 0;

	async function readStream(): Promise<'again' | 'over'> {
		const attempt = new AbortController();
		const abort = () => attempt.abort();
		ending.signal.addEventListener('abort', abort);
		let watchdog = setTimeout(abort, SILENCE_MS);
		try {
			const response = await fetch('/desk/live', {
				headers: { accept: 'text/event-stream' },
				redirect: 'manual',
				cache: 'no-store',
				signal: attempt.signal
			});
			if (response.type === 'opaqueredirect' || response.status === 401 || response.status === 403) return 'over';
			if (!response.ok || !response.body) return 'again';
			const read = eventReader();
			const pieces = response.body.pipeThrough(new TextDecoderStream()).getReader();
			for (;;) {
				const { done, value } = await pieces.read();
				if (done) return 'again';
				tries = 0;
				clearTimeout(watchdog);
				watchdog = setTimeout(abort, SILENCE_MS);
				for (const data of read(value)) onEvent(JSON.parse(data) as LiveEvent);
			}
		} catch {
			return 'again';
		} finally {
			clearTimeout(watchdog);
			ending.signal.removeEventListener('abort', abort);
			attempt.abort();
		}
	}

	async function run(): Promise<void> {
		while (!ending.signal.aborted) {
			if ((await readStream()) === 'over') return ending.signal.aborted ? undefined : onSignedOut();
			await pause(pauseBefore(tries++, Math.random()), ending.signal);
		}
	}
	void run();
	return () => ending.abort();
}

/** Waits `ms`, or less if the network comes back or `signal` aborts. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
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

type TabMessage = { say: 'heard'; event: LiveEvent } | { say: 'over' } | { say: 'joined' };

interface SharedHandlers extends StreamHandlers {
	/** The leading tab sends this to a tab that has just been opened. */
	presence: () => Presence;
}

/**
 * Keeps one event stream for all tabs of the browser. The tab that holds the lock opens the stream and forwards its events to
 * the other tabs. When that tab is closed or suspended, another one opens a stream. Without locks (plain HTTP) each
 * visible tab has its own stream; hidden tabs have none, because browsers open only six connections to a site.
 *
 * @returns a function that removes this tab
 */
export function shareStream(account: string, { onEvent, onSignedOut, presence }: SharedHandlers): () => void {
	const leaving = new AbortController();
	if (!('locks' in navigator)) return whileVisible(() => openStream({ onEvent, onSignedOut }), leaving);

	const lock = `spatula-desk-${account}`;
	const channel = new BroadcastChannel(lock);
	let isLeader = false;
	let isOver = false;
	let resign = () => {};
	/** Whether the leading tab has said something since it was last asked. */
	let heard = true;
	const send = (message: TabMessage) => channel.postMessage(message);
	const signOut = () => {
		isOver = true;
		clearInterval(watchdog);
		onSignedOut();
	};
	channel.onmessage = ({ data }: MessageEvent<TabMessage>) => {
		if (data.say !== 'joined') heard = true;
		if (data.say === 'over') signOut();
		else if (data.say === 'heard') onEvent(data.event);
		else if (isLeader) send({ say: 'heard', event: { kind: 'presence', pages: presence() } });
	};
	const becomeLeader = () =>
		new Promise<void>((done) => {
			// A tab that has taken the lock from another one may still wait in the queue, too.
			if (isOver) return done();
			isLeader = true;
			const close = openStream({
				onEvent: (event) => {
					onEvent(event);
					send({ say: 'heard', event });
				},
				onSignedOut: () => {
					send({ say: 'over' });
					signOut();
					resign();
				}
			});
			// Releases the lock, so that another tab can lead, for example after another person has signed in.
			resign = () => {
				isLeader = false;
				close();
				done();
			};
			leaving.signal.addEventListener('abort', resign);
		});
	const lead = (options: LockOptions): void => {
		navigator.locks.request(lock, options, becomeLeader).catch((cause: DOMException) => {
			// This tab is removed before it gets the lock, or was suspended and another tab has taken the lock.
			resign();
			// Any other refusal would come again at once.
			if (cause.name === 'AbortError' && !leaving.signal.aborted && !isOver) lead({ signal: leaving.signal });
		});
	};
	// Events since this tab's page was loaded are not repeated, so refresh once.
	onEvent({ kind: 'refresh' });
	send({ say: 'joined' });
	lead({ signal: leaving.signal });
	// Phones suspend hidden tabs, and a suspended tab keeps its lock.
	const watchdog = setInterval(() => {
		if (isLeader || document.visibilityState !== 'visible') return;
		if (!heard) return lead({ steal: true });
		heard = false;
		send({ say: 'joined' });
	}, SILENCE_MS);
	return () => {
		leaving.abort();
		clearInterval(watchdog);
		channel.close();
	};
}

function whileVisible(open: () => () => void, leaving: AbortController): () => void {
	let close: (() => void) | undefined;
	const openIfVisible = () => {
		if (document.visibilityState === 'visible') close ??= open();
		else {
			close?.();
			close = undefined;
		}
	};
	openIfVisible();
	document.addEventListener('visibilitychange', openIfVisible, { signal: leaving.signal });
	return () => {
		leaving.abort();
		close?.();
	};
}

const MIN_PAUSE_MS = 600;
const MAX_PAUSE_MS = 30_000;

/**
 * Pause before a browser opens the stream again. Grows with each failed attempt. Random, so that browsers that lost their
 * streams at the same time do not reconnect at the same time.
 *
 * @param tries failed attempts since the last working stream
 * @param chance random number from 0 to 1
 */
export function pauseBefore(tries: number, chance: number): number {
	const longest = Math.min(MAX_PAUSE_MS, MIN_PAUSE_MS * 2 ** Math.min(tries, 16));
	return longest * (0.25 + 0.75 * chance);
}
