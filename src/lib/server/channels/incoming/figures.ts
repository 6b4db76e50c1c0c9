import { and, eq, isNotNull, ne, or, sql, type SQL } from 'drizzle-orm';
import type { IncomingChannel, OutcomeCounts } from '#lib/cases/incoming.ts';
import type { Reader } from '#lib/server/db/index.ts';
import { cases, timeline } from '#lib/server/db/schema/cases.ts';
import { conversations } from '#lib/server/db/schema/channels.ts';
import { notInTrial } from '#lib/server/people/units/trial.ts';

/**
 * Counts the conversations of "Pesan masuk" by channel and by what became of them. Messages that came to a report by its
 * thread were never in that list.
 * @param which condition on `conversations`, and on `cases` for those of a report
 * @param channel SQL for the channel of a row; null where it must not be shown
 */
export function countConversations<Shown extends IncomingChannel | null = IncomingChannel>(
	on: Reader,
	which: SQL | undefined,
	channel: SQL<Shown> = sql`${conversations.channel}`
): Promise<OutcomeCounts<Shown>[]> {
	const { state, caseId, id } = conversations;
	const isOpening = sql`exists (select from ${timeline} where ${timeline.caseId} = ${caseId}
		and ${timeline.type} = 'opened' and ${timeline.data} -> 'conversation' = to_jsonb(${id}))`;
	const count = (condition: SQL) => sql<number>`count(*) filter (where ${condition})::int`;
	return on
		.select({
			channel: channel.as('channel'),
			opened: count(sql`${state} = 'case' and ${isOpening}`),
			joined: count(sql`${state} = 'case' and not ${isOpening}`),
			referred: count(sql`${state} = 'referred'`),
			dismissed: count(sql`${state} = 'dismissed'`),
			waiting: count(sql`${state} = 'waiting'`)
		})
		.from(conversations)
		.leftJoin(cases, eq(cases.id, caseId))
		.where(and(or(ne(state, 'case'), isNotNull(conversations.decidedAt)), notInTrial(conversations.unitId), which))
		.groupBy(sql`1`)
		.orderBy(sql`1`);
}
