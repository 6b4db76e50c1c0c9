import { and, asc, eq, gte, isNotNull, sql } from 'drizzle-orm';
import { addDays, instantAt, isLocalDate, localDate, type LocalDate } from '#lib/calendar/days.ts';
import { now } from '#lib/server/clock.ts';
import { db, rowsOf } from '#lib/server/db/index.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { auditEntries } from '#lib/server/db/schema/audit.ts';
import { roles } from '#lib/server/db/schema/people.ts';
import { units } from '#lib/server/db/schema/units.ts';
import { invalid } from '#lib/server/errors.ts';
import type { Actor } from './actor.ts';
import { requireVerifier, verifyLogAs, type Break } from './audit-verify.ts';
import { firstZone } from './units/find-unit.ts';

/** The newest entry of a day. A person who kept it can check later that the log up to there is unchanged. */
export interface DayHead {
	/** In the time zone of the root unit. */
	day: LocalDate;
	/** Number of the day's last entry. */
	last: number;
	/** Entries of that day. */
	count: number;
	/** The first 128 bits of the entry's hash, in eight groups of four. */
	hash: string;
}

const DAYS = 14;
const GROUPS = 8;
const grouped = (hash: string) => (hash.match(/.{4}/g) ?? []).slice(0, GROUPS).join(' ');

/** A head as one line, as it stands in e-mails: `2026-11-27 · 1234 · 56 · 4f1a 09bc …`. */
export const headLine = ({ day, last, count, hash }: DayHead): string => [day, last, count, hash].join(' · ');

/** Heads of the last two weeks' days that have entries, the newest first. `since` leaves out that day and earlier ones. */
export async function dayHeads(since?: LocalDate): Promise<DayHead[]> {
	const zone = await firstZone();
	const from = addDays(localDate(now(), zone), -DAYS);
	const after = instantAt(since && since > from ? addDays(since, 1) : from, '00:00', zone).toISOString();
	const rows = await rowsOf<Omit<DayHead, 'last'> & { last: string | number }>(
		db(),
		sql`select days.day::text as day, days.last, days.count, ${auditEntries.hash} as hash
			from (
				select (at at time zone ${zone}::text)::date as day, max(id) as last, count(*)::int as count
				from ${auditEntries} where at >= ${after}::timestamptz group by 1
			) days inner join ${auditEntries} on ${auditEntries.id} = days.last
			order by days.last desc`
	);
	return rows.map((row) => ({ ...row, last: Number(row.last), hash: grouped(row.hash) }));
}

/** The people to whom a site with a mail server sends the heads. */
export async function headRecipients(): Promise<{ id: string; address: string | null }[]> {
	return db()
		.selectDistinct({ id: accounts.id, address: accounts.email })
		.from(roles)
		.innerJoin(accounts, eq(accounts.id, roles.accountId))
		.innerJoin(units, eq(units.id, roles.unitId))
		.where(
			and(
				eq(accounts.active, true),
				isNotNull(accounts.email),
				sql`case ${roles.role} when 'admin' then ${units.parentId} is null
					when 'supervisor' then ${units.parentId} is null
						or exists (select 1 from units below where below.parent_id = ${units.id}) end`
			)
		);
}

/** The result of comparing a received head with the log. */
export interface Comparison {
	head: DayHead;
	/** `missing`: the log has no such number. `different`: the entry has another hash. `broken`: the chain before it does not hold. */
	result: 'same' | 'missing' | 'different' | 'broken';
	first: Break | null;
	/** A restore after the head's day: entries between the backup and the restore are lost, and the head with them. */
	restored: { number: number; at: Date } | null;
}

const PASTED = /(\d{4}-\d{2}-\d{2})\D+(\d{1,15})\D+(\d{1,15})\D+?((?:[0-9a-f]{4}[\s-]*){8})/i;

/**
 * Compares a head that somebody received with the log, and verifies the log up to it.
 *
 * @param text the line of the e-mail, with any text around it
 * @throws NotAllowed · Invalid `head_invalid`
 */
export async function compareHead(actor: Actor, text: unknown): Promise<Comparison> {
	await requireVerifier(actor);
	const [, day = '', last, count, hash = ''] = PASTED.exec(typeof text === 'string' ? text : '') ?? [];
	if (!isLocalDate(day)) throw invalid('head', 'head_invalid');
	const digits = hash.replace(/[\s-]/g, '').toLowerCase();
	const head = { day, last: Number(last), count: Number(count), hash: grouped(digits) };
	const [entry] = await db()
		.select({ hash: auditEntries.hash })
		.from(auditEntries)
		.where(eq(auditEntries.id, head.last));
	if (!entry || grouped(entry.hash) !== head.hash)
		return { head, result: entry ? 'different' : 'missing', first: null, restored: await restoreAfter(day) };
	const { first } = await verifyLogAs(actor);
	const broken = first && first.number <= head.last ? first : null;
	return { head, result: broken ? 'broken' : 'same', first: broken, restored: null };
}

async function restoreAfter(day: LocalDate): Promise<Comparison['restored']> {
	const from = instantAt(day, '00:00', await firstZone());
	const [entry] = await db()
		.select({ number: auditEntries.id, at: auditEntries.at })
		.from(auditEntries)
		.where(and(eq(auditEntries.action, 'backup.restored'), gte(auditEntries.at, from)))
		.orderBy(asc(auditEntries.id))
		.limit(1);
	return entry ?? null;
}
