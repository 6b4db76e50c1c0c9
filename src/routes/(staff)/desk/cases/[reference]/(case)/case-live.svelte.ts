import { invalidate } from '$app/navigation';
import type { CaseChange, NewEntry } from '#lib/cases/live.ts';
import { deskLive } from '../../../live/desk-live.svelte.ts';

const CASE = 'desk:case';

interface Shown {
	reference: string;
	seq: number;
}

/** Three signs in the time after which the site believes a tab is gone. */
const SIGN_MS = 15_000;
/** What the person has just done here brings a new page; only where it doesn't is it told. */
const OWN_MS = 2_000;

/** What happened to the case since the page was made, and the signs that it is on somebody's screen. */
export class CaseLive {
	/** Entries that the page does not show, in order. */
	news = $state.raw<readonly NewEntry[]>([]);
	loaded = $state(false);
	failed = $state(false);
	#shown: Shown;
	readonly #tab = newTab();

	constructor(shown: Shown) {
		this.#shown = shown;
	}

	/** The page shows the case as it was at another moment, or another case. */
	give(shown: Shown): void {
		const another = shown.reference !== this.#shown.reference;
		this.#shown = shown;
		this.news = this.news.filter((entry) => !another && entry.seq > shown.seq);
		if (another) this.loaded = false;
	}

	/** Begins to listen and to give signs. @returns the function that ends both */
	start(): () => void {
		const silence = deskLive.on((event) => {
			if (event.kind === 'refresh') void this.sign();
			else if (event.kind === 'change' && event.reference === this.#shown.reference) this.#hear(event);
		});
		const signing = setInterval(() => void this.sign(), SIGN_MS);
		const look = () => void this.sign();
		document.addEventListener('visibilitychange', look);
		void this.sign();
		return () => {
			silence();
			clearInterval(signing);
			document.removeEventListener('visibilitychange', look);
			this.leave();
		};
	}

	/** Says that the case is in sight, and hears what the page does not show. @returns whether the site answered */
	async sign(): Promise<boolean> {
		if (document.visibilityState !== 'visible') return false;
		try {
			const answer = await fetch(this.#address(), {
				method: 'POST',
				body: signOf(this.#tab, this.#shown.seq),
				redirect: 'manual'
			});
			if (!answer.ok) return false;
			const { change } = (await answer.json()) as { change: CaseChange | null };
			if (change?.reference === this.#shown.reference) this.#hear(change);
			return true;
		} catch {
			return false;
		}
	}

	leave(): void {
		navigator.sendBeacon(this.#address(), signOf(this.#tab, this.#shown.seq, true));
	}

	/** Brings in what is new; what is being typed stays. */
	async load(): Promise<void> {
		this.failed = !(await this.sign());
		if (this.failed) return;
		await invalidate(CASE);
		this.loaded = true;
	}

	#hear({ entries }: CaseChange): void {
		const fresh = entries.filter(({ seq }) => seq > this.#shown.seq);
		const add = () => {
			const added = fresh.filter((one) => one.seq > this.#shown.seq && !this.news.some(({ seq }) => seq === one.seq));
			this.news = [...this.news, ...added].sort((a, b) => a.seq - b.seq);
			if (added.length > 0) this.loaded = false;
		};
		if (fresh.length > 0 && fresh.every(({ own }) => own)) setTimeout(add, OWN_MS);
		else add();
	}

	#address = () => `/desk/cases/${this.#shown.reference}/presence`;
}

/** A UUID; a page that did not come by https is given none by its browser. */
function newTab(): string {
	const bytes = crypto.getRandomValues(new Uint8Array(16));
	bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
	bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
	const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
	return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

/** The form by which a tab says that it shows a case, up to the entry with that number. */
function signOf(tab: string, seq: number, leaving = false): URLSearchParams {
	return new URLSearchParams({ tab, seq: String(seq), ...(leaving ? { leaving: '1' } : {}) });
}
