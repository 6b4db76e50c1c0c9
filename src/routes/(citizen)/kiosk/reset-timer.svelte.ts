import { IMPROVABLE } from '#lib/ratings/vocabulary.ts';

/** Seconds: without input before the countdown, and length of the countdown. */
interface Times {
	idle: number;
	countdown: number;
}

/** While a visitor chooses or types, and after "more time". */
export const WHILE_FILLING: Times = { idle: 20, countdown: 25 };

/**
 * After a rating. Everybody has the 20 seconds of WCAG 2.2.1 to reach "more time", also by touch with a screen reader.
 * Somebody who was not content needs time to say why.
 */
export const afterRating = (score: number): Times => ({ idle: 0, countdown: score <= IMPROVABLE ? 25 : 20 });

/** Calls `end` after inactivity. The last seconds are shown as a countdown. */
export class ResetTimer {
	/** Remaining seconds of the countdown; null while no countdown runs. */
	left = $state<number | null>(null);
	/** Length of the countdown in seconds. */
	countdown = $state(0);
	#timer: ReturnType<typeof setTimeout> | undefined;
	#end: () => void;

	constructor(end: () => void) {
		this.#end = end;
	}

	begin({ idle, countdown }: Times): void {
		this.stop();
		this.countdown = countdown;
		if (idle === 0) this.#count(countdown);
		else this.#timer = setTimeout(() => this.#count(countdown), idle * 1000);
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
