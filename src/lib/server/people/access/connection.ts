import { isDeepStrictEqual } from 'node:util';
import { and, eq, isNull, or, sql } from 'drizzle-orm';
import type { Reader, Tx } from '#lib/server/db/index.ts';
import { lockKey } from '#lib/server/db/lock-key.ts';
import { accessChanges } from '#lib/server/db/schema/access-changes.ts';
import { connections, conversations, incomingMessages, outgoingMessages } from '#lib/server/db/schema/channels.ts';
import { decryptText } from '#lib/server/keys.ts';
import { targetOf, type NewConnection } from './kinds.ts';

export type ConnectionRow = typeof connections.$inferSelect;

/** Whether messages came or went by a connection of the office for this channel, also by one that was removed. */
export async function isConnectionUsed(
	on: Reader,
	unitId: string,
	channel: ConnectionRow['channel']
): Promise<boolean> {
	const usedBy = (table: typeof conversations | typeof incomingMessages | typeof outgoingMessages) =>
		sql`exists (select from ${table} where ${table.connectionId} = ${connections.id})`;
	const [used] = await on
		.select({ id: connections.id })
		.from(connections)
		.where(
			and(
				eq(connections.unitId, unitId),
				eq(connections.channel, channel),
				or(usedBy(conversations), usedBy(incomingMessages), usedBy(outgoingMessages))
			)
		)
		.limit(1);
	return used !== undefined;
}

export const unsealed = async (sealed: string) => JSON.parse(await decryptText(sealed)) as Record<string, string>;

/**
 * Returns the change with the sealed secrets of the account's waiting request, if these are the same secrets: sealed again
 * they would differ, so an identical request would count as a new one and start its 24 hours anew.
 */
export async function asRequestedBefore(tx: Tx, change: NewConnection): Promise<NewConnection> {
	const { kind, accountId, target, state } = accessChanges;
	const same = and(eq(kind, 'connection'), eq(accountId, change.accountId), eq(target, targetOf(change)));
	const [waiting] = await tx
		.select({ data: accessChanges.data })
		.from(accessChanges)
		.where(and(same, eq(state, 'waiting')));
	const secretsSealed = waiting?.data.secretsSealed;
	if (typeof secretsSealed !== 'string') return change;
	const [before, typed] = [await unsealed(secretsSealed), await unsealed(change.secretsSealed)];
	return isDeepStrictEqual(before, typed) ? { ...change, secretsSealed } : change;
}

/**
 * Reads and locks the connections of a channel that are set up. Until this transaction ends, another one that calls
 * this waits, so it can't add a connection in between.
 */
export async function lockConnections(tx: Tx, channel: ConnectionRow['channel']): Promise<ConnectionRow[]> {
	// The lock of rows alone would let two first connections pass.
	await lockKey(tx, `connections/${channel}`);
	const present = and(eq(connections.channel, channel), isNull(connections.removedAt));
	return tx.select().from(connections).where(present).for('update');
}

/**
 * The connection that a change replaces, locked; undefined for a new one. `overtaken` if another office has taken the
 * address or the number id of WhatsApp, or if the connection was removed or added since the request.
 */
export async function connectionToReplace(
	tx: Tx,
	change: NewConnection
): Promise<ConnectionRow | undefined | 'overtaken'> {
	const { unitId, connectionId, channel, address, settings } = change;
	const all = await lockConnections(tx, channel);
	const before = all.find((row) => row.unitId === unitId);
	const numberOf = (values: ConnectionRow['settings']) => values.phoneNumberId ?? null;
	const sameNumber = (row: ConnectionRow) =>
		numberOf(settings) !== null && numberOf(row.settings) === numberOf(settings);
	const taken = all.some((row) => row !== before && (isAddress(row, address) || sameNumber(row)));
	return (before?.id ?? null) !== connectionId || taken ? 'overtaken' : before;
}

export const isAddress = (row: Pick<ConnectionRow, 'address'>, address: string): boolean =>
	row.address.toLowerCase() === address.toLowerCase();
