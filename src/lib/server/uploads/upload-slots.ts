import { MINUTE_MS } from '#lib/calendar/durations.ts';

interface Waiting {
	sender: string;
	enter: (leave: () => void) => void;
}

/** Time in slots counts half after this. */
const HALF_LIFE_MS = MINUTE_MS;
/** Senders who had this much time of late share half of the slots: one form takes a second. */
const MUCH_MS = 5000;
/** Senders remembered; beyond it those whose time no longer counts are forgotten. */
const REMEMBERED = 1000;

/**
 * Limits how many uploads are worked on at once, and how many of them one sender may have. A slot goes to the sender who had
 * the least time in slots of late, among equals to who came first. Half of them stay free of those who had much: somebody's
 * first photo overtakes a stream of large ones.
 */
export class UploadSlots {
	readonly #total: number;
	readonly #perSender: number;
	readonly #clock: () => number;
	/** Senders in the slots, one entry per slot. */
	#held: string[] = [];
	readonly #spent = new Map<string, { ms: number; at: number }>();
	#waiting: Waiting[] = [];

	/** @param clock milliseconds that only rise */
	constructor(total: number, perSender: number, clock = () => performance.now()) {
		this.#total = total;
		this.#perSender = perSender;
		this.#clock = clock;
	}

	/** @returns how to leave the slot, or undefined if none came free within `waitMs` */
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
			let left = false;
			next.enter(() => {
				if (left) return;
				left = true;
				this.#spend(sender, this.#clock() - entered);
				this.#held.splice(this.#held.indexOf(sender), 1);
				this.#admit();
			});
		}
	}

	#next(): Waiting | undefined {
		const hadMuch = (sender: string) => this.#recent(sender) > MUCH_MS;
		const shared = this.#held.filter(hadMuch).length;
		const [next] = this.#waiting
			.filter(({ sender }) => this.#held.filter((one) => one === sender).length < this.#perSender)
			.filter(({ sender }) => !hadMuch(sender) || shared < this.#total / 2)
			.sort((one, other) => this.#recent(one.sender) - this.#recent(other.sender));
		return next;
	}

	/** Milliseconds of a sender in slots, halved with each half-life since. */
	#recent(sender: string): number {
		const { ms, at } = this.#spent.get(sender) ?? { ms: 0, at: 0 };
		return ms * 0.5 ** ((this.#clock() - at) / HALF_LIFE_MS);
	}

	#spend(sender: string, ms: number): void {
		this.#spent.set(sender, { ms: this.#recent(sender) + ms, at: this.#clock() });
		if (this.#spent.size <= REMEMBERED) return;
		for (const known of this.#spent.keys()) if (this.#recent(known) < 1) this.#spent.delete(known);
	}
}
