import type { LiveEvent, Presence } from '#lib/cases/live.ts';
import { countStreams } from '#lib/server/process-metrics.ts';
import { actorOf, type Actor } from '#lib/server/people/actor.ts';
import { activeSessions } from '#lib/server/people/sign-in/session.ts';

/** An open event stream to a browser. */
export interface Stream {
	actor: Actor;
	sessionId: string;
	send: (event: LiveEvent) => void;
	/** The presence that was sent last. */
	presence?: Presence;
	/** Sends a heartbeat to the browser. */
	beat: () => void;
	end: () => void;
}

/** The streams of one account. They get the same events from one query. */
export interface Listeners {
	actor: Actor;
	streams: Set<Stream>;
}

const byAccount = new Map<string, Listeners>();
/** Limit per account. Browsers that can't share a stream among tabs open one per visible tab. */
const MOST_PER_ACCOUNT = 30;

export const openListeners = (): Listeners[] => [...byAccount.values()];

/** Adds a stream. @returns the function that closes it, or false if the account has too many streams */
export function addStream(stream: Stream): (() => void) | false {
	const { accountId } = stream.actor;
	if (!accountId) return false;
	const listeners = byAccount.get(accountId) ?? { actor: stream.actor, streams: new Set<Stream>() };
	if (listeners.streams.size >= MOST_PER_ACCOUNT) return false;
	// The newest stream was authenticated just now, so its roles are current.
	listeners.actor = stream.actor;
	listeners.streams.add(stream);
	byAccount.set(accountId, listeners);
	countStreams(1);
	return () => {
		if (!listeners.streams.delete(stream)) return;
		countStreams(-1);
		if (listeners.streams.size === 0 && byAccount.get(accountId) === listeners) byAccount.delete(accountId);
	};
}

export function sendTo(listeners: Listeners, event: LiveEvent): void {
	for (const stream of listeners.streams) stream.send(event);
}

/** Ends the streams of an account, or all. Browsers reconnect and are authenticated again. */
export function endStreams(accountId?: string): void {
	for (const [id, { streams }] of byAccount)
		if (accountId === undefined || accountId === id) for (const stream of [...streams]) stream.end();
}

/** Ends streams of expired sessions and missing accounts, reloads all roles, and then sends the heartbeat. */
export async function reviewStreams(): Promise<void> {
	const all = openListeners().flatMap(({ streams }) => [...streams]);
	const alive = await activeSessions(all.map(({ sessionId }) => sessionId));
	for (const stream of all) if (!alive.has(stream.sessionId)) stream.end();
	for (const [accountId, listeners] of byAccount) {
		const actor = await actorOf(accountId);
		if (actor) listeners.actor = actor;
		else endStreams(accountId);
	}
	for (const { streams } of byAccount.values()) for (const stream of streams) stream.beat();
}
