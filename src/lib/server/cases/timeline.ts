import { and, asc, eq, sql } from 'drizzle-orm';
import type { TimelineType } from '#lib/cases/vocabulary.ts';
import { now } from '#lib/server/clock.ts';
import { db, type Tx } from '#lib/server/db/index.ts';
import { timeline } from '#lib/server/db/schema/cases.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { enqueueMany } from '#lib/server/jobs/queue.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { recordBacklog } from './backlog.ts';
import { notifyDesks } from './notify-desks.ts';

/** Who did it: a signed-in person, the reporter, LAPOR, or the product itself. */
export type Author = Actor | 'reporter' | 'system' | 'lapor';

export interface Event {
	type: TimelineType;
	author: Author;
	/** Whether the reporter reads it on the tracking page. */
	public: boolean;
	/** Values that are undefined are not stored. */
	data?: Record<string, unknown> | undefined;
	/** The staff member who recorded it for a reporter who spoke outside the site. */
	writtenBy?: Actor | undefined;
}

/** When the reporter spoke. If staff recorded it: who did, and additional data of the entry. */
export interface Spoken {
	at: Date;
	writtenBy?: Actor;
	data?: Record<string, unknown>;
}

/** The columns of a case that its timeline needs. */
interface Changed {
	id: number;
	version: number;
}

/**
 * Appends to a case's timeline and enqueues `case-event` in the same commit. The caller must hold the case's row lock, so
 * that numbers are consecutive. Observers (notices, follow-ups to LAPOR) run in the job, so a failed e-mail can't undo a
 * verification. Open desks are notified with the commit.
 */
export async function recordEvent(tx: Tx, row: Changed, event: Event): Promise<number> {
	const [seq] = await recordEvents(tx, [{ row, event }]);
	return seq ?? 0;
}

/** The same for several cases at once, each of them once. @returns the entries' numbers, in the order given */
export async function recordEvents(tx: Tx, events: readonly { row: Changed; event: Event }[]): Promise<number[]> {
	if (events.length === 0) return [];
	const at = now();
	const values = events.map(({ row, event }) => ({ at, ...entryOf(row, event) }));
	const { caseId, seq } = timeline;
	const entries = await tx.insert(timeline).values(values).returning({ caseId, seq });
	const ids = events.map(({ row }) => row.id);
	await recordBacklog(tx, ids, at);
	await enqueueMany(tx, 'case-event', entries);
	await notifyDesks(tx, entries);
	return ids.map((id) => entries.find((entry) => entry.caseId === id)?.seq ?? 0);
}

function entryOf(row: Changed, { type, author, public: isPublic, data, writtenBy }: Event) {
	const staff = typeof author === 'object';
	return {
		caseId: row.id,
		seq: sql`(select coalesce(max(seq), 0) + 1 from timeline where case_id = ${row.id})`,
		type,
		actorKind: staff ? (author.accountId ? ('staff' as const) : ('system' as const)) : author,
		actorId: (staff ? author : writtenBy)?.accountId ?? null,
		public: isPublic,
		data: { ...data, version: row.version }
	};
}

export type TimelineEntry = Awaited<ReturnType<typeof timelineOf>>[number];

/** The timeline of a case in order. The caller must have checked access to the case; `publicOnly` for its reporter. */
export async function timelineOf(caseId: number, publicOnly: boolean) {
	const { seq, at, type, actorKind, public: isPublic, data } = timeline;
	return db()
		.select({ seq, at, type, actorKind, actorName: accounts.name, public: isPublic, data })
		.from(timeline)
		.leftJoin(accounts, eq(accounts.id, timeline.actorId))
		.where(and(eq(timeline.caseId, caseId), publicOnly ? eq(timeline.public, true) : undefined))
		.orderBy(asc(timeline.seq));
}
