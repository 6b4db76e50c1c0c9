/** Calls `end` after inactivity. The last seconds are shown as a countdown. */
export class ResetTimer {
	/** Remaining seconds of the countdown; null while no countdown runs. */
	left = $state<number | null>(null);
	#timer: ReturnType<typeof setTimeout> | undefined;
	#end: () => void;

	constructor(end: () => void) {
		this.#end = end;
	}

	/** @param idle seconds before the countdown · @param countdown seconds of the countdown */
	begin(idle: number, countdown: number): void {
		this.stop();
		this.#timer = setTimeout(() => this.#count(countdown), idle * 1000);
		if (idle === 0) this.left = countdown;
	}

	stop(): void {
		clearTimeout(this.#timer);
		this.left = null;
	}

	#count(left: number): void {
		this.left = left;
		if (left > 0) this.#timer = setTimeout(() => this.#count(left - 1), 1000);
		else {
			this.stop();
			this.#end();
		}
	}
}
