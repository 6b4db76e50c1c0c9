import { asc, eq, isNull, sql } from 'drizzle-orm';
import { db } from '#lib/server/db/index.ts';
import { connections, incomingMessages } from '#lib/server/db/schema/channels.ts';
import { units } from '#lib/server/db/schema/units.ts';

/** The state of each connection of the site, and the oldest message that was stored and not processed. Reads no content. */
export function connectionFigures() {
	const { channel, address, pausedAt, checkedAt, lastError, lastErrorAt } = connections;
	return db()
		.select({
			...{ channel, address, pausedAt, checkedAt, lastError, lastErrorAt },
			office: units.code,
			oldest: sql<string | Date | null>`(select min(${incomingMessages.receivedAt}) from ${incomingMessages}
				where ${incomingMessages.connectionId} = ${connections.id} and ${incomingMessages.state} = 'stored')`.mapWith(
				(value: string | Date | null) => (value ? new Date(value) : null)
			)
		})
		.from(connections)
		.innerJoin(units, eq(units.id, connections.unitId))
		.where(isNull(connections.removedAt))
		.orderBy(asc(units.code), asc(channel));
}
