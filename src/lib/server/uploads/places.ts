interface Waiting {
	sender: string;
	enter: (leave: () => void) => void;
}

/** Time in places counts half after this. */
const HALF_LIFE_MS = 60_000;
/** Whoever has had this much time of late shares half of the places with others like that: one form takes a second. */
const MUCH_MS = 5000;
/** Senders remembered; beyond it those whose time no longer counts are forgotten. */
const REMEMBERED = 1000;

/**
 * Limits how many uploads are worked on at once, and how many of them one sender may have. A place goes to the sender who
 * has had the least time in places of late, among equals to who came first, and half of them stay free of those who have
 * had much: somebody's first photo overtakes a stream of large ones.
 */
export class UploadPlaces {
	readonly #total: number;
	readonly #perSender: number;
	readonly #clock: () => number;
	readonly #held = new Map<string, number>();
	readonly #spent = new Map<string, { ms: number; at: number }>();
	#taken = 0;
	#waiting: Waiting[] = [];

	/** @param clock milliseconds that only rise */
	constructor(total: number, perSender: number, clock = () => performance.now()) {
		this.#total = total;
		this.#perSender = perSender;
		this.#clock = clock;
	}

	/** @returns how to leave the place, or undefined if none came free within `waitMs` */
	enter(sender: string, waitMs: number): Promise<(() => void) | undefined> {
		return new Promise((resolve) => {
			const waiting: Waiting = {
				sender,
				enter: (leave) => {
					clearTimeout(timer);
					resolve(leave);
				}
			};
			const timer = setTimeout(() => {
				this.#waiting = this.#waiting.filter((other) => other !== waiting);
				resolve(undefined);
			}, waitMs);
			this.#waiting.push(waiting);
			this.#admit();
		});
	}

	#admit(): void {
		while (this.#taken < this.#total) {
			const next = this.#next();
			if (!next) return;
			this.#waiting = this.#waiting.filter((other) => other !== next);
			this.#count(next.sender, 1);
			const entered = this.#clock();
			let left = false;
			next.enter(() => {
				if (left) return;
				left = true;
				this.#spend(next.sender, this.#clock() - entered);
				this.#count(next.sender, -1);
				this.#admit();
			});
		}
	}

	#next(): Waiting | undefined {
		const hasMuch = (sender: string) => this.#recent(sender) > MUCH_MS;
		const shared = [...this.#held].reduce((sum, [sender, held]) => sum + (hasMuch(sender) ? held : 0), 0);
		const [next] = this.#waiting
			.filter(({ sender }) => (this.#held.get(sender) ?? 0) < this.#perSender)
			.filter(({ sender }) => !hasMuch(sender) || shared < this.#total / 2)
			.sort((one, other) => this.#recent(one.sender) - this.#recent(other.sender));
		return next;
	}

	/** Milliseconds of a sender in places, halved with each half-life since. */
	#recent(sender: string): number {
		const { ms, at } = this.#spent.get(sender) ?? { ms: 0, at: 0 };
		return ms * 0.5 ** ((this.#clock() - at) / HALF_LIFE_MS);
	}

	#spend(sender: string, ms: number): void {
		this.#spent.set(sender, { ms: this.#recent(sender) + ms, at: this.#clock() });
		if (this.#spent.size <= REMEMBERED) return;
		for (const known of this.#spent.keys()) if (this.#recent(known) < 1) this.#spent.delete(known);
	}

	#count(sender: string, change: 1 | -1): void {
		this.#taken += change;
		const held = (this.#held.get(sender) ?? 0) + change;
		if (held === 0) this.#held.delete(sender);
		else this.#held.set(sender, held);
	}
}
