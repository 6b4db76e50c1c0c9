/** Returns to the start page after inactivity. The last seconds are counted down visibly. */
export class ResetTimer {
	/** Seconds until the start shows again; null while it is quiet. */
	left = $state<number | null>(null);
	#timer: ReturnType<typeof setTimeout> | undefined;
	#end: () => void;

	constructor(end: () => void) {
		this.#end = end;
	}

	/** @param quiet seconds before the countdown · @param counted seconds it counts */
	begin(quiet: number, counted: number): void {
		this.stop();
		this.#timer = setTimeout(() => this.#count(counted), quiet * 1000);
		if (quiet === 0) this.left = counted;
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
