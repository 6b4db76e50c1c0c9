import { and, count, eq, gte, inArray, lt, sql } from 'drizzle-orm';
import type { IncomingChannel } from '#lib/cases/incoming.ts';
import { CHANNELS, type Channel } from '#lib/cases/vocabulary.ts';
import { flowSum, type FlowCell, type RecapFigures, type ReplyRecord } from '#lib/recap/figures.ts';
import { countConversations } from '#lib/server/channels/incoming/figures.ts';
import type { Database, Tx } from '#lib/server/db/index.ts';
import { cases, timeline } from '#lib/server/db/schema/cases.ts';
import { conversations } from '#lib/server/db/schema/channels.ts';
import { shownChannel } from './overdue-cases.ts';
import { momentsOf, type RecapSpan } from './scope.ts';

const shownOfMessage = sql<IncomingChannel | null>`case when ${cases.restricted} or ${conversations.aboutHead} then null else ${conversations.channel} end`;

/**
 * Reports and incoming messages by channel. Undefined if no message came and none was lost, as in offices without a mailbox or
 * a number.
 */
export async function channelFigures(
	on: Database | Tx,
	span: RecapSpan,
	flow: readonly FlowCell[],
	replies: ReadonlyMap<Channel | null, ReplyRecord>
): Promise<RecapFigures['channels']> {
	const { from, until } = momentsOf(span);
	const ids = [...span.unitIds];
	const { unitId, firstAt } = conversations;
	const came = and(inArray(unitId, ids), gte(firstAt, from), lt(firstAt, until));
	const messages = await countConversations(on, came, shownOfMessage);
	const lost = await on
		.select({ channel: shownChannel, n: count() })
		.from(timeline)
		.innerJoin(cases, eq(cases.id, timeline.caseId))
		// A literal, so that the partial index is used.
		.where(
			and(
				sql`${timeline.type} = 'undelivered'`,
				inArray(cases.unitId, ids),
				gte(timeline.at, from),
				lt(timeline.at, until)
			)
		)
		.groupBy(sql`1`);
	if (messages.length === 0 && lost.length === 0) return undefined;
	const reports = [...CHANNELS, null].flatMap((channel) => {
		const { received } = flowSum(flow.filter((cell) => cell.channel === channel));
		const undelivered = lost.find((one) => one.channel === channel)?.n ?? 0;
		const reply = replies.get(channel);
		return received > 0 || reply || undelivered > 0 ? [{ channel, received, reply: reply ?? null, undelivered }] : [];
	});
	return { reports, messages };
}
