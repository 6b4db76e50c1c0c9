import { pause } from '#lib/server/clock.ts';
import { TooMany } from '#lib/server/errors.ts';
import { limitConcurrency } from '#lib/server/limit-concurrency.ts';

/** Keys of a password or PIN attempt, by which the queue's limits are shared. */
export interface AttemptKeys {
	/** What is tried: an account or a kiosk. */
	target: string;
	/** Where the attempt comes from: an address or a device. */
	source: string;
	/** The browser, if it sent the cookie from the sign-in page. */
	browser?: string;
}

/** Maximum number of attempts that wait at the same time for one target, from one source and in total. */
export interface QueueLimits {
	target: number;
	source: number;
	all: number;
}

interface QueuedAttempt extends AttemptKeys {
	state: 'waiting' | 'checking' | 'dropped';
	endWait: AbortController;
	/** The attempt was dropped and its refusal is counted as delayed. */
	refusalDelayed: boolean;
}

/** Milliseconds until a dropped attempt is refused, so that a guesser cannot repeat it at once. */
const REFUSED_AFTER_MS = 10_000;
/** Refusals delayed at the same time. Further ones are sent at once, which limits connections and timers. */
const MAX_DELAYED_REFUSALS = 500;
/** Sources whose failures are remembered. The one that failed longest ago is forgotten first. */
const REMEMBERED_SOURCES = 5000;
const RETRY_AFTER = 30;

/**
 * Lets attempts wait in parallel and checks them one at a time, in the order in which their waits end: one check with
 * argon2 takes 19 MiB and about 45 ms. When a limit is exceeded, the source with the most attempts loses one. So a
 * flood of connections from one address displaces only its own attempts. A waiting attempt uses no database connection.
 * The state has a maximum size and is in the memory of one process. `rate-limits.ts` computes how long an attempt waits.
 */
export class AttemptQueue {
	readonly #limits: QueueLimits;
	/** In order of arrival. */
	readonly #attempts = new Set<QueuedAttempt>();
	readonly #failures = new Map<string, number>();
	#delayedRefusals = 0;
	readonly #oneAtATime = limitConcurrency(1);

	constructor(limits: QueueLimits) {
		this.#limits = limits;
	}

	/**
	 * Waits `waitMs`, then until the earlier checks are done, and runs `work`.
	 * @throws TooMany if the attempt was dropped; then `work` was not run
	 */
	async check<T>(keys: AttemptKeys, waitMs: number, work: () => Promise<T>): Promise<T> {
		const attempt = this.#add(keys);
		try {
			await pause(waitMs, attempt.endWait.signal);
			const checked = await this.#inTurn(attempt, work);
			if (checked) return checked.value;
			await pause(REFUSED_AFTER_MS - waitMs, attempt.endWait.signal);
			throw new TooMany(RETRY_AFTER);
		} finally {
			this.#attempts.delete(attempt);
			if (attempt.refusalDelayed) this.#delayedRefusals -= 1;
		}
	}

	/** Remembers a failed attempt from this source. When a limit is exceeded, such sources are dropped first. */
	noteFailure(source: string): void {
		const failures = this.#failuresOf(source) + 1;
		this.#failures.delete(source);
		this.#failures.set(source, failures);
		const [oldest] = this.#failures.keys();
		if (oldest !== undefined && this.#failures.size > REMEMBERED_SOURCES) this.#failures.delete(oldest);
	}

	#failuresOf(source: string): number {
		return this.#failures.get(source) ?? 0;
	}

	#inTurn<T>(attempt: QueuedAttempt, work: () => Promise<T>): Promise<{ value: T } | undefined> {
		return this.#oneAtATime(async () => {
			if (attempt.state === 'dropped') return undefined;
			attempt.state = 'checking';
			return { value: await work() };
		});
	}

	#add(keys: AttemptKeys): QueuedAttempt {
		const attempt: QueuedAttempt = { ...keys, state: 'waiting', endWait: new AbortController(), refusalDelayed: false };
		this.#attempts.add(attempt);
		for (let candidates = this.#overLimit(attempt); candidates; candidates = this.#overLimit(attempt))
			this.#dropOne(candidates);
		return attempt;
	}

	/** The attempts under an exceeded limit that includes the new one; undefined if no limit is exceeded. */
	#overLimit({ target, source }: AttemptKeys): QueuedAttempt[] | undefined {
		const all = [...this.#attempts];
		const forTarget = all.filter((attempt) => attempt.target === target);
		if (forTarget.length > this.#limits.target) return forTarget;
		const fromSource = all.filter((attempt) => attempt.source === source);
		if (fromSource.length > this.#limits.source) return fromSource;
		return all.length > this.#limits.all ? all : undefined;
	}

	/**
	 * Drops one attempt of those under the exceeded limit. Chosen in this order: the source with the most attempts, its
	 * target with the most attempts, the source with the most failures, attempts without a browser's cookie, the
	 * browser with the most attempts, the newest.
	 */
	#dropOne(candidates: readonly QueuedAttempt[]): void {
		const shares = [
			shareOf(candidates, ({ source }) => source),
			shareOf(candidates, ({ source, target }) => `${source} ${target}`),
			({ source }: QueuedAttempt) => this.#failuresOf(source),
			({ browser }: QueuedAttempt) => (browser === undefined ? 1 : 0),
			shareOf(candidates, ({ browser }) => browser ?? '')
		];
		const worse = (one: QueuedAttempt, other: QueuedAttempt) => {
			for (const share of shares) if (share(one) !== share(other)) return share(one) > share(other);
			return true;
		};
		const dropped = candidates
			.filter(({ state }) => state === 'waiting')
			.reduce((worst, attempt) => (worse(attempt, worst) ? attempt : worst));
		dropped.state = 'dropped';
		this.#attempts.delete(dropped);
		dropped.refusalDelayed = this.#delayedRefusals < MAX_DELAYED_REFUSALS;
		if (dropped.refusalDelayed) this.#delayedRefusals += 1;
		else dropped.endWait.abort();
	}
}

/** Counts how many of the attempts have the same key as one of them. */
function shareOf(
	candidates: readonly QueuedAttempt[],
	key: (attempt: QueuedAttempt) => string
): (attempt: QueuedAttempt) => number {
	const counts = new Map<string, number>();
	for (const attempt of candidates) counts.set(key(attempt), (counts.get(key(attempt)) ?? 0) + 1);
	return (attempt) => counts.get(key(attempt)) ?? 0;
}
