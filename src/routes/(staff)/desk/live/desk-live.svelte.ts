import type { LiveEvent, Presence } from '#lib/cases/live.ts';
import { shareLine } from './line.client.ts';

type Hearer = (event: LiveEvent) => void;

/** Longer than a page takes from the query of its data until it listens. */
const PAGE_MS = 10_000;

/** Events of the desk for this tab and its pages. Browser only; on the server there are none. */
class DeskLive {
	presence = $state.raw<Presence>({});
	over = $state(false);
	readonly #hearers = new Set<Hearer>();
	#heardAt = -Infinity;

	/** Begins to listen for the account. @returns the function that ends it */
	start(account: string): () => void {
		this.over = false;
		return shareLine(account, {
			hear: (event) => this.#hear(event),
			over: () => (this.over = true),
			presence: () => this.presence
		});
	}

	/** Tells `hearer` what happens, and to refresh if something happened while its page was made. @returns the function that ends it */
	on(hearer: Hearer): () => void {
		if (performance.now() - this.#heardAt < PAGE_MS) hearer({ kind: 'refresh' });
		this.#hearers.add(hearer);
		return () => this.#hearers.delete(hearer);
	}

	#hear(event: LiveEvent): void {
		if (event.kind === 'presence') this.presence = event.cases;
		else this.#heardAt = performance.now();
		for (const hearer of this.#hearers) hearer(event);
	}
}

export const deskLive = new DeskLive();
