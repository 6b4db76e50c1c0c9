import { and, asc, eq, sql } from 'drizzle-orm';
import type { TimelineType } from '../../cases/vocabulary.ts';
import { now } from '../clock.ts';
import { db, type Tx } from '../db/index.ts';
import { timeline } from '../db/schema/cases.ts';
import { accounts } from '../db/schema/accounts.ts';
import { enqueue } from '../jobs/queue.ts';
import type { Actor } from '../people/actor.ts';

/** Who did it: a signed-in person, the reporter, LAPOR, or the product itself. */
export type Author = Actor | 'reporter' | 'system' | 'lapor';

export interface Event {
	type: TimelineType;
	author: Author;
	/** Whether the reporter reads it on the tracking page. */
	public: boolean;
	data?: Record<string, unknown>;
}

/**
 * Appends to a case's timeline and enqueues `case-event` in the same commit. The caller holds the case's row lock, so
 * numbers follow one another. Observers (notices, follow-ups to LAPOR) hang on the job: a failed e-mail can't undo a
 * verification.
 */
export async function recordEvent(tx: Tx, row: { id: number; version: number }, event: Event): Promise<number> {
	const { author } = event;
	const staff = typeof author === 'object';
	const [entry] = await tx
		.insert(timeline)
		.values({
			caseId: row.id,
			seq: sql`(select coalesce(max(seq), 0) + 1 from timeline where case_id = ${row.id})`,
			at: now(),
			type: event.type,
			actorKind: staff ? (author.accountId ? 'staff' : 'system') : author,
			actorId: staff ? author.accountId : null,
			public: event.public,
			data: { ...event.data, version: row.version }
		})
		.returning({ seq: timeline.seq });
	const seq = entry?.seq ?? 0;
	await enqueue(tx, 'case-event', { caseId: row.id, seq });
	return seq;
}

export type TimelineEntry = Awaited<ReturnType<typeof timelineOf>>[number];

/** A case's story in order. The caller has already shown a right to the case; `publicOnly` for its reporter. */
export async function timelineOf(caseId: number, publicOnly: boolean) {
	return db()
		.select({
			seq: timeline.seq,
			at: timeline.at,
			type: timeline.type,
			actorKind: timeline.actorKind,
			actorName: accounts.name,
			public: timeline.public,
			data: timeline.data
		})
		.from(timeline)
		.leftJoin(accounts, eq(accounts.id, timeline.actorId))
		.where(and(eq(timeline.caseId, caseId), publicOnly ? eq(timeline.public, true) : undefined))
		.orderBy(asc(timeline.seq));
}
