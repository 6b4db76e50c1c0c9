import { eq } from 'drizzle-orm';
import { beforeEach, expect, it } from 'vitest';
import { storeArrived } from '#lib/server/channels/incoming/store-message.ts';
import { now } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import { connections, incomingMessages, outgoingMessages } from '#lib/server/db/schema/channels.ts';
import { makeUnit } from '#lib/dev/testing/factories.ts';
import { makeConnection } from '#lib/dev/testing/channels/incoming.ts';
import { atTime } from '#lib/dev/testing/office.ts';
import { findingsOf } from './report.ts';

beforeEach(async () => {
	for (const table of [incomingMessages, outgoingMessages, connections]) await db().delete(table);
});

/** Condition, code and count of each finding. */
const found = async () =>
	(await findingsOf('channels')).map(({ condition, code, data }) =>
		[condition, code, data?.count].filter(Boolean).join(' ')
	);
const minutes = (n: number) => new Date(Date.now() - n * 60_000);

it.each([
	['works', { checkedAt: minutes(1) }, 'good channel_good'],
	['is new', { pausedAt: null }, 'watch channel_new'],
	['is paused', { checkedAt: minutes(1), pausedAt: minutes(5) }, 'off channel_paused'],
	['failed just now', { checkedAt: minutes(3), lastError: 'lost', lastErrorAt: minutes(1) }, 'watch channel_failed'],
	[
		'failed just now after a quiet night',
		{ checkedAt: minutes(600), lastError: 'lost', lastErrorAt: minutes(1) },
		'watch channel_failed'
	],
	['fails for long', { checkedAt: minutes(30), lastError: 'lost', lastErrorAt: minutes(29) }, 'bad channel_failed']
])('shows a connection that %s, and none before there is one', async (_, state, expected) => {
	expect(await found()).toEqual([]);
	const { id } = await makeConnection(await makeUnit());
	await db().update(connections).set(state).where(eq(connections.id, id));
	expect(await found()).toEqual([expected]);
});

it('shows a message that waits to be processed, and a removed one no more', async () => {
	const connection = await makeConnection(await makeUnit());
	await db().update(connections).set({ checkedAt: now() });
	await atTime(minutes(20), () => storeArrived(db(), connection, { onceKey: 'lama', bytes: 1, sentAt: minutes(20) }));
	expect(await found()).toEqual(['bad channel_behind']);
	await db().update(connections).set({ removedAt: now() });
	expect(await found()).toEqual([]);
});

it('shows messages that may not have been sent until somebody decides, beside other troubles', async () => {
	const { id: connectionId } = await makeConnection(await makeUnit());
	const createdAt = minutes(25 * 60);
	const message = { connectionId, createdAt, waitsFrom: createdAt, content: {} };
	const add = (state: string, reason: string | null) =>
		db()
			.insert(outgoingMessages)
			.values({ ...message, state, reason, onceKey: `${state} ${reason}` });
	await db().update(connections).set({ checkedAt: now() });
	// Not needed any more, because the person has not written for a day.
	await add('failed', 'window_over');
	expect(await found()).toEqual(['good channel_good']);
	for (const state of ['unknown', 'failed']) await add(state, 'undeliverable');
	await db()
		.update(connections)
		.set({ lastError: 'lost', lastErrorAt: minutes(29) });
	expect(await found()).toEqual(['bad channel_failed', 'watch channel_unknown 2']);
	await db().update(outgoingMessages).set({ decidedAt: now() });
	expect(await found()).toEqual(['bad channel_failed']);
});
