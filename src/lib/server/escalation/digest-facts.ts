import { sql } from 'drizzle-orm';
import { visibleTo } from '#lib/server/cases/scope.ts';
import { db, rowsOf } from '#lib/server/db/index.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { escalations } from '#lib/server/db/schema/escalations.ts';
import { haltOf, type Halt } from './connection/connection.ts';
import { escalationCounts } from './list.ts';
import { standingSince } from './standing-since.ts';
import { unrecordedDuty } from './unrecorded.ts';
import type { Actor } from '#lib/server/people/actor.ts';

/** Where a forward can stand that a supervisor should know of; `copy`: it waits for a person who copies it by hand. */
export const DIGEST_GROUPS = ['unknown', 'rejected', 'stuck', 'task', 'copy', 'waiting'] as const;
export type DigestGroup = (typeof DIGEST_GROUPS)[number];

/** One forward by its reference: no reporter, no word of the report. */
export interface DigestRow {
	reference: string;
	since: Date;
	/** Codes of `reason.ts` and `tasks.ts`. */
	reason: string | null;
	task: string | null;
}

export interface DigestList {
	count: number;
	oldest: Date;
	nextTry: Date | null;
	/** The longest standing ones. */
	rows: DigestRow[];
}

/** What the morning's letter tells one person, of the cases that person may see. */
export interface DigestFacts {
	halt: Halt | undefined;
	groups: Partial<Record<DigestGroup, DigestList>>;
	/** Forwards that LAPOR has said nothing of for five working days. */
	quiet: number;
	/** Complaints that aren't at LAPOR, of offices that record all. */
	unrecorded: { count: number; oldest: Date | null };
	/** Sent and followed: for the proportion only. */
	sent: number;
}

const NAMED = 5;

const group = sql`case when ${escalations.state} in ('unknown', 'rejected', 'stuck') then ${escalations.state}
	when ${escalations.task} is not null then 'task'
	when ${escalations.mode} = 'manual' then 'copy' else 'waiting' end`;

type Found = {
	kind: DigestGroup;
	reference: string;
	since: string | Date;
	reason: string | null;
	task: string | null;
	count: number;
	next: string | Date | null;
};

/** The facts for one person; every count is scoped to what the person may see. */
export async function digestFacts(actor: Actor): Promise<DigestFacts> {
	const found = await rowsOf<Found>(
		db(),
		sql`select * from (
			select ${group} as kind, ${escalations.reference} as reference, ${standingSince} as since,
				${escalations.reasonCode} as reason, ${escalations.task} as task,
				count(*) over (partition by ${group})::int as count,
				min(${escalations.nextAttemptAt}) over (partition by ${group}) as next,
				row_number() over (partition by ${group} order by ${standingSince}, ${escalations.id}) as nth
			from ${escalations} inner join ${cases} on ${cases.id} = ${escalations.caseId}
			where ${visibleTo(actor)}
				and (${escalations.state} in ('waiting', 'unknown', 'rejected', 'stuck') or ${escalations.task} is not null)
		) ranked where nth <= ${NAMED} order by nth`
	);
	const [counts, unrecorded, halt] = await Promise.all([escalationCounts(actor), unrecordedDuty(actor), haltOf()]);
	const groups: DigestFacts['groups'] = {};
	for (const { kind, reference, since, reason, task, count, next } of found) {
		const nextTry = next === null ? null : new Date(next);
		const list = (groups[kind] ??= { count, oldest: new Date(since), nextTry, rows: [] });
		list.rows.push({ reference, since: new Date(since), reason, task });
	}
	return { halt, groups, quiet: counts.quiet, unrecorded, sent: counts.states.sent?.count ?? 0 };
}
