import { asc, eq, isNull, sql } from 'drizzle-orm';
import { DAY_MS } from '#lib/calendar/durations.ts';
import { ago } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import { connections, incomingMessages, outgoingMessages } from '#lib/server/db/schema/channels.ts';
import { units } from '#lib/server/db/schema/units.ts';

/**
 * For each connection of the site: its state, the arrival of its oldest unprocessed message (if the office has opened), and
 * how many messages of the last 24 hours may or may not have been sent. Reads no content.
 */
export function connectionFigures() {
	const { id, channel, address, pausedAt, checkedAt, lastError, lastErrorAt } = connections;
	const lastDay = ago(DAY_MS).toISOString();
	return db()
		.select({
			...{ id, channel, address, pausedAt, checkedAt, lastError, lastErrorAt },
			unitId: connections.unitId,
			office: units.code,
			oldest: sql<string | Date | null>`(select min(${incomingMessages.receivedAt}) from ${incomingMessages}
				where ${incomingMessages.connectionId} = ${connections.id} and ${incomingMessages.state} = 'stored'
				and ${units.state} in ('open', 'closed'))`.mapWith((value: string | Date | null) => (value ? new Date(value) : null)),
			unknown: sql<number>`(select count(*)::int from ${outgoingMessages}
				where ${outgoingMessages.connectionId} = ${connections.id} and ${outgoingMessages.state} = 'unknown'
				and ${outgoingMessages.decidedAt} is null and ${outgoingMessages.createdAt} > ${lastDay}::timestamptz)`
		})
		.from(connections)
		.innerJoin(units, eq(units.id, connections.unitId))
		.where(isNull(connections.removedAt))
		.orderBy(asc(units.code), asc(channel));
}
