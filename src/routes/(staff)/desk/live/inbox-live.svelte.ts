import { preloadData } from '$app/navigation';
import { SvelteSet } from 'svelte/reactivity';
import type { LiveEvent } from '#lib/cases/live.ts';
import type { InboxItem } from '#lib/server/cases/inbox/inbox.ts';
import type { InboxCounts as Counts } from '#lib/server/cases/inbox/counts.ts';
import { deskLive } from './desk-live.svelte.ts';
import { leavers, mergeRows, newcomers } from './merge-rows.ts';

interface GivenList {
	items: readonly InboxItem[];
	counts: Counts;
	address: string;
	/** Everything open and nothing else: a new report always belongs to it. */
	whole: boolean;
}

/**
 * The rows that the inbox shows. A navigation brings a list as it is; what happens afterwards changes rows in their place
 * and is announced, and the person takes the new list when it suits.
 */
export class InboxLive {
	rows = $state.raw<readonly InboxItem[]>([]);
	counts = $state.raw<Counts>() as Counts;
	/** References to announce, those that left the list, and those that the person just took. */
	news = $state.raw<readonly string[]>([]);
	left = $state.raw<readonly string[]>([]);
	taken = $state.raw<readonly string[]>([]);
	/** How many of the added reports are on a later page. */
	elsewhere = $state(0);
	#given: GivenList;
	#fresh: readonly InboxItem[];
	#blind = false;
	#asked = 0;
	readonly #opened = new SvelteSet<string>();
	readonly #touched = new SvelteSet<string>();

	constructor(given: GivenList) {
		this.#given = given;
		this.#fresh = this.rows = given.items;
		this.counts = given.counts;
	}

	give(given: GivenList): void {
		this.#given = given;
		this.#fresh = given.items;
		this.counts = given.counts;
		this.#asked += 1;
		this.#showFresh([]);
	}

	start(): () => void {
		const asking = refresher(() => this.#ask());
		const silence = deskLive.on((event) => this.#hear(event) && asking.want());
		return () => {
			silence();
			asking.stop();
		};
	}

	/** Brings the rows up to date as far as nobody is at them. */
	settle(): void {
		const heard = { opened: this.#opened, touched: this.#touched };
		this.rows = mergeRows(this.rows, this.#fresh, rowsInHand());
		this.news = newcomers(this.rows, this.#fresh, heard, this.#given.whole);
		this.left = leavers(this.rows, this.#fresh, heard);
	}

	take(): void {
		const taken = this.news;
		this.#showFresh(taken.filter((reference) => this.#fresh.some((item) => item.reference === reference)));
		this.elsewhere = taken.length - this.taken.length;
	}

	#showFresh(taken: readonly string[]): void {
		this.rows = this.#fresh;
		this.taken = taken;
		this.news = [];
		this.left = [];
		this.elsewhere = 0;
		this.#opened.clear();
		this.#touched.clear();
	}

	#hear(event: LiveEvent): boolean {
		if (event.kind === 'presence') return false;
		if (event.kind === 'change') {
			this.#touched.add(event.reference);
			if (event.entries.some(({ type }) => type === 'opened')) this.#opened.add(event.reference);
		} else this.#blind = true;
		return true;
	}

	/** Asks for the same list beside the page: a site that does not answer just now must not put an error in its place. */
	async #ask(): Promise<void> {
		const asked = (this.#asked += 1);
		const blind = this.#blind;
		this.#blind = false;
		const { address } = this.#given;
		const answer = await preloadData(`${address}${address.includes('?') ? '&' : '?'}asked=${asked}`);
		// Another list was given, or asked for, meanwhile.
		if (asked !== this.#asked) return;
		if (answer.type !== 'loaded' || answer.status !== 200) {
			this.#blind ||= blind;
			return;
		}
		const fresh = (answer.data.page as { items: InboxItem[] }).items;
		if (blind) {
			const known = this.#fresh.map(({ reference }) => reference);
			for (const { reference } of fresh) if (!known.includes(reference)) this.#touched.add(reference);
		}
		this.#fresh = fresh;
		this.counts = answer.data.counts as Counts;
		this.settle();
	}
}

/** Rows under the pointer or with the focus: they don't change under a hand. */
function rowsInHand(): ReadonlySet<string> {
	const rows = [...document.querySelectorAll('tr:hover a[data-row], tr:focus-within a[data-row]')];
	return new Set(rows.map((link) => link.getAttribute('href')?.split('/').pop() ?? ''));
}

/** Between two looks at a list: short at first, longer while it keeps changing, short again after a quiet while. */
const FIRST_REST_MS = 1_000;
const LONGEST_REST_MS = 4_000;
const QUIET_MS = 8_000;
/** A little more or less, so that not all desks look at once. */
const SPREAD_MS = 300;

/** Asks again soon after a wish, and the seldomer the longer wishes go on; a page out of sight waits until it is seen. */
function refresher(ask: () => Promise<void>) {
	let waiting: ReturnType<typeof setTimeout> | undefined;
	let wanted = false;
	let rest = FIRST_REST_MS;
	let asked = -Infinity;
	let stopped = false;

	function want(): void {
		wanted = true;
		if (waiting || stopped || document.visibilityState !== 'visible') return;
		const since = performance.now() - asked;
		rest = since > QUIET_MS ? FIRST_REST_MS : rest;
		waiting = setTimeout(go, Math.max(rest - since, 0) + Math.random() * SPREAD_MS);
	}
	async function go(): Promise<void> {
		wanted = false;
		try {
			await ask();
		} finally {
			waiting = undefined;
			rest = asked === -Infinity ? rest : Math.min(LONGEST_REST_MS, rest * 1.5);
			asked = performance.now();
			if (wanted) want();
		}
	}
	const look = () => wanted && want();
	document.addEventListener('visibilitychange', look);
	return {
		want,
		stop: () => {
			stopped = true;
			clearTimeout(waiting);
			document.removeEventListener('visibilitychange', look);
		}
	};
}
