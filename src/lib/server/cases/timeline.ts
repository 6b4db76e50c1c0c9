import { and, asc, eq, isNull, or, sql, type SQL } from 'drizzle-orm';
import type { Role, TimelineType } from '#lib/cases/vocabulary.ts';
import { now } from '#lib/server/clock.ts';
import { db, type Tx } from '#lib/server/db/index.ts';
import type { NoticeChannel } from '#lib/server/db/notify.ts';
import { cases, timeline } from '#lib/server/db/schema/cases.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { enqueueMany } from '#lib/server/jobs/queue.ts';
import { CASE_ROLES } from '#lib/server/people/access/kinds.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { actingName } from '#lib/words/office.ts';
import { caseState, recordBacklog } from './backlog.ts';

/** Author of an entry: a signed-in person or API token, the reporter, LAPOR, or the system. */
export type Author = Actor | 'reporter' | 'system' | 'lapor';

export interface Event {
	type: TimelineType;
	author: Author;
	/** Whether the tracking page shows it to the reporter. */
	public: boolean;
	/** Values that are undefined are not stored. */
	data?: Record<string, unknown> | undefined;
	/** The staff member who recorded it for a reporter who spoke outside the site. */
	writtenBy?: Actor | undefined;
}

/** When the reporter spoke. If staff recorded it, also who did, and additional data of the timeline entry. */
export interface Spoken {
	at: Date;
	writtenBy?: Actor;
	data?: Record<string, unknown>;
}

/** The columns of a case that `recordEvent` needs. */
interface Changed {
	id: number;
	version: number;
	handlingUnitId?: string;
	restricted?: boolean;
}

const CHANNEL: NoticeChannel = 'spatula_case';

/**
 * Column that an insert into the timeline returns. It notifies every process of the site about the entry, with the
 * commit: the case's id, its handling unit and the sequence number. Each process then asks the database which signed-in
 * people may see the case, and sends the change only to their desks.
 */
const signalToDesks = sql`pg_notify(${CHANNEL}, json_build_object('case', timeline.case_id, 'unit',
	(select c.handling_unit_id from cases c where c.id = timeline.case_id), 'seq', timeline.seq)::text)`;

/**
 * Appends an entry to a case's timeline and enqueues `case-event` in the same commit. The caller must hold the lock of
 * the case row, so that sequence numbers are consecutive. Notices and follow-ups to LAPOR run in the job, so that their
 * failure can't undo the change. Open desks are notified with the commit.
 */
export async function recordEvent(tx: Tx, row: Changed, event: Event): Promise<number> {
	const [seq] = await recordEvents(tx, [{ row, event }]);
	return seq ?? 0;
}

/**
 * `recordEvent` for several cases, at most one entry per case. @returns the sequence numbers, in the order of `events`
 */
export async function recordEvents(tx: Tx, events: readonly { row: Changed; event: Event }[]): Promise<number[]> {
	if (events.length === 0) return [];
	const at = now();
	const values = events.map(({ row, event }) => ({ at, ...entryOf(row, event) }));
	const { caseId, seq } = timeline;
	const entries = await tx.insert(timeline).values(values).returning({ caseId, seq, caseState, signalToDesks });
	const jobs = entries.map(({ caseId, seq }) => ({ caseId, seq }));
	await Promise.all([recordBacklog(tx, entries, at), enqueueMany(tx, 'case-event', jobs)]);
	return events.map(({ row }) => entries.find((entry) => entry.caseId === row.id)?.seq ?? 0);
}

function entryOf(row: Changed, { type, author, public: isPublic, data, writtenBy }: Event) {
	const staff = typeof author === 'object';
	const acting = staff ? actingFor(author, row) : undefined;
	return {
		caseId: row.id,
		seq: sql`(select coalesce(max(seq), 0) + 1 from timeline where case_id = ${row.id})`,
		type,
		actorKind: staff ? (author.accountId ? ('staff' as const) : ('system' as const)) : author,
		actorId: (staff ? author : writtenBy)?.accountId ?? null,
		public: isPublic,
		data: { ...data, version: row.version, ...(acting && { acting: acting.acting, acting_order: acting.order }) }
	};
}

/** The acting role that allows this to the author. Undefined if a permanent role allows it too. */
function actingFor({ held = [], supervises }: Actor, { handlingUnitId = '', restricted }: Changed) {
	const roles: readonly Role[] = supervises || restricted ? ['supervisor'] : CASE_ROLES;
	const allowing = held.filter(({ role, unitIds }) => roles.includes(role) && unitIds.includes(handlingUnitId));
	return allowing.every(({ acting }) => acting) ? allowing[0] : undefined;
}

/** An entry as stored. */
export type StoredEntry = typeof timeline.$inferSelect;

/** The entries that a job is about, read once for all who follow them. */
export function entriesAt(events: readonly { caseId: number; seq: number }[]): Promise<StoredEntry[]> {
	const isOne = events.map(({ caseId, seq }) => and(eq(timeline.caseId, caseId), eq(timeline.seq, seq)));
	return db()
		.select()
		.from(timeline)
		.where(or(...isOne) ?? sql`false`);
}

export type TimelineEntry = Awaited<ReturnType<typeof timelineOf>>[number];

/**
 * The timeline of a case in order; empty if what was written in the case is destroyed, because its entries have no words
 * any more. The caller must have checked access to the case. Its reporter reads only public entries.
 *
 * @param which condition for the entries, if not all are read
 */
export async function timelineOf(caseId: number, which?: SQL) {
	const { seq, at, type, actorKind, public: isPublic, data } = timeline;
	const entries = await db()
		.select({ seq, at, type, actorKind, actorName: accounts.name, public: isPublic, data })
		.from(timeline)
		.leftJoin(accounts, eq(accounts.id, timeline.actorId))
		.innerJoin(cases, and(eq(cases.id, timeline.caseId), isNull(cases.destroyedAt)))
		.where(and(eq(timeline.caseId, caseId), which))
		.orderBy(asc(timeline.seq));
	return entries.map((entry) => ({ ...entry, actorName: entry.actorName && actingName(entry.actorName, entry.data) }));
}
