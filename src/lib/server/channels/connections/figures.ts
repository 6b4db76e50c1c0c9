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
	const undecided = sql`select 1 from ${outgoingMessages}
		where ${outgoingMessages.connectionId} = ${connections.id} and ${outgoingMessages.decidedAt} is null`;
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
			// Two parts, because the first one has a partial index.
			unknown: sql<number>`(select count(*)::int from (${undecided} and ${outgoingMessages.state} = 'unknown'
				union all ${undecided} and ${outgoingMessages.state} = 'failed' and ${outgoingMessages.caseId} is null
					and ${MESSAGES.isOwed}) lost)`
		})
		.from(connections)
		.innerJoin(units, eq(units.id, connections.unitId))
		.where(isNull(connections.removedAt))
		.orderBy(asc(units.code), asc(channel));
}
