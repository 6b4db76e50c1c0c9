import { MINUTE_MS } from '#lib/calendar/durations.ts';

interface Waiting {
	sender: string;
	enter: (leave: () => void) => void;
}

/** A sender's time in slots counts half after this. */
const HALF_LIFE_MS = MINUTE_MS;
/** Senders with more recent time than this share half of the slots. One form takes a second. */
const FREQUENT_MS = 5000;
/** Number of remembered senders. Above it, those whose time no longer counts are deleted. */
const MAX_REMEMBERED_SENDERS = 1000;

/**
 * Limits how many uploads are processed at once in all and per sender. A slot goes to the waiting sender with the least
 * recent time in slots, among equals to the first. Senders with much recent time get at most half of the slots, so a
 * single photo overtakes a stream of large ones.
 */
export class UploadSlots {
	readonly #total: number;
	readonly #perSender: number;
	readonly #clock: () => number;
	/** Senders in the slots, one entry per slot. */
	#held: string[] = [];
	readonly #spent = new Map<string, { ms: number; at: number }>();
	#waiting: Waiting[] = [];

	/** @param clock monotonic milliseconds */
	constructor(total: number, perSender: number, clock = () => performance.now()) {
		this.#total = total;
		this.#perSender = perSender;
		this.#clock = clock;
	}

	/** Waits for a slot. @returns a function that frees the slot, or undefined if none became free within `waitMs` */
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
		while (this.#held.length < this.#total) {
			const next = this.#next();
			if (!next) return;
			const { sender } = next;
			this.#waiting = this.#waiting.filter((other) => other !== next);
			this.#held.push(sender);
			const entered = this.#clock();
			let isFreed = false;
			next.enter(() => {
				if (isFreed) return;
				isFreed = true;
				this.#spend(sender, this.#clock() - entered);
				this.#held.splice(this.#held.indexOf(sender), 1);
				this.#admit();
			});
		}
	}

	#next(): Waiting | undefined {
		const hadMuch = (sender: string) => this.#recent(sender) > FREQUENT_MS;
		const shared = this.#held.filter(hadMuch).length;
		const [next] = this.#waiting
			.filter(({ sender }) => this.#held.filter((one) => one === sender).length < this.#perSender)
			.filter(({ sender }) => !hadMuch(sender) || shared < this.#total / 2)
			.sort((one, other) => this.#recent(one.sender) - this.#recent(other.sender));
		return next;
	}

	/** Recent milliseconds of a sender in slots, halved with each half-life. */
	#recent(sender: string): number {
		const { ms, at } = this.#spent.get(sender) ?? { ms: 0, at: 0 };
		return ms * 0.5 ** ((this.#clock() - at) / HALF_LIFE_MS);
	}

	#spend(sender: string, ms: number): void {
		this.#spent.set(sender, { ms: this.#recent(sender) + ms, at: this.#clock() });
		if (this.#spent.size <= MAX_REMEMBERED_SENDERS) return;
		for (const known of this.#spent.keys()) if (this.#recent(known) < 1) this.#spent.delete(known);
	}
}
