import { vi } from 'vitest';
import { DAY_MS } from '#lib/calendar/durations.ts';
import type { LiveEvent } from '#lib/cases/live.ts';
import { db } from '#lib/server/db/index.ts';
import { notify } from '#lib/server/db/notify.ts';
import { sessions } from '#lib/server/db/schema/people.ts';
import { sha256Hex } from '#lib/server/keys.ts';
import { addStream } from '#lib/server/live/streams.ts';
import { openStream } from '#lib/server/live/watch.ts';
import type { Actor } from '#lib/server/people/actor.ts';

/** Creates a session, as signing in does. @returns the session id that the browser has in its cookie */
export async function makeSession(accountId: string | null, expiresAt = new Date(Date.now() + DAY_MS)) {
	const sessionId = crypto.randomUUID();
	if (accountId)
		await db()
			.insert(sessions)
			.values({ id: sha256Hex(sessionId), accountId, expiresAt });
	return sessionId;
}

/** Waits until all earlier changes of access are handled. A late one would end a stream that is opened afterwards. */
export async function accessSettled(actor: Actor): Promise<void> {
	const accountId = crypto.randomUUID();
	const handled = Promise.withResolvers<void>();
	const stream = { sessionId: '', send: () => {}, beat: () => {}, end: handled.resolve };
	const close = addStream({ ...stream, actor: { ...actor, accountId } });
	await notify(undefined, 'spatula_access', accountId);
	await handled.promise;
	if (close) close();
}

/** Opens the live stream of an actor, and collects the events that it receives. */
export async function openDesk(actor: Actor, { sessionId = '' } = {}) {
	const received: LiveEvent[] = [];
	const desk = { received, beats: 0, ended: false, close: () => {} };
	const close = openStream({
		actor,
		sessionId: sessionId || (await makeSession(actor.accountId)),
		send: (event) => received.push(event),
		beat: () => (desk.beats += 1),
		end: () => {
			desk.ended = true;
			desk.close();
		}
	});
	desk.close = close ?? desk.close;
	return Object.assign(desk, { opened: close !== undefined });
}

/** Waits until `condition` does not throw. */
export const until = <T>(condition: () => T) => vi.waitFor(condition, { timeout: 20_000, interval: 20 });

/** The timeline entries in the received events. */
export const entries = (received: readonly LiveEvent[]) =>
	received.flatMap((event) => (event.kind === 'change' ? event.entries : []));

/** The received changes without duplicates, as the report's number and the type of the entry. */
export const changes = (received: readonly LiveEvent[]) => {
	const changedEntries = received.flatMap((event) =>
		event.kind === 'change'
			? event.entries.map(({ seq, type }) => ({ at: `${event.reference} ${seq}`, event, type }))
			: []
	);
	// An entry can be in two events, if it is stored while an earlier notification is handled. Desks drop the second one
	// by the number of the entry.
	return [...new Map(changedEntries.map(({ at, event, type }) => [at, `${event.reference} ${type}`])).values()];
};
