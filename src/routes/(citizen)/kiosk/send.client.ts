import { KEPT_AT_ONCE, type KeptOutcome } from '#lib/ratings/kiosk.ts';
import { hearClock } from './device.client.ts';
import { deviceOf, noteKnown, settle, signAnew, waiting } from './kept-ratings.client.ts';

const FIRST_MS = 2_000;
const LONGEST_MS = 5 * 60_000;
const PATIENCE_MS = 20_000;

async function post(path: string, body: unknown): Promise<Response> {
	return fetch(path, {
		method: 'POST',
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify(body),
		signal: AbortSignal.timeout(PATIENCE_MS)
	});
}

/** The site knows the device by another key, which this browser has lost: only a new pairing helps. */
class KeyRefused extends Error {}

/** Registers the public key of the paired device once. @throws KeyRefused · if the request failed */
async function introduce(kiosk: string): Promise<void> {
	const { known, publicKey } = await deviceOf(kiosk);
	if (known) return;
	const answer = await post('/kiosk/key', publicKey);
	if (answer.status === 409) throw new KeyRefused();
	if (!answer.ok) throw new Error(`the key was not taken: ${answer.status}`);
	await noteKnown(kiosk, true);
}

/** Sends all waiting ratings, a few at a time. @throws if some still wait afterwards, or the device is unknown */
async function sendAll(present: string): Promise<void> {
	// Ratings of former pairings are sent whether or not this key is accepted.
	const refusal = await introduce(present).then(
		() => undefined,
		(cause: unknown) => cause as Error
	);
	if (!refusal) await signAnew(present);
	const all = await waiting();
	for (const kiosk of new Set(all.map((kept) => kept.kiosk))) {
		if (!(await deviceOf(kiosk)).known) continue;
		const its = all.filter((kept) => kept.kiosk === kiosk);
		for (let first = 0; first < its.length; first += KEPT_AT_ONCE) {
			const some = its.slice(first, first + KEPT_AT_ONCE);
			const answer = await post('/kiosk/ratings', { kiosk, ratings: some.map((kept) => kept.signed) });
			// The site lost the key when a backup was restored: the next try registers it again.
			if (answer.status === 409) await noteKnown(kiosk, false);
			if (!answer.ok) throw new Error(`the ratings were not taken: ${answer.status}`);
			const { now, outcomes } = (await answer.json()) as { now: string; outcomes: KeptOutcome[] };
			hearClock(now);
			for (const [index, kept] of some.entries()) {
				const outcome = outcomes[index];
				if (outcome) await settle(kept, outcome.outcome === 'refused' ? outcome.reason : undefined);
			}
		}
	}
	if (refusal) throw refusal;
}

/**
 * Sends waiting ratings now, on request, when the connection returns, and after failures with growing delays.
 *
 * @param kiosk id of the pairing · @param keyLost called if the device has to be paired again
 */
export function keepSending(kiosk: string, keyLost?: () => void): { soon: () => void; stop: () => void } {
	let wait = FIRST_MS;
	let timer: ReturnType<typeof setTimeout> | undefined;
	let running = false;
	let again = false;
	let stopped = false;

	async function run(): Promise<void> {
		if (running) {
			again = true;
			return;
		}
		running = true;
		clearTimeout(timer);
		try {
			// Two open pages take turns, so that nothing is sent twice.
			if ('locks' in navigator) await navigator.locks.request('spatula-kept', () => sendAll(kiosk));
			else await sendAll(kiosk);
			wait = FIRST_MS;
		} catch (cause) {
			if (cause instanceof KeyRefused) keyLost?.();
			if (!stopped) timer = setTimeout(() => void run(), wait);
			wait = Math.min(wait * 2, LONGEST_MS);
			again = false;
		} finally {
			running = false;
		}
		if (again && !stopped) {
			again = false;
			await run();
		}
	}

	const online = () => {
		wait = FIRST_MS;
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
