import { updated } from '$app/state';
import type { LiveEvent, Presence } from '#lib/cases/live.ts';
import { shareStream } from './event-stream.client.ts';

type Listener = (event: LiveEvent) => void;

/** Upper limit of the time from the query of a page's data until the page listens. */
const PAGE_MS = 10_000;

/** Live events of the desk for this tab. Browser only. */
class DeskLive {
	presence = $state.raw<Presence>({});
	signedOut = $state(false);
	readonly #listeners = new Set<Listener>();
	#lastEventAt = -Infinity;

	/** Starts receiving events for an account. @returns a function that stops it */
	start(account: string): () => void {
		this.signedOut = false;
		return shareStream(account, {
			onEvent: (event) => this.#dispatch(event),
			onSignedOut: () => (this.signedOut = true),
			presence: () => this.presence
		});
	}

	/**
	 * Calls `listener` with each event. If an event has arrived shortly before, it also gets `refresh`, because its page's data
	 * may be older than that event.
	 *
	 * @returns a function that stops it
	 */
	on(listener: Listener): () => void {
		if (performance.now() - this.#lastEventAt < PAGE_MS) listener({ kind: 'refresh' });
		this.#listeners.add(listener);
		return () => this.#listeners.delete(listener);
	}

	#dispatch(event: LiveEvent): void {
		if (event.kind === 'presence') this.presence = event.pages;
		else this.#lastEventAt = performance.now();
		const notify = () => {
			for (const listener of this.#listeners) listener(event);
		};
		// A new version of the site begins with new streams. Its data is not loaded into a page of the former version.
		if (event.kind === 'refresh') void updated.check().then(notify);
		else notify();
	}
}

export const deskLive = new DeskLive();
