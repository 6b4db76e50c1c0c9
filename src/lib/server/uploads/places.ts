interface Waiting {
	sender: string;
	enter: (leave: () => void) => void;
}

/**
 * Limits how many uploads are worked on at once, and how many of them one sender may have. The others wait in the order
 * they arrived; a sender who has as many as allowed is passed by, so that nobody fills every place.
 */
export class UploadPlaces {
	readonly #total: number;
	readonly #perSender: number;
	readonly #held = new Map<string, number>();
	#taken = 0;
	#waiting: Waiting[] = [];

	constructor(total: number, perSender: number) {
		this.#total = total;
		this.#perSender = perSender;
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
			const index = this.#waiting.findIndex(({ sender }) => (this.#held.get(sender) ?? 0) < this.#perSender);
			const [next] = index < 0 ? [] : this.#waiting.splice(index, 1);
			if (!next) return;
			this.#count(next.sender, 1);
			let left = false;
			next.enter(() => {
				if (left) return;
				left = true;
				this.#count(next.sender, -1);
				this.#admit();
			});
		}
	}

	#count(sender: string, change: 1 | -1): void {
		this.#taken += change;
		const held = (this.#held.get(sender) ?? 0) + change;
		if (held === 0) this.#held.delete(sender);
		else this.#held.set(sender, held);
	}
}
