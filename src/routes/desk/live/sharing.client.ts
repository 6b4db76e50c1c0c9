import type { LiveEvent } from '#lib/cases/live.ts';
import { openLine, type Line } from './line.client.ts';

/** Messages between the tabs of a browser. */
type Word =
	| { say: 'heard'; event: LiveEvent | undefined; moment: number }
	| { say: 'over' }
	/** A tab has come, with a page made at that moment. */
	| { say: 'joined'; since: number };

export interface Sharing extends Line {
	/** Asked of the tab that holds the line: a tab that has come wants to know what was heard since. */
	since: (moment: number) => readonly { event: LiveEvent; moment: number }[];
}

/**
 * One line for all tabs of the browser: whichever holds the lock has it and tells the others; when it is closed the next
 * takes over from where it had heard. A browser without locks (a page that did not come by https) gives each tab that is
 * in sight a line of its own, and no more: only six connections can be open to a site at once.
 *
 * @returns the function by which this tab leaves
 */
export function shareLine(account: string, begun: number, { hear, over, since }: Sharing): () => void {
	const leaving = new AbortController();
	let moment = begun;
	const note: Line['hear'] = (event, at) => {
		moment = Math.max(moment, at);
		hear(event, moment);
	};
	if (!('locks' in navigator)) return whileInSight(() => openLine(moment, { hear: note, over }), leaving);

	const channel = new BroadcastChannel(`spatula-desk-${account}`);
	let leads = false;
	const tell = (word: Word) => channel.postMessage(word);
	channel.onmessage = ({ data }: MessageEvent<Word>) => {
		if (data.say === 'over') over();
		else if (data.say === 'heard') note(data.event, data.moment);
		else if (leads) for (const one of since(data.since)) tell({ say: 'heard', ...one });
	};
	const lead = () =>
		new Promise<void>((done) => {
			leads = true;
			const close = openLine(moment, {
				hear: (event, at) => {
					note(event, at);
					tell({ say: 'heard', event, moment: at });
				},
				over: () => {
					tell({ say: 'over' });
					over();
					end();
				}
			});
			// Another tab gets the lock next, possibly after another person has signed in.
			const end = () => {
				leads = false;
				close();
				done();
			};
			leaving.signal.addEventListener('abort', end);
		});
	tell({ say: 'joined', since: begun });
	// Refused when the tab leaves before its turn has come.
	navigator.locks.request(`spatula-desk-${account}`, { signal: leaving.signal }, lead).catch(() => {});
	return () => {
		leaving.abort();
		channel.close();
	};
}

function whileInSight(open: () => () => void, leaving: AbortController): () => void {
	let close: (() => void) | undefined;
	const look = () => {
		if (document.visibilityState === 'visible') close ??= open();
		else {
			close?.();
			close = undefined;
		}
	};
	look();
	document.addEventListener('visibilitychange', look, { signal: leaving.signal });
	return () => {
		leaving.abort();
		close?.();
	};
}
