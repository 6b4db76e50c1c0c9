import { preloadData } from '$app/navigation';
import { updated } from '$app/state';
import { SvelteSet } from 'svelte/reactivity';
import type { LiveEvent } from '#lib/cases/live.ts';
import type { InboxItem } from '#lib/server/cases/inbox/inbox.ts';
import type { InboxCounts as Counts } from '#lib/server/cases/inbox/counts.ts';
import { deskLive } from './desk-live.svelte.ts';
import { removedReferences, mergeRows, referencesToAnnounce } from './merge-rows.ts';

interface LoadedList {
	items: readonly InboxItem[];
	counts: Counts;
	address: string;
	/** The first page of all open reports without a filter: every new report belongs to this list. */
	whole: boolean;
}

/**
 * The rows that the inbox shows. Navigation replaces the list. Later events change rows in place and announce new ones; the
 * person decides when to show the new list.
 */
export class InboxLive {
	rows = $state.raw<readonly InboxItem[]>([]);
	counts = $state.raw<Counts>() as Counts;
	/** References to announce. */
	news = $state.raw<readonly string[]>([]);
	/** References of shown rows that no longer belong to the list. */
	removed = $state.raw<readonly string[]>([]);
	/** References that were added when the person last showed the new list. */
	added = $state.raw<readonly string[]>([]);
	/** Number of announced reports that are on a later page. */
	elsewhere = $state(0);
	#list: LoadedList;
	#latest: readonly InboxItem[];
	#missedEvents = false;
	#requestNumber = 0;
	readonly #opened = new SvelteSet<string>();
	readonly #changed = new SvelteSet<string>();

	constructor(list: LoadedList) {
		this.#list = list;
		this.#latest = this.rows = list.items;
		this.counts = list.counts;
	}

	/** Replaces the list after a navigation. */
	replace(list: LoadedList): void {
		this.#list = list;
		this.#latest = list.items;
		this.counts = list.counts;
		this.#requestNumber += 1;
		this.#showLatest([]);
	}

	start(): () => void {
		const reloads = throttledReload(() => this.#reload());
		const stopListening = deskLive.on((event) => this.#handle(event) && reloads.want());
		return () => {
			stopListening();
			reloads.stop();
		};
	}

	/** Updates the rows in place, except the rows under the pointer or with the focus. */
	applyChanges(): void {
		const events = { opened: this.#opened, changed: this.#changed };
		this.rows = mergeRows(this.rows, this.#latest, activeRows());
		this.news = referencesToAnnounce(this.rows, this.#latest, events, this.#list.whole);
		this.removed = removedReferences(this.rows, this.#latest, events);
	}

	/** Shows the latest list with the announced reports. */
	showNews(): void {
		const added = this.news;
		this.#showLatest(added.filter((reference) => this.#latest.some((item) => item.reference === reference)));
		this.elsewhere = added.length - this.added.length;
	}

	#showLatest(added: readonly string[]): void {
		this.rows = this.#latest;
		this.added = added;
		this.news = [];
		this.removed = [];
		this.elsewhere = 0;
		this.#opened.clear();
		this.#changed.clear();
	}

	#handle(event: LiveEvent): boolean {
		if (event.kind === 'presence') return false;
		if (event.kind === 'change') {
			this.#changed.add(event.reference);
			if (event.entries.some(({ type }) => type === 'opened')) this.#opened.add(event.reference);
		} else this.#missedEvents = true;
		return true;
	}

	/**
	 * Loads the same list again without a navigation, so that a failed request does not replace the page by an error.
	 *
	 * @returns false if the request failed and the list is still wanted
	 */
	async #reload(): Promise<boolean> {
		// The page asks to be loaded anew.
		if (updated.current) return true;
		const requestNumber = (this.#requestNumber += 1);
		const missedEvents = this.#missedEvents;
		this.#missedEvents = false;
		const { address } = this.#list;
		const response = await preloadData(`${address}${address.includes('?') ? '&' : '?'}asked=${requestNumber}`);
		// The session has ended.
		if (response.type === 'redirect') return true;
		// A navigation has replaced the list, perhaps by one that was read before the events.
		if (requestNumber !== this.#requestNumber) {
			this.#missedEvents = true;
			return this.#reload();
		}
		if (response.type !== 'loaded' || response.data.asked !== String(requestNumber)) {
			this.#missedEvents ||= missedEvents;
			return false;
		}
		const latest = (response.data.page as { items: InboxItem[] }).items;
		if (missedEvents) {
			const known = this.#latest.map(({ reference }) => reference);
			for (const { reference } of latest) if (!known.includes(reference)) this.#changed.add(reference);
		}
		this.#latest = latest;
		this.counts = response.data.counts as Counts;
		this.applyChanges();
		return true;
	}
}

/** References of the rows under the pointer or with the focus. These rows must not change. */
function activeRows(): ReadonlySet<string> {
	const rows = document.querySelectorAll<HTMLElement>('tr:hover a[data-row], tr:focus-within a[data-row]');
	return new Set([...rows].map((link) => link.dataset.row ?? ''));
}

/** Pause between two requests: grows from the first to the longest while events go on; reset after a pause without events. */
const MIN_PAUSE_MS = 1_000;
const MAX_PAUSE_MS = 4_000;
const RESET_MS = 8_000;
/** Pause after a failed request, so that a site in trouble is not asked every few seconds. */
const FAILED_PAUSE_MS = 10_000;
/** Random part of the pause, so that browsers do not all send their requests at once. */
const JITTER_MS = 300;

/**
 * Calls `ask` soon after `want`, with growing pauses while calls go on, and again if it returns false or throws. A hidden
 * page waits until it is visible.
 */
function throttledReload(ask: () => Promise<boolean>) {
	let timer: ReturnType<typeof setTimeout> | undefined;
	let wanted = false;
	let pause = MIN_PAUSE_MS;
	let lastCallAt = -Infinity;
	let stopped = false;

	function want(): void {
		wanted = true;
		if (timer || stopped || document.visibilityState !== 'visible') return;
		const since = performance.now() - lastCallAt;
		pause = since > Math.max(RESET_MS, pause) ? MIN_PAUSE_MS : pause;
		timer = setTimeout(go, Math.max(pause - since, 0) + Math.random() * JITTER_MS);
	}
	async function go(): Promise<void> {
		wanted = false;
		let done = false;
		try {
			done = await ask();
		} finally {
			timer = undefined;
			if (!done) pause = FAILED_PAUSE_MS;
			else if (lastCallAt !== -Infinity) pause = Math.min(MAX_PAUSE_MS, pause * 1.5);
			lastCallAt = performance.now();
			if (wanted || !done) want();
		}
	}
	const onVisible = () => wanted && want();
	document.addEventListener('visibilitychange', onVisible);
	return {
		want,
		stop: () => {
			stopped = true;
			clearTimeout(timer);
			document.removeEventListener('visibilitychange', onVisible);
		}
	};
}
