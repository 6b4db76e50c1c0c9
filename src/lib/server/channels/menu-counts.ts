import { inArray, sql } from 'drizzle-orm';
import { isDatabaseUnavailable } from '#lib/server/database-unavailable.ts';
import { db, rowsOf } from '#lib/server/db/index.ts';
import { connections, conversations, incomingMessages } from '#lib/server/db/schema/channels.ts';
import { caseRoleUnits, type Actor } from '#lib/server/people/actor.ts';
import { waitingFor } from './incoming/list.ts';
import { failedMessages, failedOf } from './incoming/set-aside.ts';
import { unreadNotices } from './notice-list.ts';

/**
 * Counts what the frame of every staff page shows. One statement, unless a message could not be processed: only its text
 * says whether the actor may see it. While the database can't be read, everything is 0: the menu must not fail a page
 * that can be shown, such as a form with its typed text.
 *
 * @returns `unread`: notices, up to the limit of `unreadNotices`. `used`: whether an office where the actor works has a
 *   connection, or messages from the time when it had one. `waiting`: conversations and unprocessed messages
 */
export async function menuCounts(actor: Actor): Promise<{ unread: number; used: boolean; waiting: number }> {
	try {
		return await countFor(actor);
	} catch (cause) {
		if (!isDatabaseUnavailable(cause)) throw cause;
		return { unread: 0, used: false, waiting: 0 };
	}
}

async function countFor(actor: Actor): ReturnType<typeof menuCounts> {
	const [row] = await rowsOf<{ unread: number; used: boolean; waiting: number; failed: boolean }>(
		db(),
		sql`select (select count(*)::int from ${unreadNotices(actor)}) as unread,
			exists (select 1 from ${connections} where ${inArray(connections.unitId, caseRoleUnits(actor))}) as used,
			(select count(*)::int from ${conversations} where ${waitingFor(actor)}) as waiting,
			exists (select from ${incomingMessages} where ${failedOf(actor)}) as failed`
	);
	const { unread = 0, used = false, waiting = 0, failed = false } = row ?? {};
	return { unread, used, waiting: waiting + (failed ? (await failedMessages(actor)).items.length : 0) };
}
