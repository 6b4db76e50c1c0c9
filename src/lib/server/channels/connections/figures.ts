import { asc, eq, isNull, sql } from 'drizzle-orm';
import { db } from '#lib/server/db/index.ts';
import { connections, incomingMessages, outgoingMessages } from '#lib/server/db/schema/channels.ts';
import { units } from '#lib/server/db/schema/units.ts';
import { MESSAGES } from '../outgoing/queue.ts';

/**
 * For each connection of the site: its state, the arrival of its oldest unprocessed message (if the office has opened), and
 * how many messages may not have been sent and have no decision. Failed ones count only in a conversation without a case:
 * the timeline of a case shows its own. Reads no content.
 */
export function connectionFigures() {
	const { id, channel, address, pausedAt, checkedAt, lastError, lastErrorAt } = connections;
	return db()
		.select({
			id,
			channel,
			address,
			pausedAt,
			checkedAt,
			lastError,
			lastErrorAt,
			unitId: connections.unitId,
			office: units.code,
			oldest: sql<string | Date | null>`(select min(${incomingMessages.receivedAt}) from ${incomingMessages}
				where ${incomingMessages.connectionId} = ${connections.id} and ${incomingMessages.state} = 'stored'
				and ${units.state} in ('open', 'closed'))`.mapWith((value: string | Date | null) => (value ? new Date(value) : null)),
			// With the condition of the partial index.
			unknown: sql<number>`(select count(*)::int from ${outgoingMessages}
				where ${outgoingMessages.connectionId} = ${connections.id}
				and ${outgoingMessages.state} in ('failed', 'unknown') and ${outgoingMessages.decidedAt} is null
				and (${outgoingMessages.state} = 'unknown' or ${outgoingMessages.caseId} is null and ${MESSAGES.isOwed}))`
		})
		.from(connections)
		.innerJoin(units, eq(units.id, connections.unitId))
		.where(isNull(connections.removedAt))
		.orderBy(asc(units.code), asc(channel));
}
