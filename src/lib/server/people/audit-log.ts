import { and, desc, eq, gte, inArray, isNull, like, lt, not, or, sql, type SQL } from 'drizzle-orm';
import { z } from 'zod';
import { addDays, instantAt, isLocalDate } from '#lib/calendar/days.ts';
import { areaWords } from '#lib/words/audit.ts';
import { db } from '#lib/server/db/index.ts';
import { auditEntries } from '#lib/server/db/schema/audit.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { caseOfficers } from '#lib/server/db/schema/cases.ts';
import { dataRequests } from '#lib/server/db/schema/data-requests.ts';
import { ratings } from '#lib/server/db/schema/ratings.ts';
import { units } from '#lib/server/db/schema/units.ts';
import { officerIsNamed, recordsOf, type Actor } from './actor.ts';
import { isRootAdmin } from './administration.ts';

export const LOG_PAGE = 50;

/** Areas by which the log can be filtered. */
export const LOG_AREAS = Object.keys(areaWords) as (keyof typeof areaWords)[];

/** Parses filters from a page address and ignores invalid ones. */
export const logFilterSchema = z.object({
	area: z.enum(LOG_AREAS).optional().catch(undefined),
	unit: z.uuid().optional().catch(undefined),
	actor: z.uuid().optional().catch(undefined),
	from: z.string().refine(isLocalDate).optional().catch(undefined),
	to: z.string().refine(isLocalDate).optional().catch(undefined)
});
/** `before`: the entry after which a page begins. Readers never get its number: a gap would show that an entry is hidden. */
export type LogFilter = z.output<typeof logFilterSchema> & { before?: number };

export type LogEntry = Awaited<ReturnType<typeof readLog>>[number];

/**
 * Returns the log entries an administrator may read, newest first: those of their units, and for root administrators
 * also those without a unit.
 * @param zone time zone of the dates `from` and `to`, both included
 * @param leftOut condition for entries that the administrator must not see
 */
export async function readLog(actor: Actor, filter: LogFilter, zone: string, leftOut?: SQL, limit = LOG_PAGE) {
	const ofAdministeredUnits = inArray(auditEntries.unitId, [...actor.units.admin]);
	const visible = (await isRootAdmin(actor))
		? or(ofAdministeredUnits, isNull(auditEntries.unitId))
		: ofAdministeredUnits;
	const { area, unit, from, to, before } = filter;
	const { id, at, action, subject, reason, before: was, after, destroyedAt } = auditEntries;
	const text = { action, subject, reason, before: was, after };
	return db()
		.select({ id, at, actor: accounts.name, unit: units.name, ...text, destroyedAt })
		.from(auditEntries)
		.leftJoin(accounts, eq(accounts.id, auditEntries.actorId))
		.leftJoin(units, eq(units.id, auditEntries.unitId))
		.where(
			and(
				visible,
				area ? like(auditEntries.action, `${area.replaceAll('_', '\\_')}.%`) : undefined,
				unit ? eq(auditEntries.unitId, unit) : undefined,
				actor.officerId === null ? undefined : notAboutOwnRating(actor.officerId),
				notAboutOwnRequest(actor),
				leftOut && not(leftOut),
				filter.actor ? eq(auditEntries.actorId, filter.actor) : undefined,
				from ? gte(auditEntries.at, instantAt(from, '00:00', zone)) : undefined,
				to ? lt(auditEntries.at, instantAt(addDays(to, 1), '00:00', zone)) : undefined,
				before ? lt(auditEntries.id, before) : undefined
			)
		)
		.orderBy(desc(auditEntries.id))
		.limit(limit);
}

/**
 * Hides decisions about ratings of the reader. A decision that waits for the parent unit reveals a low score, and its
 * time would show which comment it belongs to.
 */
function notAboutOwnRating(officerId: string): SQL {
	const own = db()
		.select({ subject: sql<string>`${ratings.id}::text` })
		.from(ratings)
		.where(inArray(ratings.officerId, recordsOf(officerId)));
	return sql`not (${like(auditEntries.action, 'rating.%')} and ${inArray(auditEntries.subject, own)})`;
}

/** Hides requests of the reader about their own data, and those about a case that names the reader, as the register does. */
function notAboutOwnRequest({ accountId, officerId }: Actor): SQL | undefined {
	if (accountId === null) return undefined;
	const { number, caseId } = dataRequests;
	const naming = db()
		.select({ id: caseOfficers.caseId })
		.from(caseOfficers)
		.where(and(officerId === null ? undefined : inArray(caseOfficers.officerId, recordsOf(officerId)), officerIsNamed));
	const own = db()
		.select({ number })
		.from(dataRequests)
		.where(or(eq(dataRequests.accountId, accountId), officerId === null ? undefined : inArray(caseId, naming)));
	return sql`not (${like(auditEntries.action, 'data\\_request.%')} and ${inArray(auditEntries.subject, own)})`;
}

/** Names of accounts by id. */
export async function accountNames(ids: readonly (string | null)[]): Promise<Map<string | null, string>> {
	const { id, name } = accounts;
	const known = ids.filter((one) => one !== null);
	const rows = await db().select({ id, name }).from(accounts).where(inArray(id, known));
	return new Map(rows.map((row) => [row.id, row.name]));
}

/** Reads all entries of a filter in pages, so that a long log is never in memory as a whole. */
export async function* logPages(
	actor: Actor,
	filter: LogFilter,
	zone: string,
	leftOut?: SQL
): AsyncGenerator<LogEntry[]> {
	let before = filter.before;
	for (;;) {
		const page = await readLog(actor, { ...filter, before }, zone, leftOut, 500);
		yield page;
		if (page.length < 500) return;
		before = page.at(-1)?.id;
	}
}
