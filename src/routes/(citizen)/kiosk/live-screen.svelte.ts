import type { KioskScreen } from '#lib/ratings/kiosk.ts';
import { hearClock, siteTime } from './device.client.ts';

const KEY = 'kiosk-screen';
const PATIENCE_MS = 10_000;
const LONGEST_MS = 60_000;
/** Missed answers before the connection counts as lost. */
const LOST_AFTER = 2;

/** Polls the content of the kiosk while the page is visible, less often while the site does not answer. */
export class LiveScreen {
	present: KioskScreen;
	/** Answers missed since the last one. */
	#missed = $state(0);
	/** Site time of the last poll. */
	#asked = $state('');
	#everyMs: number;
	#timer: ReturnType<typeof setTimeout> | undefined;

	constructor(first: KioskScreen, everyMs: number) {
		this.present = $state.raw(first);
		this.#everyMs = everyMs;
	}

	get lost(): boolean {
		return this.#missed >= LOST_AFTER;
	}

	/** The visit whose code is shown until its time ends, also without a connection. */
	get visit(): KioskScreen['visit'] {
		const { visit } = this.present;
		return visit && visit.until > this.#asked ? visit : null;
	}

	/** Starts polling and returns a function that stops it. A page loaded offline continues with the last content. */
	begin(): () => void {
		const last = JSON.parse(localStorage.getItem(KEY) ?? 'null') as KioskScreen | null;
		if (last?.kiosk === this.present.kiosk && last.now > this.present.now) this.present = last;
		else this.#hear(this.present);
		const seen = () => {
			if (document.visibilityState === 'visible') void this.#ask();
		};
		document.addEventListener('visibilitychange', seen);
		addEventListener('online', seen);
		seen();
		return () => {
			clearTimeout(this.#timer);
			document.removeEventListener('visibilitychange', seen);
			removeEventListener('online', seen);
		};
	}

	#hear(screen: KioskScreen): void {
		this.present = screen;
		localStorage.setItem(KEY, JSON.stringify(screen));
	}

	async #ask(): Promise<void> {
		clearTimeout(this.#timer);
		try {
			const answer = await fetch('/kiosk/state', { cache: 'no-store', signal: AbortSignal.timeout(PATIENCE_MS) });
			if (answer.ok) {
				const screen = (await answer.json()) as KioskScreen;
				hearClock(screen.now);
				this.#hear(screen);
			} else if (answer.status === 404) this.#hear({ ...this.present, ended: true });
			this.#missed = answer.ok || answer.status === 404 ? 0 : this.#missed + 1;
		} catch {
			this.#missed += 1;
		}
		this.#asked = siteTime();
		const next = Math.min(this.#everyMs * 2 ** Math.min(this.#missed, 5), Math.max(LONGEST_MS, this.#everyMs));
		clearTimeout(this.#timer);
		if (document.visibilityState === 'visible') this.#timer = setTimeout(() => void this.#ask(), next);
	}
}
