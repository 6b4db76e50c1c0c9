import { and, desc, eq, gte, inArray, isNull, like, lt, or, sql, type SQL } from 'drizzle-orm';
import { z } from 'zod';
import { addDays, instantAt, isLocalDate } from '#lib/calendar/days.ts';
import { db } from '#lib/server/db/index.ts';
import { auditEntries } from '#lib/server/db/schema/audit.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { ratings } from '#lib/server/db/schema/ratings.ts';
import { units } from '#lib/server/db/schema/units.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { isRootAdmin } from '#lib/server/people/administration.ts';

export const LOG_PAGE = 50;

/** The part of an action before its dot: what the log can be narrowed to. */
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

/** Filters as they stand in an address; what can't be read is left out. */
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
 * The entries an administrator may read, the newest first: those of the own units, and for one of a root also those of
 * the whole installation.
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
 * A decision about a rating of the reader's own person: that it waits for the parent unit would tell that it is a low one,
 * and its time which comment it was.
 */
function notAboutOwnRating(officerId: string): SQL {
	const own = db()
		.select({ subject: sql<string>`${ratings.id}::text` })
		.from(ratings)
		.where(eq(ratings.officerId, officerId));
	return sql`not (${like(auditEntries.action, 'rating.%')} and ${inArray(auditEntries.subject, own)})`;
}

/** Every entry of the filter, read in pages so that a long log never stands in memory whole. */
export async function* wholeLog(actor: Actor, filter: LogFilter, zone: string): AsyncGenerator<LogEntry> {
	let before = filter.before;
	for (;;) {
		const page = await readLog(actor, { ...filter, before }, zone, 500);
		yield* page;
		if (page.length < 500) return;
		before = page.at(-1)?.id;
	}
}
