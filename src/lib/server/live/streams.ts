import type { LiveEvent } from '../../cases/live.ts';
import { countStreams } from '../metrics.ts';
import { actorOf, type Actor } from '../people/actor.ts';
import { sessionsAlive } from '../people/session.ts';

/** The open line to one browser. */
export interface Stream {
	actor: Actor;
	sessionId: string;
	send: (event: LiveEvent) => void;
	/** Lets the browser know that the line still stands, and up to when it has heard everything. */
	beat: () => void;
	end: () => void;
}

/** Everybody of one account hears the same and is asked for once. */
export interface Listeners {
	actor: Actor;
	streams: Set<Stream>;
}

const byAccount = new Map<string, Listeners>();
/** Where a browser can't share one line among its tabs, each tab in sight has one. */
const MOST_PER_ACCOUNT = 30;

export const openListeners = (): Listeners[] => [...byAccount.values()];

/** @returns the function that closes it, or false if the account has too many */
export function addStream(stream: Stream): (() => void) | false {
	const { accountId } = stream.actor;
	if (!accountId) return false;
	const listeners = byAccount.get(accountId) ?? { actor: stream.actor, streams: new Set<Stream>() };
	if (listeners.streams.size >= MOST_PER_ACCOUNT) return false;
	// The latest to come has just been asked who they are.
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

/** Ends the lines of an account, or all: the browser asks for a new one, and is asked again who it is. */
export function endStreams(accountId?: string): void {
	for (const [id, { streams }] of byAccount)
		if (accountId === undefined || accountId === id) for (const stream of [...streams]) stream.end();
}

/** Ends what belongs to a session that is over, and asks for everybody's roles again; then says that the lines stand. */
export async function reviewStreams(): Promise<void> {
	const all = openListeners().flatMap(({ streams }) => [...streams]);
	const alive = await sessionsAlive(all.map(({ sessionId }) => sessionId));
	for (const stream of all) if (!alive.has(stream.sessionId)) stream.end();
	for (const [accountId, listeners] of byAccount) {
		const actor = await actorOf(accountId);
		if (actor) listeners.actor = actor;
		else endStreams(accountId);
	}
	for (const { streams } of byAccount.values()) for (const stream of streams) stream.beat();
}
