import { and, eq, gte, isNotNull } from 'drizzle-orm';
import { now } from '#lib/server/clock.ts';
import { storedRow, transaction, type Tx } from '#lib/server/db/index.ts';
import { accessChanges } from '#lib/server/db/schema/access-changes.ts';
import { connections, outgoingMessages } from '#lib/server/db/schema/channels.ts';
import type { JobPayloads } from '#lib/server/jobs/jobs.ts';
import { encryptText } from '#lib/server/keys.ts';
import { log } from '#lib/server/log.ts';
import { connectionToReplace, isAddress, unsealed, type ConnectionRow } from '#lib/server/people/access/connection.ts';
import { connectionTarget, type NewConnection } from '#lib/server/people/access/kinds.ts';
import { recordDifference } from '#lib/server/people/audit.ts';
import { retrySetAside } from '../incoming/set-aside.ts';

/**
 * Adds or changes the connection of an office. An empty secret keeps the stored one. The audit log names the
 * replaced secrets, and never contains their values.
 * @returns false if the change was overtaken, as `connectionToReplace` says
 */
export async function storeConnection(tx: Tx, by: string | null, change: NewConnection): Promise<boolean> {
	const { unitId, channel, address, settings, dedicated } = change;
	const before = await connectionToReplace(tx, change);
	if (before === 'overtaken') return false;
	const given = await unsealed(change.secretsSealed);
	const stored = before ? await unsealed(before.secretsSealed) : {};
	const values = {
		address,
		settings,
		dedicated,
		secretsSealed: await encryptText(JSON.stringify({ ...stored, ...given })),
		// The next attempt shows whether the change helped.
		lastError: null,
		lastErrorAt: null,
		position: before && positionAfter(before, change)
	};
	const row = before
		? await tx.update(connections).set(values).where(eq(connections.id, before.id)).returning().then(storedRow)
		: await tx
				.insert(connections)
				.values({ ...values, unitId, channel, createdAt: now() })
				.returning()
				.then(storedRow);
	await retrySetAside(tx, row.id);
	const { connectionId, state, reason } = outgoingMessages;
	await tx
		.update(outgoingMessages)
		.set({ nextAttemptAt: now() })
		.where(and(eq(connectionId, row.id), eq(state, 'waiting'), isNotNull(reason)));
	const entry = { unitId, action: 'connection.saved', subject: address } as const;
	const shown = (from: Pick<ConnectionRow, 'address' | 'settings' | 'dedicated'>) => ({
		...from.settings,
		address: from.address,
		dedicated: from.dedicated,
		channel
	});
	const replaced = Object.keys(given).filter((name) => given[name] !== stored[name]);
	const secretsReplaced = replaced.length > 0 ? { secretsReplaced: replaced.join(', ') } : {};
	const logged = { ...shown(row), ...secretsReplaced };
	await recordDifference(tx, { accountId: by }, entry, before ? shown(before) : {}, logged);
	return true;
}

/**
 * Whether another change of the connection was approved later. A job that is retried must not undo it. A change that
 * needed no approval is undone, as the log shows: that is better than losing the approved password.
 */
async function wasReplaced(tx: Tx, { unitId, channel }: NewConnection, approvedAt: string): Promise<boolean> {
	const { kind, target, state, endedAt } = accessChanges;
	const same = and(eq(kind, 'connection'), eq(target, connectionTarget(unitId, channel)), eq(state, 'effective'));
	// The row of this change ended in the transaction that enqueued the job.
	return (await tx.$count(accessChanges, and(same, gte(endedAt, new Date(approvedAt))))) > 1;
}

/**
 * A position is valid only for its mailbox. The same address on another server is the same mailbox, but its UIDs are
 * others, even if the two servers have the same UIDVALIDITY.
 */
function positionAfter(before: ConnectionRow, { address, settings }: NewConnection): ConnectionRow['position'] {
	if (!isAddress(before, address)) return null;
	const isSame = ['host', 'port', 'user'].every((key) => before.settings[key] === settings[key]);
	return before.position && !isSame ? { ...before.position, uidValidity: '' } : before.position;
}

/** Stores a change that a supervisor approved. Safe to repeat. */
export async function storeApproved({ by, at, change }: JobPayloads['connection-approved']): Promise<void> {
	const approved = change as NewConnection;
	const stored = await transaction(
		async (tx) => !(await wasReplaced(tx, approved, at)) && (await storeConnection(tx, by, approved))
	);
	if (!stored)
		log().warn(
			{ unitId: approved.unitId },
			'an approved connection was not stored, because the connections changed after the request or approval'
		);
}
