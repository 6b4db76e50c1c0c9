import { and, arrayContains, asc, desc, eq, gt, inArray, or, sql, type SQL } from 'drizzle-orm';
import { nextWorkdayEnd } from '#lib/calendar/deadline-calculator.ts';
import { DAY_MS } from '#lib/calendar/durations.ts';
import type { ConversationState, IncomingChannel } from '#lib/cases/incoming.ts';
import { loadCalendar } from '#lib/server/calendar/load.ts';
import { decryptSender, type Sender } from '#lib/server/cases/conversation/sender.ts';
import { contactMark, nameMark, decryptReporter } from '#lib/server/cases/reporter.ts';
import { visibleTo } from '#lib/server/cases/visibility.ts';
import { ago, now } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import { beyond, pageOf } from '#lib/server/db/page.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { conversations, incomingFiles, incomingMessages, outgoingMessages } from '#lib/server/db/schema/channels.ts';
import { units } from '#lib/server/db/schema/units.ts';
import { caseRoleUnits, type Actor } from '#lib/server/people/actor.ts';
import { wordsIn } from '#lib/text/marked.ts';
import { referenceData } from '#lib/server/reference/reference.ts';
import { MESSAGES } from '../outgoing/queue.ts';
import { hasChatOf, hasSureChatOf, readableBy, seesCase, senderHashes, type ConversationRow } from './conversation.ts';

const PAGE = 30;
/** Words of a search. Further ones are left out, because each is looked for in every message. */
const MOST_WORDS = 8;
/** A search looks into this many conversations, from the start of the list. */
const CHECKED = 1500;
/** A search covers this many days before now. */
const SEARCHED_DAYS = 365;

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
	const { q } = filter;
	const chosen = await chosenBy(actor, filter, beyond(cursor, [firstAt, id], first), [order(firstAt), order(id)]);
	const ofConversation = eq(incomingMessages.conversationId, conversations.id);
	const rows = await db()
		.select({
			id,
			firstAt,
			channel: conversations.channel,
			subject: conversations.subject,
			state: conversations.state,
			senderSealed: conversations.senderSealed,
			reason: conversations.reason,
			decidedAt: conversations.decidedAt,
			decidedBy: accounts.name,
			unit: { name: units.name, slug: units.slug, timeZone: units.timeZone, hours: units.hours },
			messages: sql<number>`(select count(*)::int from ${incomingMessages} where ${ofConversation})`,
			files: sql<number>`(select count(*)::int from ${incomingFiles}
				join ${incomingMessages} on ${incomingMessages.id} = ${incomingFiles.messageId} where ${ofConversation})`,
			excerpt: sql<string | null>`(select left(${incomingMessages.body}, 160) from ${incomingMessages}
				where ${ofConversation} order by ${incomingMessages.sentAt}, ${incomingMessages.id} limit 1)`,
			/** State of the last text of the office that needs a decision, because it may not have arrived. */
			lost: sql<string | null>`(select ${outgoingMessages.state} from ${outgoingMessages}
				where ${outgoingMessages.conversationId} = ${conversations.id} and ${outgoingMessages.decidedAt} is null
					and ${outgoingMessages.state} in ('failed', 'unknown') and ${MESSAGES.isOwed}
				order by ${outgoingMessages.createdAt} desc limit 1)`,
			case: { reference: cases.reference, identity: cases.identity }
		})
		.from(conversations)
		.innerJoin(units, eq(units.id, conversations.unitId))
		.leftJoin(cases, eq(cases.id, conversations.caseId))
		.leftJoin(accounts, eq(accounts.id, conversations.decidedBy))
		.where(and(inArray(id, chosen), q ? found(q) : undefined))
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
					/** null if the reporter's name is withheld, undefined if it was destroyed. */
					sender: row.case?.identity === 'withheld' ? null : await decryptSender({ senderSealed })
				};
			})
		),
		nextCursor
	};
}

/**
 * The first conversations of a list, without the words of a search: read per office in the order of the index, so that a
 * page costs the same however many there are. One of a case is listed for its own office and those above.
 */
async function chosenBy(actor: Actor, filter: IncomingFilter, after: SQL | undefined, order: SQL[]): Promise<SQL> {
	const { state, channel, unit, q } = filter;
	const slugs = unit
		? (await referenceData()).units.filter(({ slug }) => slug === unit).map(({ id }) => id)
		: undefined;
	const offices = caseRoleUnits(actor).filter((id) => slugs?.includes(id) ?? true);
	const most = q ? CHECKED : PAGE + 1;
	const where = and(
		sql`${conversations.unitId} = office`,
		eq(conversations.state, state),
		// Those that came to a case by its thread were never in the list.
		...(state === 'case' ? [sql`${conversations.decidedAt} is not null`, seesCase(actor)] : [readableBy(actor)]),
		channel && eq(conversations.channel, channel),
		q ? gt(conversations.firstAt, ago(SEARCHED_DAYS * DAY_MS)) : undefined,
		after
	);
	const sorted = sql.join(order, sql`, `);
	return sql`(select ${conversations.id} from unnest(${`{${offices.join(',')}}`}::uuid[]) as offices(office)
		cross join lateral (select ${conversations.id}, ${conversations.firstAt} from ${conversations}
			where ${where} order by ${sorted} limit ${most}) ${conversations}
		order by ${sorted} limit ${most})`;
}

/** Each word is in a message, the subject or the sender's name; or the whole is the sender's address or number. */
function found(q: string): SQL | undefined {
	// Letters of another form, such as wide digits, are found by the usual ones, as at the desk.
	const words = wordsIn(q.normalize('NFKC')).slice(0, MOST_WORDS);
	const contact = contactMark(q);
	const each = words.map((word) => {
		const like = `%${word.replace(/[\\%_]/g, '\\$&')}%`;
		const said = sql`exists (select from ${incomingMessages}
			where ${incomingMessages.conversationId} = ${conversations.id} and normalize(${incomingMessages.body}, NFKC) ilike ${like})`;
		const subject = sql`normalize(${conversations.subject}, NFKC) ilike ${like}`;
		return or(subject, said, arrayContains(conversations.senderWords, [nameMark(word)]));
	});
	const byWords = each.length > 0 ? and(...each) : sql`false`;
	return contact ? or(arrayContains(conversations.senderWords, [contact]), byWords) : byWords;
}

/** Number of conversations that wait for a decision, for the heading of the list. */
export const countWaiting = (actor: Actor): Promise<number> => db().$count(conversations, waitingFor(actor));

/** Condition for the conversations of the actor's offices that wait for a decision. */
export const waitingFor = (actor: Actor) =>
	and(inArray(conversations.unitId, caseRoleUnits(actor)), eq(conversations.state, 'waiting'), readableBy(actor));

/**
 * Cases with the sender's contact that the actor may see, the newest first, as proposals. `isProven`: the sender is their
 * reporter for certain (`isProvenReporter`). `wrote`: it is, or was before the number fell silent or changed. None with a
 * withheld name: that would reveal it.
 */
export async function casesOfSender(
	actor: Actor,
	sender: Sender,
	waiting: Pick<ConversationRow, 'connectionId' | 'draft' | 'firstAt'>
) {
	const ofSender = inArray(cases.reporterHash, senderHashes(sender));
	const rows = await db()
		.select({
			id: cases.id,
			reference: cases.reference,
			title: cases.title,
			status: cases.status,
			body: sql<string>`left(${cases.body}, 80)`,
			reporterSealed: cases.reporterSealed,
			wrote: sql<boolean>`${hasChatOf(sender)}`,
			isSure: sql<boolean>`${hasSureChatOf(sender, waiting)}`
		})
		.from(cases)
		.where(and(ofSender, eq(cases.identity, 'named'), visibleTo(actor)))
		.orderBy(desc(cases.id))
		.limit(5);
	return Promise.all(
		rows.map(async ({ id, isSure, reporterSealed, ...row }) => {
			const reporter = (await decryptReporter(reporterSealed))?.name ?? null;
			return { ...row, reporter, isProven: isSure || waiting.draft?.receiptOf === id };
		})
	);
}
