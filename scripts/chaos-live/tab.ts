import type { LiveEvent } from '#lib/cases/live.ts';
import { eventReader } from '#lib/text/event-stream.ts';
import { pauseBefore } from '../../src/routes/(staff)/desk/live/event-stream.client.ts';

export type Tab = ReturnType<typeof openTab>;

const INBOX_INTERVAL_MS = 4_000;

/**
 * Simulates an open desk. It keeps an event stream open and reads the rows of the inbox as often as a browser does.
 * After a break it opens each page of the inbox, because missed events are not repeated.
 *
 * @param origins sites that it connects to in turn when its stream breaks
 * @param looks whether it reads the inbox after each change
 */
export function openTab(cookie: string, origins: readonly string[], looks: boolean) {
	const ending = new AbortController();
	const tab = {
		/** When each report was first seen, by its number. */
		seen: new Map<string, number>(),
		/** How often it received a request to read the whole inbox. */
		refreshes: 0,
		lines: 0,
		/** Slowest response of the inbox, and how many requests failed. */
		slowestMs: 0,
		failed: 0,
		close: () => ending.abort()
	};
	let turn = 0;
	let asked = 0;
	let changed = false;
	let missedEvents = false;
	const pause = (ms: number) =>
		new Promise<void>((done) => {
			const waiting = setTimeout(done, ms);
			ending.signal.addEventListener('abort', () => (clearTimeout(waiting), done()), { once: true });
		});
	const headers = { cookie };

	const see = (reference: string) => {
		if (!tab.seen.has(reference)) tab.seen.set(reference, performance.now());
	};
	function onEvent(event: LiveEvent): void {
		if (event.kind === 'presence') return;
		changed = true;
		if (event.kind === 'refresh') {
			tab.refreshes += 1;
			missedEvents = true;
		} else see(event.reference);
	}
	async function readStream(): Promise<void> {
		const response = await fetch(`${origins[turn % origins.length]}/desk/live`, {
			headers,
			redirect: 'manual',
			signal: ending.signal
		});
		if (!response.ok || !response.body) throw new Error(`the event stream was refused: ${response.status}`);
		tab.lines += 1;
		const dataOf = eventReader();
		for await (const piece of response.body.pipeThrough(new TextDecoderStream()))
			for (const data of dataOf(piece)) onEvent(JSON.parse(data) as LiveEvent);
	}
	async function keepStreamOpen(): Promise<void> {
		for (let tries = 0; !ending.signal.aborted; tries++) {
			const before = tab.lines;
			await readStream().catch(() => {});
			if (tab.lines > before) tries = 0;
			turn += 1;
			await pause(pauseBefore(tries, Math.random()));
		}
	}
	async function watchInbox(): Promise<void> {
		while (!ending.signal.aborted) {
			await pause(INBOX_INTERVAL_MS * (0.75 + Math.random() / 2));
			if (ending.signal.aborted || !(missedEvents || (changed && looks))) continue;
			const whole = missedEvents;
			missedEvents = changed = false;
			try {
				let next: string | undefined = '/desk';
				if (whole) while (next) next = await openPage(next);
				else await read(`/desk/__data.json?asked=${(asked += 1)}`);
			} catch {
				if (!ending.signal.aborted) tab.failed += 1;
				missedEvents ||= whole;
			}
		}
	}
	async function read(address: string): Promise<string> {
		const began = performance.now();
		const response = await fetch(`${origins[turn % origins.length]}${address}`, { headers, signal: ending.signal });
		const text = await response.text();
		tab.slowestMs = Math.max(tab.slowestMs, performance.now() - began);
		if (!response.ok) throw new Error(`the inbox was refused: ${response.status}`);
		return text;
	}
	/** @returns the address of the next page */
	async function openPage(address: string): Promise<string | undefined> {
		const html = await read(address);
		for (const [, reference = ''] of html.matchAll(/href="\/desk\/cases\/(SPATULA-[\d-]+)"/g)) see(reference);
		return /rel="next" href="(\/desk\?after=[^"&]+)"/.exec(html)?.[1];
	}
	void keepStreamOpen();
	void watchInbox();
	return tab;
}
