import { randomUUID } from 'node:crypto';
import { vi } from 'vitest';
import type { LiveEvent } from '#lib/cases/live.ts';
import { db } from '#lib/server/db/index.ts';
import { notify } from '#lib/server/db/notify.ts';
import { sessions } from '#lib/server/db/schema/people.ts';
import { sha256Hex } from '#lib/server/keys.ts';
import { addStream } from '#lib/server/live/streams.ts';
import { openStream } from '#lib/server/live/watch.ts';
import type { Actor } from '#lib/server/people/actor.ts';

/** Creates a session, as signing in does. @returns the session id that the browser has in its cookie */
export async function makeSession(accountId: string | null, expiresAt = new Date(Date.now() + 86_400_000)) {
	const sessionId = randomUUID();
	if (accountId)
		await db()
			.insert(sessions)
			.values({ id: sha256Hex(sessionId), userId: accountId, expiresAt });
	return sessionId;
}

/** Waits until all earlier changes of access are handled. A late one would end a stream that is opened afterwards. */
export async function accessSettled(actor: Actor): Promise<void> {
	const accountId = randomUUID();
	const handled = Promise.withResolvers<void>();
	const stream = { sessionId: '', send: () => {}, beat: () => {}, end: handled.resolve };
	const close = addStream({ ...stream, actor: { ...actor, accountId } });
	await notify(undefined, 'spatula_access', accountId);
	await handled.promise;
	if (close) close();
}

/** Opens the live stream of an actor, and collects the events that it receives (`heard`). */
export async function openDesk(actor: Actor, { sessionId = '' } = {}) {
	const heard: LiveEvent[] = [];
	const desk = { heard, beats: 0, ended: false, close: () => {} };
	const close = openStream({
		actor,
		sessionId: sessionId || (await makeSession(actor.accountId)),
		send: (event) => heard.push(event),
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
export const entries = (heard: readonly LiveEvent[]) =>
	heard.flatMap((event) => (event.kind === 'change' ? event.entries : []));

/** The received changes in short, without duplicates: reference and type. */
export const changes = (heard: readonly LiveEvent[]) => {
	const changedEntries = heard.flatMap((event) =>
		event.kind === 'change'
			? event.entries.map(({ seq, type }) => ({ at: `${event.reference} ${seq}`, event, type }))
			: []
	);
	// An entry can be in two events, if it is stored while an earlier notification is handled. Desks recognise it by its
	// number.
	return [...new Map(changedEntries.map(({ at, event, type }) => [at, `${event.reference} ${type}`])).values()];
};
