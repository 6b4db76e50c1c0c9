import { sql } from 'drizzle-orm';
import { escalations } from '#lib/server/db/schema/escalations.ts';

/**
 * Since when a forward stands where it stands. What is unknown or was returned is so since its call, give or take the
 * call's own minute; look-ups since then have changed the row, not its standing.
 */
export const standingSince = sql<string>`case ${escalations.state}
	when 'waiting' then coalesce(${escalations.waitingSince}, ${escalations.createdAt})
	when 'stuck' then coalesce(${escalations.stuckAt}, ${escalations.waitingSince}, ${escalations.createdAt})
	when 'sent' then coalesce(${escalations.sentAt}, ${escalations.updatedAt})
	when 'closed' then coalesce(${escalations.closedAt}, ${escalations.updatedAt})
	else coalesce(${escalations.createStartedAt}, ${escalations.updatedAt}) end`;
