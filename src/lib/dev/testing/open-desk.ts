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

/** A session of an account, as signing in makes one. @returns what its browser holds */
export async function makeSession(accountId: string | null, expiresAt = new Date(Date.now() + 86_400_000)) {
	const sessionId = randomUUID();
	if (accountId)
		await db()
			.insert(sessions)
			.values({ id: sha256Hex(sessionId), userId: accountId, expiresAt });
	return sessionId;
}

/** Waits until all changes of access so far are handled: a late one would end a stream that is opened after it. */
export async function accessSettled(actor: Actor): Promise<void> {
	const accountId = randomUUID();
	const handled = Promise.withResolvers<void>();
	const stream = { sessionId: '', send: () => {}, beat: () => {}, end: handled.resolve };
	const close = addStream({ ...stream, actor: { ...actor, accountId } });
	await notify(undefined, 'spatula_access', accountId);
	await handled.promise;
	if (close) close();
}

/** An open line of somebody, with everything it has heard. */
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

/** Waits until something holds of what was heard. */
export const until = <T>(condition: () => T) => vi.waitFor(condition, { timeout: 20_000, interval: 20 });

/** The entries that a desk heard of. */
export const entries = (heard: readonly LiveEvent[]) =>
	heard.flatMap((event) => (event.kind === 'change' ? event.entries : []));

/** The same in short: reference and type. */
export const changes = (heard: readonly LiveEvent[]) => {
	const told = heard.flatMap((event) =>
		event.kind === 'change'
			? event.entries.map(({ seq, type }) => ({ at: `${event.reference} ${seq}`, event, type }))
			: []
	);
	// What is stored while a notice is looked up is told with it, and once more by its own: desks know entries by number.
	return [...new Map(told.map(({ at, event, type }) => [at, `${event.reference} ${type}`])).values()];
};
