import { and, desc, eq, gte, inArray, isNull, like, lt, or, sql, type SQL } from 'drizzle-orm';
import { z } from 'zod';
import { addDays, instantAt, isLocalDate } from '#lib/calendar/days.ts';
import { db } from '#lib/server/db/index.ts';
import { auditEntries } from '#lib/server/db/schema/audit.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { ratings } from '#lib/server/db/schema/ratings.ts';
import { units } from '#lib/server/db/schema/units.ts';
import type { Actor } from './actor.ts';
import { isRootAdmin } from './administration.ts';

export const LOG_PAGE = 50;

/** The part of an action before its dot; a filter of the log. */
export const LOG_AREAS = [
	...['account', 'role', 'access', 'absence', 'password_link', 'password', 'token'],
	...[
		'unit',
		'officer',
		'service',
		'place',
		'visit',
		'roster',
		'kiosk',
		'calendar',
		'rule',
		'lapor',
		'rating',
		'skm',
		'recap',
		'follow_up',
		'identity',
		'receipt',
		'list',
		'mail',
		'backup'
	]
] as const;

/** Reads filters from an address; ignores invalid ones. */
export const logFilterSchema = z.object({
	area: z.enum(LOG_AREAS).optional().catch(undefined),
	unit: z.uuid().optional().catch(undefined),
	actor: z.uuid().optional().catch(undefined),
	from: z.string().refine(isLocalDate).optional().catch(undefined),
	to: z.string().refine(isLocalDate).optional().catch(undefined),
	before: z.coerce.number().int().positive().optional().catch(undefined)
});
export type LogFilter = z.output<typeof logFilterSchema>;

export interface LogEntry {
	id: number;
	at: Date;
	actor: string | null;
	unit: string | null;
	action: string;
	subject: string;
	reason: string | null;
	before: unknown;
	after: unknown;
}

/**
 * Returns the entries an administrator may read, newest first: those of their units, and for root administrators also those of
 * the installation.
 *
 * @param zone in which `from` and `to` are days, both included
 */
export async function readLog(actor: Actor, filter: LogFilter, zone: string, limit = LOG_PAGE): Promise<LogEntry[]> {
	const mine = inArray(auditEntries.unitId, [...actor.units.admin]);
	const visible = (await isRootAdmin(db(), actor)) ? or(mine, isNull(auditEntries.unitId)) : mine;
	const { area, unit, from, to, before } = filter;
	const where = [
		visible,
		area && like(auditEntries.action, `${area.replaceAll('_', '\\_')}.%`),
		unit && eq(auditEntries.unitId, unit),
		actor.officerId !== null && notAboutOwnRating(actor.officerId),
		filter.actor && eq(auditEntries.actorId, filter.actor),
		from && gte(auditEntries.at, instantAt(from, '00:00', zone)),
		to && lt(auditEntries.at, instantAt(addDays(to, 1), '00:00', zone)),
		before && lt(auditEntries.id, before)
	].filter((one) => one !== undefined && one !== '' && one !== 0 && one !== false) as SQL[];
	const { id, at, action, subject, reason, before: was, after } = auditEntries;
	return db()
		.select({ id, at, actor: accounts.name, unit: units.name, action, subject, reason, before: was, after })
		.from(auditEntries)
		.leftJoin(accounts, eq(accounts.id, auditEntries.actorId))
		.leftJoin(units, eq(units.id, auditEntries.unitId))
		.where(and(...where))
		.orderBy(desc(auditEntries.id))
		.limit(limit);
}

/**
 * Hides decisions about ratings of the reader: a decision that waits for the parent unit reveals a low score, and its time
 * reveals the comment.
 */
function notAboutOwnRating(officerId: string): SQL {
	const own = db()
		.select({ subject: sql<string>`${ratings.id}::text` })
		.from(ratings)
		.where(eq(ratings.officerId, officerId));
	return sql`not (${like(auditEntries.action, 'rating.%')} and ${inArray(auditEntries.subject, own)})`;
}

/** Reads all entries of a filter in pages, so that a long log is never in memory as a whole. */
export async function* wholeLog(actor: Actor, filter: LogFilter, zone: string): AsyncGenerator<LogEntry> {
	let before = filter.before;
	for (;;) {
		const page = await readLog(actor, { ...filter, before }, zone, 500);
		yield* page;
		if (page.length < 500) return;
		before = page.at(-1)?.id;
	}
}
