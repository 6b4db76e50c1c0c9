import { pause } from '#lib/server/clock.ts';
import { TooMany } from '#lib/server/errors.ts';

/** Who tries a password or PIN. The room shares its places out by these keys. */
export interface Guest {
	/** What the try is for: an account or a kiosk. */
	target: string;
	/** Where the try comes from: an address or a device. */
	source: string;
	/** The browser, where it sent the cookie that the sign-in page gave it. */
	browser?: string | undefined;
}

/** How many tries wait at the same time for one target, from one source and in all. */
export interface Places {
	target: number;
	source: number;
	all: number;
}

interface Place extends Guest {
	state: 'waiting' | 'checking' | 'lost';
	/** Ends the wait of a lost place. */
	leave: AbortController;
	/** It is lost, and its refusal is counted among those that are held back. */
	held: boolean;
}

/** Milliseconds until a try without a place is refused, so that a guesser cannot repeat it at once. */
const REFUSED_AFTER_MS = 10_000;
/** Refusals held back at the same time. Further ones are sent at once, which bounds connections and timers. */
const HELD_REFUSALS = 500;
/** Sources whose failures are remembered; the one that failed longest ago is forgotten first. */
const REMEMBERED_SOURCES = 5000;
/** Seconds after which a refused person should try again. */
const RETRY_AFTER = 30;

/**
 * Lets tries wait in parallel and checks them one at a time, in the order in which their waits end: one check with argon2
 * takes 19 MiB and about 45 ms. When more tries come than there are places, the source that takes most of the room loses
 * one, so many connections from one address crowd out each other and nobody else. A waiting try holds no database
 * connection. The state is bounded and lies in the memory of one process.
 */
export class WaitingRoom {
	readonly #limits: Places;
	/** In the order of arrival. */
	readonly #places = new Set<Place>();
	readonly #failures = new Map<string, number>();
	#heldRefusals = 0;
	#line: Promise<unknown> = Promise.resolve();

	constructor(limits: Places) {
		this.#limits = limits;
	}

	/**
	 * Waits `waitMs`, then for the turn, and runs `work`.
	 * @throws TooMany if the try lost its place; `work` was not run then
	 */
	async check<T>(guest: Guest, waitMs: number, work: () => Promise<T>): Promise<T> {
		const place = this.#admit(guest);
		try {
			await pause(waitMs, place.leave.signal);
			const checked = await this.#inTurn(place, work);
			if (checked) return checked.value;
			await pause(REFUSED_AFTER_MS - waitMs, place.leave.signal);
			throw new TooMany(RETRY_AFTER);
		} finally {
			this.#places.delete(place);
			if (place.held) this.#heldRefusals -= 1;
		}
	}

	/** Remembers that a try from this source was wrong: where places are short, such sources lose theirs first. */
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

	async #inTurn<T>(place: Place, work: () => Promise<T>): Promise<{ value: T } | undefined> {
		const turn = this.#line.then(async () => {
			if (place.state === 'lost') return undefined;
			place.state = 'checking';
			return { value: await work() };
		});
		this.#line = turn.catch(() => undefined);
		return turn;
	}

	#admit(guest: Guest): Place {
		const place: Place = { ...guest, state: 'waiting', leave: new AbortController(), held: false };
		this.#places.add(place);
		for (let crowd = this.#crowd(place); crowd; crowd = this.#crowd(place)) this.#displaceOne(crowd);
		return place;
	}

	/** The tries that share a bound with the new one and are too many; undefined if there is room. */
	#crowd({ target, source }: Guest): Place[] | undefined {
		const all = [...this.#places];
		const forTarget = all.filter((place) => place.target === target);
		if (forTarget.length > this.#limits.target) return forTarget;
		const fromSource = all.filter((place) => place.source === source);
		if (fromSource.length > this.#limits.source) return fromSource;
		return all.length > this.#limits.all ? all : undefined;
	}

	/**
	 * Takes the place of one try: from the source with most of the crowd, there for the target with most tries, then from the
	 * source that failed most, then from tries without a browser's cookie or from the browser with most tries, then the newest.
	 */
	#displaceOne(crowd: readonly Place[]): void {
		const shares = [
			shareOf(crowd, ({ source }) => source),
			shareOf(crowd, ({ source, target }) => `${source} ${target}`),
			({ source }: Place) => this.#failuresOf(source),
			({ browser }: Place) => (browser === undefined ? 1 : 0),
			shareOf(crowd, ({ browser }) => browser ?? '')
		];
		const worse = (one: Place, other: Place) => {
			for (const share of shares) if (share(one) !== share(other)) return share(one) > share(other);
			return true;
		};
		const lost = crowd
			.filter(({ state }) => state === 'waiting')
			.reduce((worst, place) => (worse(place, worst) ? place : worst));
		lost.state = 'lost';
		this.#places.delete(lost);
		lost.held = this.#heldRefusals < HELD_REFUSALS;
		if (lost.held) this.#heldRefusals += 1;
		else lost.leave.abort();
	}
}

/** Counts how many of the crowd have the same key as a place. */
function shareOf(crowd: readonly Place[], key: (place: Place) => string): (place: Place) => number {
	const counts = new Map<string, number>();
	for (const place of crowd) counts.set(key(place), (counts.get(key(place)) ?? 0) + 1);
	return (place) => counts.get(key(place)) ?? 0;
}
