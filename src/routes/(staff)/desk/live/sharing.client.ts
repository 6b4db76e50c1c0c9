import type { LiveEvent, Presence } from '#lib/cases/live.ts';
import { openLine, type Line } from './line.client.ts';

type Word = { say: 'heard'; event: LiveEvent } | { say: 'over' } | { say: 'joined' };

interface Sharing extends Line {
	/** Asked of the tab that holds the line, for a tab that has come. */
	presence: () => Presence;
}

/**
 * Keeps one event stream for all tabs of the browser. The tab that holds the lock has it and passes its events on; when that
 * tab is closed, the next one opens a stream. In a browser without locks (plain HTTP) each visible tab has its own stream, and
 * no more, because a browser opens only six connections to a site.
 *
 * @returns the function by which this tab leaves
 */
export function shareLine(account: string, { hear, over, presence }: Sharing): () => void {
	const leaving = new AbortController();
	if (!('locks' in navigator)) return whileInSight(() => openLine({ hear, over }), leaving);

	const channel = new BroadcastChannel(`spatula-desk-${account}`);
	let leads = false;
	const tell = (word: Word) => channel.postMessage(word);
	channel.onmessage = ({ data }: MessageEvent<Word>) => {
		if (data.say === 'over') over();
		else if (data.say === 'heard') hear(data.event);
		else if (leads) tell({ say: 'heard', event: { kind: 'presence', cases: presence() } });
	};
	const lead = () =>
		new Promise<void>((done) => {
			leads = true;
			const close = openLine({
				hear: (event) => {
					hear(event);
					tell({ say: 'heard', event });
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
	// Nothing repeats what happened since this tab's page was made.
	hear({ kind: 'refresh' });
	tell({ say: 'joined' });
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
