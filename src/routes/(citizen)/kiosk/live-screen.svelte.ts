import type { KioskScreen } from '#lib/ratings/kiosk.ts';
import { timeoutSignal } from '#lib/ui/timeout-signal.ts';
import { storeClockOffset, siteTime } from './device.client.ts';

const KEY = 'kiosk-screen';
const TIMEOUT_MS = 10_000;
const MAX_DELAY_MS = 60_000;
/** Failed polls in a row after which the connection counts as lost. */
const LOST_AFTER = 2;

/** Polls the content of the kiosk while the page is visible, less often while polls fail. */
export class LiveScreen {
	screen: KioskScreen;
	/** Failed polls since the last successful one. */
	#failures = $state(0);
	/** Server time of the last poll. */
	#polledAt = $state('');
	#everyMs: number;
	#timer: ReturnType<typeof setTimeout> | undefined;

	constructor(first: KioskScreen, everyMs: number) {
		this.screen = $state.raw(first);
		this.#everyMs = everyMs;
	}

	get lost(): boolean {
		return this.#failures >= LOST_AFTER;
	}

	/** The visit whose code is shown; null after its time has ended, also without a connection. */
	get visit(): KioskScreen['visit'] {
		return this.#unlessEnded(this.screen.visit);
	}

	/** Whom visitors can rate. No officer is preselected after the shift has ended, also without a connection. */
	get whom(): Pick<KioskScreen, 'officers' | 'atDesk'> {
		return { officers: this.screen.officers, atDesk: this.#unlessEnded(this.screen.atDesk) };
	}

	#unlessEnded<T extends { until: string }>(shown: T | null): T | null {
		return shown && shown.until > this.#polledAt ? shown : null;
	}

	/** Starts polling. A page that was loaded offline starts with the last stored content. @returns a function that stops it */
	begin(): () => void {
		const last = JSON.parse(localStorage.getItem(KEY) ?? 'null') as KioskScreen | null;
		if (last?.kiosk === this.screen.kiosk && last.now > this.screen.now) this.screen = last;
		else this.#show(this.screen);
		this.#polledAt = siteTime();
		const pollIfVisible = () => {
			if (document.visibilityState === 'visible') void this.#poll();
		};
		document.addEventListener('visibilitychange', pollIfVisible);
		addEventListener('online', pollIfVisible);
		pollIfVisible();
		return () => {
			clearTimeout(this.#timer);
			document.removeEventListener('visibilitychange', pollIfVisible);
			removeEventListener('online', pollIfVisible);
		};
	}

	#show(screen: KioskScreen): void {
		this.screen = screen;
		localStorage.setItem(KEY, JSON.stringify(screen));
	}

	async #poll(): Promise<void> {
		clearTimeout(this.#timer);
		try {
			const response = await fetch('/kiosk/state', { cache: 'no-store', signal: timeoutSignal(TIMEOUT_MS) });
			if (response.ok) {
				const screen = (await response.json()) as KioskScreen;
				storeClockOffset(screen.now);
				this.#show(screen);
			} else if (response.status === 404) this.#show({ ...this.screen, ended: 'unpaired' });
			this.#failures = response.ok || response.status === 404 ? 0 : this.#failures + 1;
		} catch {
			this.#failures += 1;
		}
		this.#polledAt = siteTime();
		const next = Math.min(this.#everyMs * 2 ** Math.min(this.#failures, 5), Math.max(MAX_DELAY_MS, this.#everyMs));
		clearTimeout(this.#timer);
		if (document.visibilityState === 'visible') this.#timer = setTimeout(() => void this.#poll(), next);
	}
}
