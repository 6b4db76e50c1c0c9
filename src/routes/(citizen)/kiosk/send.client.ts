import { MAX_RATINGS_PER_REQUEST, type TabletRatingOutcome } from '#lib/ratings/kiosk.ts';
import { timeoutSignal } from '#lib/ui/timeout-signal.ts';
import { storeClockOffset } from './device.client.ts';
import {
	deviceOf,
	ratingsToSend,
	recordOutcome,
	signAgain,
	storeKeyKnown,
	type StoredRating
} from './offline-ratings.client.ts';

const MIN_DELAY_MS = 2_000;
const MAX_DELAY_MS = 5 * 60_000;
const TIMEOUT_MS = 20_000;

async function post(path: string, body: unknown): Promise<Response> {
	return fetch(path, {
		method: 'POST',
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify(body),
		signal: timeoutSignal(TIMEOUT_MS)
	});
}

/** The server has another key for this device, which this browser has lost. The device must be paired again. */
class KeyRefused extends Error {}

/** Registers the public key of a pairing, once. @throws KeyRefused, or Error if the request failed */
async function registerKey(kiosk: string): Promise<void> {
	const { known, publicKey } = await deviceOf(kiosk);
	if (known) return;
	const answer = await post('/kiosk/key', publicKey);
	if (answer.status === 409) throw new KeyRefused();
	if (!answer.ok) throw new Error(`the key was not taken: ${answer.status}`);
	await storeKeyKnown(kiosk, true);
}

/** Sends the ratings of one pairing in batches. @throws if a request fails */
async function sendOf(kiosk: string, ratings: StoredRating[]): Promise<void> {
	for (let first = 0; first < ratings.length; first += MAX_RATINGS_PER_REQUEST) {
		const some = ratings.slice(first, first + MAX_RATINGS_PER_REQUEST);
		const answer = await post('/kiosk/ratings', { kiosk, ratings: some.map((stored) => stored.signed) });
		// The server lost the key or the pairing, for example by restoring a backup. The next attempt registers the key
		// again, and signs ratings of a former pairing again. A 404 of a proxy is no problem of the site.
		const isOfSite = answer.headers.get('content-type')?.startsWith('application/problem+json');
		if (isOfSite && [404, 409].includes(answer.status)) await storeKeyKnown(kiosk, false);
		if (!answer.ok) throw new Error(`the ratings were not taken: ${answer.status}`);
		const { now, outcomes } = (await answer.json()) as { now: string; outcomes: TabletRatingOutcome[] };
		storeClockOffset(now);
		for (const [index, stored] of some.entries()) {
			const outcome = outcomes[index];
			if (outcome) await recordOutcome(stored, outcome.outcome === 'refused' ? outcome.reason : undefined);
		}
	}
}

/** Sends all waiting ratings. @throws if a request fails or the current key could not be registered */
async function sendAll(present: string): Promise<void> {
	const failures: Error[] = [];
	const noteFailure = (cause: unknown) => void failures.push(cause as Error);
	// A failure of one pairing, such as a refused key, never blocks the ratings of the others.
	await registerKey(present)
		.then(() => signAgain(present))
		.catch(noteFailure);
	const all = await ratingsToSend();
	for (const kiosk of new Set(all.map((stored) => stored.kiosk))) {
		const ratings = all.filter((stored) => stored.kiosk === kiosk);
		if ((await deviceOf(kiosk)).known) await sendOf(kiosk, ratings).catch(noteFailure);
	}
	if (failures[0]) throw failures[0];
}

/**
 * Sends waiting ratings when `soon` is called and when the connection returns. Retries after failures with growing delays.
 *
 * @param kiosk id of the current pairing · @param keyLost called if the device has to be paired again
 */
export function keepSending(kiosk: string, keyLost?: () => void): { soon: () => void; stop: () => void } {
	let wait = MIN_DELAY_MS;
	let timer: ReturnType<typeof setTimeout> | undefined;
	let running = false;
	let runAgain = false;
	let stopped = false;

	async function run(): Promise<void> {
		if (running) {
			runAgain = true;
			return;
		}
		running = true;
		clearTimeout(timer);
		try {
			// The lock makes two open pages take turns, also of two versions, so that no rating is sent twice.
			if ('locks' in navigator) await navigator.locks.request('spatula-kept', () => sendAll(kiosk));
			else await sendAll(kiosk);
			wait = MIN_DELAY_MS;
		} catch (cause) {
			if (cause instanceof KeyRefused) keyLost?.();
			if (!stopped) timer = setTimeout(() => void run(), wait);
			wait = Math.min(wait * 2, MAX_DELAY_MS);
			runAgain = false;
		} finally {
			running = false;
		}
		if (runAgain && !stopped) {
			runAgain = false;
			await run();
		}
	}

	const online = () => {
		wait = MIN_DELAY_MS;
		void run();
	};
	addEventListener('online', online);
	return {
		soon: () => void run(),
		stop: () => {
			stopped = true;
			clearTimeout(timer);
			removeEventListener('online', online);
		}
	};
}
