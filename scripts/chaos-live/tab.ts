import type { LiveEvent } from '#lib/cases/live.ts';
import { eventReader } from '#lib/text/event-stream.ts';
import { pauseBefore } from '../../src/routes/(staff)/desk/live/line.client.ts';

export type Tab = ReturnType<typeof openTab>;

const LOOK_MS = 4_000;

/**
 * Opens a desk: it keeps its line as a browser does, and looks at the inbox as often as a browser would. After a break it looks
 * at all of it: what happened meanwhile is not repeated.
 *
 * @param origins where it goes in turn when its line breaks
 * @param looks whether it looks at the inbox after each change
 */
export function openTab(cookie: string, origins: readonly string[], looks: boolean) {
	const ending = new AbortController();
	const tab = {
		/** When each report was first heard of, by its number. */
		seen: new Map<string, number>(),
		/** How often it had to be told to look anew. */
		refreshes: 0,
		lines: 0,
		/** Slowest answer of the inbox, and how many did not come. */
		slowestMs: 0,
		failed: 0,
		close: () => ending.abort()
	};
	let turn = 0;
	let changed = false;
	let blind = false;
	const rest = (ms: number) =>
		new Promise<void>((done) => {
			const waiting = setTimeout(done, ms);
			ending.signal.addEventListener('abort', () => (clearTimeout(waiting), done()), { once: true });
		});
	const headers = { cookie };

	const see = (reference: string) => {
		if (!tab.seen.has(reference)) tab.seen.set(reference, performance.now());
	};
	function hear(event: LiveEvent): void {
		if (event.kind === 'presence') return;
		changed = true;
		if (event.kind === 'refresh') {
			tab.refreshes += 1;
			blind = true;
		} else see(event.reference);
	}
	async function line(): Promise<void> {
		const answer = await fetch(`${origins[turn % origins.length]}/desk/live`, {
			headers,
			redirect: 'manual',
			signal: ending.signal
		});
		if (!answer.ok || !answer.body) throw new Error(`a line was refused: ${answer.status}`);
		tab.lines += 1;
		const dataOf = eventReader();
		for await (const piece of answer.body.pipeThrough(new TextDecoderStream()))
			for (const data of dataOf(piece)) hear(JSON.parse(data) as LiveEvent);
	}
	async function keep(): Promise<void> {
		for (let tries = 0; !ending.signal.aborted; tries++) {
			const before = tab.lines;
			await line().catch(() => {});
			if (tab.lines > before) tries = 0;
			turn += 1;
			await rest(pauseBefore(tries, Math.random()));
		}
	}
	async function look(): Promise<void> {
		while (!ending.signal.aborted) {
			await rest(LOOK_MS * (0.75 + Math.random() / 2));
			if (ending.signal.aborted || !(blind || (changed && looks))) continue;
			const whole = blind;
			blind = changed = false;
			try {
				let next: string | undefined = '/desk';
				while (next) next = await read(next, whole);
			} catch {
				if (!ending.signal.aborted) tab.failed += 1;
				blind ||= whole;
			}
		}
	}
	/** Reads a page of the inbox. @returns the page after it, if the tab has to see them all */
	async function read(address: string, whole: boolean): Promise<string | undefined> {
		const began = performance.now();
		const answer = await fetch(`${origins[turn % origins.length]}${address}`, { headers, signal: ending.signal });
		const html = await answer.text();
		tab.slowestMs = Math.max(tab.slowestMs, performance.now() - began);
		if (!answer.ok) throw new Error(`the inbox was refused: ${answer.status}`);
		if (!whole) return undefined;
		for (const [, reference = ''] of html.matchAll(/href="\/desk\/cases\/(SPATULA-[\d-]+)"/g)) see(reference);
		return /href="(\/desk\?after=[^"]+)"/.exec(html)?.[1];
	}
	void keep();
	void look();
	return tab;
}
