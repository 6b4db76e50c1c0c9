import { invalidate } from '$app/navigation';
import type { CaseChange, NewEntry } from '#lib/cases/live.ts';
import { deskLive } from '../../../live/desk-live.svelte.ts';

const CASE = 'desk:case';

interface Shown {
	reference: string;
	seq: number;
}

/** Interval of presence messages: three in the time after which the server counts a tab as closed. */
const PRESENCE_MS = 15_000;
/** Delay before the person's own change is announced, because normally the page reloads after it. */
const OWN_CHANGE_MS = 2_000;

/** Collects changes to a case since the page was loaded, and reports to the server that this tab shows the case. */
export class CaseLive {
	/** Timeline entries that the page does not show yet, in order. */
	news = $state.raw<readonly NewEntry[]>([]);
	loaded = $state(false);
	failed = $state(false);
	#shown: Shown;
	readonly #tab = newTab();

	constructor(shown: Shown) {
		this.#shown = shown;
	}

	/** Call this when the page shows a newer state of the case or another case. */
	update(shown: Shown): void {
		const another = shown.reference !== this.#shown.reference;
		this.#shown = shown;
		this.news = this.news.filter((entry) => !another && entry.seq > shown.seq);
		if (another) this.loaded = false;
	}

	/** Starts listening and sending presence messages. @returns a function that stops both */
	start(): () => void {
		const stopListening = deskLive.on((event) => {
			if (event.kind === 'refresh') void this.sendPresence();
			else if (event.kind === 'change' && event.reference === this.#shown.reference) this.#collect(event);
		});
		const timer = setInterval(() => void this.sendPresence(), PRESENCE_MS);
		const onVisible = () => void this.sendPresence();
		document.addEventListener('visibilitychange', onVisible);
		void this.sendPresence();
		return () => {
			stopListening();
			clearInterval(timer);
			document.removeEventListener('visibilitychange', onVisible);
			this.leave();
		};
	}

	/** Reports that the case is visible and collects changes that the page does not show. @returns whether the server responded */
	async sendPresence(): Promise<boolean> {
		if (document.visibilityState !== 'visible') return false;
		try {
			const response = await fetch(this.#address(), {
				method: 'POST',
				body: presenceBody(this.#tab, this.#shown.seq),
				redirect: 'manual'
			});
			if (!response.ok) return false;
			const { change } = (await response.json()) as { change: CaseChange | null };
			if (change?.reference === this.#shown.reference) this.#collect(change);
			return true;
		} catch {
			return false;
		}
	}

	leave(): void {
		navigator.sendBeacon(this.#address(), presenceBody(this.#tab, this.#shown.seq, true));
	}

	/** Reloads the case's data; typed text stays in the forms. */
	async load(): Promise<void> {
		this.failed = !(await this.sendPresence());
		if (this.failed) return;
		await invalidate(CASE);
		this.loaded = true;
	}

	#collect({ entries }: CaseChange): void {
		const unseen = entries.filter(({ seq }) => seq > this.#shown.seq);
		const add = () => {
			const added = unseen.filter(
				(entry) => entry.seq > this.#shown.seq && !this.news.some(({ seq }) => seq === entry.seq)
			);
			this.news = [...this.news, ...added].sort((a, b) => a.seq - b.seq);
			if (added.length > 0) this.loaded = false;
		};
		if (unseen.length > 0 && unseen.every(({ own }) => own)) setTimeout(add, OWN_CHANGE_MS);
		else add();
	}

	#address = () => `/desk/cases/${this.#shown.reference}/presence`;
}

/** A random UUID. `crypto.randomUUID` is not available over plain HTTP. */
function newTab(): string {
	const bytes = crypto.getRandomValues(new Uint8Array(16));
	bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
	bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
	const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
	return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

/** Body of a presence message: the tab shows the case up to timeline entry `seq`. */
function presenceBody(tab: string, seq: number, leaving = false): URLSearchParams {
	return new URLSearchParams({ tab, seq: String(seq), ...(leaving ? { leaving: '1' } : {}) });
}
