import type { LiveEvent } from '#lib/cases/live.ts';
import { blockReader } from '#lib/text/event-stream.ts';
import { pauseBefore } from '../../src/routes/desk/live/pause.ts';
import type { Handler } from './people.ts';

/** An open desk: it keeps its line as a browser does, and looks at the inbox as often as a browser would. */
export interface Tab {
	/** When each report was first heard of, by its number. */
	seen: Map<string, number>;
	/** How often it had to be told to look anew. */
	refreshes: number;
	lines: number;
	/** Slowest answer of the inbox, and how many did not come. */
	slowestMs: number;
	failed: number;
	close: () => void;
}

const LOOK_MS = 4_000;

/** Opens one. `origins`: where it goes in turn when its line breaks. */
export function openTab(handler: Handler, origins: readonly string[], looks: boolean): Tab {
	const ending = new AbortController();
	const tab: Tab = {
		seen: new Map(),
		refreshes: 0,
		lines: 0,
		slowestMs: 0,
		failed: 0,
		close: () => ending.abort()
	};
	let moment = Date.now();
	let turn = 0;
	let changed = false;
	const rest = (ms: number) =>
		new Promise<void>((done) => {
			const waiting = setTimeout(done, ms);
			ending.signal.addEventListener('abort', () => (clearTimeout(waiting), done()), { once: true });
		});
	const headers = { cookie: handler.cookie };

	function hear(event: LiveEvent): void {
		if (event.kind === 'presence') return;
		changed = true;
		if (event.kind === 'refresh') tab.refreshes += 1;
		else if (!tab.seen.has(event.reference)) tab.seen.set(event.reference, performance.now());
	}
	async function line(): Promise<void> {
		const answer = await fetch(`${origins[turn % origins.length]}/desk/live?since=${moment}`, {
			headers,
			redirect: 'manual',
			signal: ending.signal
		});
		if (!answer.ok || !answer.body) throw new Error(`a line was refused: ${answer.status}`);
		tab.lines += 1;
		const read = blockReader();
		for await (const piece of answer.body.pipeThrough(new TextDecoderStream()))
			for (const { id, data } of read(piece)) {
				moment = Math.max(moment, Number(id) || 0);
				if (data) hear(JSON.parse(data) as LiveEvent);
			}
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
			if (!changed || ending.signal.aborted) continue;
			changed = false;
			const began = performance.now();
			try {
				const answer = await fetch(`${origins[turn % origins.length]}/desk`, { headers, signal: ending.signal });
				await answer.arrayBuffer();
				if (!answer.ok) tab.failed += 1;
				tab.slowestMs = Math.max(tab.slowestMs, performance.now() - began);
			} catch {
				if (!ending.signal.aborted) tab.failed += 1;
			}
		}
	}
	void keep();
	if (looks) void look();
	return tab;
}
