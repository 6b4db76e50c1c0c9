import { invalidate } from '$app/navigation';
import { updated } from '$app/state';
import type { CaseChange, NewEntry } from '#lib/cases/live.ts';
import { deskLive } from '../../../live/desk-live.svelte.ts';
import { loadAnew, watchForms } from '../../../live/new-version.client.ts';
import { PresenceSigns } from '../../../live/presence-signs.ts';

const CASE = 'desk:case';

interface Shown {
	reference: string;
	seq: number;
}

/** Delay before the person's own change is announced, because normally the page reloads after it. */
const OWN_CHANGE_MS = 2_000;

/** Collects changes to a case since the page was loaded, and reports to the server that this tab shows the case. */
export class CaseLive {
	/** Timeline entries that the page does not show yet, in order. */
	unseenEntries = $state.raw<readonly NewEntry[]>([]);
	loaded = $state(false);
	failed = $state(false);
	#shown: Shown;
	#forms: ReturnType<typeof watchForms> | undefined;
	readonly #signs = new PresenceSigns<{ change: CaseChange | null }>(
		() => `/desk/cases/${this.#shown.reference}/presence`,
		() => ({ seq: String(this.#shown.seq) })
	);

	constructor(shown: Shown) {
		this.#shown = shown;
	}

	/** Call this when the page shows a newer state of the case. */
	update(shown: Shown): void {
		this.#shown = shown;
		this.unseenEntries = this.unseenEntries.filter((entry) => entry.seq > shown.seq);
	}

	/** Starts listening and signing presence. @returns a function that stops both */
	start(): () => void {
		const stopListening = deskLive.on((event) => {
			if (event.kind === 'refresh') void this.sign();
			else if (event.kind === 'change' && event.reference === this.#shown.reference) this.#collect(event);
		});
		const stopSigning = this.#signs.start(() => this.sign());
		const forms = (this.#forms = watchForms());
		return () => {
			forms.stop();
			stopListening();
			stopSigning();
		};
	}

	/** Signs that the case is visible and collects changes that the page does not show. @returns whether the server responded */
	async sign(): Promise<boolean> {
		const response = await this.#signs.send();
		if (response?.change?.reference === this.#shown.reference) this.#collect(response.change);
		return response !== undefined;
	}

	leave(): void {
		this.#signs.leave();
	}

	/** Reloads the case's data; forms keep what was entered. */
	async load(): Promise<void> {
		this.failed = !(await this.sign());
		if (this.failed) return;
		if (updated.current && !this.#forms?.changed()) return loadAnew();
		// Before the news is gone, so that the bar keeps its button, which may have the focus.
		this.loaded = true;
		await invalidate(CASE);
	}

	#collect({ entries }: CaseChange): void {
		const unseen = entries.filter(({ seq }) => seq > this.#shown.seq);
		const add = () => {
			const added = unseen.filter(
				(entry) => entry.seq > this.#shown.seq && !this.unseenEntries.some(({ seq }) => seq === entry.seq)
			);
			this.unseenEntries = [...this.unseenEntries, ...added].sort((a, b) => a.seq - b.seq);
			if (added.length > 0) this.loaded = false;
		};
		if (unseen.length > 0 && unseen.every(({ own }) => own)) setTimeout(add, OWN_CHANGE_MS);
		else add();
	}
}
