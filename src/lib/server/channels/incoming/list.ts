import { and, arrayContains, asc, count, desc, eq, ilike, inArray, or, sql, type SQL } from 'drizzle-orm';
import { nextWorkdayEnd } from '#lib/calendar/deadline-calculator.ts';
import type { ConversationState, IncomingChannel } from '#lib/cases/incoming.ts';
import { loadCalendar } from '#lib/server/calendar/load.ts';
import { contactMark, nameMark } from '#lib/server/cases/reporter.ts';
import { visibleTo } from '#lib/server/cases/visibility.ts';
import { now } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import { beyond, pageOf } from '#lib/server/db/page.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { connections, conversations, incomingFiles, incomingMessages } from '#lib/server/db/schema/channels.ts';
import { units } from '#lib/server/db/schema/units.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { wordsIn } from '#lib/text/marked.ts';
import { conversationsFor, openSender } from './conversation.ts';

const PAGE = 30;
/** Words of a search. Further ones are left out, because each is looked for in every message. */
const MOST_WORDS = 8;

export interface IncomingFilter {
	state: ConversationState;
	channel?: IncomingChannel | undefined;
	/** Slug of an office. */
	unit?: string | undefined;
	q?: string | undefined;
}

/**
 * A page of the conversations that the actor may see. Waiting ones begin with the one that waits longest, all others with
 * the newest.
 */
export async function listConversations(actor: Actor, filter: IncomingFilter, cursor?: string) {
	const first = filter.state === 'waiting' ? 'oldest' : 'newest';
	const order = first === 'oldest' ? asc : desc;
	const { id, firstAt } = conversations;
	const ofConversation = eq(incomingMessages.conversationId, conversations.id);
	const rows = await db()
		.select({
			...{ id, firstAt },
			...{ channel: conversations.channel, subject: conversations.subject, state: conversations.state },
			...{ senderSealed: conversations.senderSealed, reason: conversations.reason, decidedAt: conversations.decidedAt },
			decidedBy: accounts.name,
			unit: { name: units.name, slug: units.slug, timeZone: units.timeZone, hours: units.hours },
			messages: sql<number>`(select count(*)::int from ${incomingMessages} where ${ofConversation})`,
			files: sql<number>`(select count(*)::int from ${incomingFiles}
				join ${incomingMessages} on ${incomingMessages.id} = ${incomingFiles.messageId} where ${ofConversation})`,
			excerpt: sql<string | null>`(select left(${incomingMessages.body}, 160) from ${incomingMessages}
				where ${ofConversation} order by ${incomingMessages.sentAt}, ${incomingMessages.id} limit 1)`,
			case: { reference: cases.reference, identity: cases.identity }
		})
		.from(conversations)
		.innerJoin(units, eq(units.id, conversations.unitId))
		.leftJoin(cases, eq(cases.id, conversations.caseId))
		.leftJoin(accounts, eq(accounts.id, conversations.decidedBy))
		.where(and(conditionOf(actor, filter), beyond(cursor, [firstAt, id], first)))
		.orderBy(order(firstAt), order(id))
		.limit(PAGE + 1);
	const { items, nextCursor } = pageOf(rows, PAGE, (row) => row.firstAt);
	const calendar = await loadCalendar();
	return {
		items: await Promise.all(
			items.map(async ({ senderSealed, unit: { hours, ...unit }, ...row }) => {
				const dueAt = nextWorkdayEnd(row.firstAt, { hours, timeZone: unit.timeZone }, calendar);
				return {
					...row,
					unit,
					dueAt,
					overdue: row.state === 'waiting' && dueAt < now(),
					/** null if the reporter's name is withheld. */
					sender: row.case?.identity === 'withheld' ? null : await openSender({ senderSealed })
				};
			})
		),
		nextCursor
	};
}

/** Conversations that came to a case by its thread were never in the list. */
function conditionOf(actor: Actor, { state, channel, unit, q }: IncomingFilter): SQL | undefined {
	return and(
		conversationsFor(actor),
		eq(conversations.state, state),
		state === 'case' ? sql`${conversations.decidedAt} is not null` : undefined,
		channel && eq(conversations.channel, channel),
		unit ? eq(units.slug, unit) : undefined,
		q ? found(q) : undefined
	);
}

/** Each word is in a message, the subject or the sender's name; or the whole is the sender's address or number. */
function found(q: string): SQL | undefined {
	const words = wordsIn(q).slice(0, MOST_WORDS);
	const contact = contactMark(q);
	const each = words.map((word) => {
		const like = `%${word.replace(/[\\%_]/g, '\\$&')}%`;
		const said = sql`exists (select from ${incomingMessages}
			where ${incomingMessages.conversationId} = ${conversations.id} and ${incomingMessages.body} ilike ${like})`;
		return or(ilike(conversations.subject, like), said, arrayContains(conversations.senderWords, [nameMark(word)]));
	});
	const byWords = each.length > 0 ? and(...each) : sql`false`;
	return contact ? or(arrayContains(conversations.senderWords, [contact]), byWords) : byWords;
}

/** Number of conversations that wait for a decision, for the heading of the list. */
export async function countWaiting(actor: Actor): Promise<number> {
	const units = [...new Set([...actor.units.handler, ...actor.units.supervisor])];
	const [row] = await db()
		.select({ n: count() })
		.from(conversations)
		.where(and(eq(conversations.state, 'waiting'), inArray(conversations.unitId, units)));
	return row?.n ?? 0;
}

/** Whether an office where the actor works has a connection, or messages from the time when it had one. */
export async function receivesMessages(actor: Actor): Promise<boolean> {
	const here = [...new Set([...actor.units.handler, ...actor.units.supervisor])];
	if (here.length === 0) return false;
	const [row] = await db()
		.select({ id: connections.id })
		.from(connections)
		.where(inArray(connections.unitId, here))
		.limit(1);
	return row !== undefined;
}

/** Cases of the sender that the actor may see, the newest first, as proposals. None with a withheld name: that would reveal it. */
export const casesOfSender = (actor: Actor, senderHash: string) =>
	db()
		.select({
			reference: cases.reference,
			title: cases.title,
			status: cases.status,
			body: sql<string>`left(${cases.body}, 80)`
		})
		.from(cases)
		.where(and(eq(cases.reporterHash, senderHash), eq(cases.identity, 'named'), visibleTo(actor)))
		.orderBy(desc(cases.id))
		.limit(5);
