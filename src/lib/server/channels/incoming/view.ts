import { and, asc, desc, eq, inArray, sql } from 'drizzle-orm';
import { nextWorkdayEnd } from '#lib/calendar/deadline-calculator.ts';
import { loadCalendar } from '#lib/server/calendar/load.ts';
import { now } from '#lib/server/clock.ts';
import { db, oneRow } from '#lib/server/db/index.ts';
import { beyond, pageOf } from '#lib/server/db/page.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { contactOf, decryptSender } from '#lib/server/cases/conversation/sender.ts';
import { withoutHiddenLines } from '#lib/server/cases/visible-references.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { conversations, incomingFiles, incomingMessages, outgoingMessages } from '#lib/server/db/schema/channels.ts';
import { mails } from '#lib/server/db/schema/mails.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import type { Unit } from '#lib/server/reference/reference.ts';
import type { OutboxTable } from '../outbox.ts';
import { RECEIPT_LINK } from '../placeholders.ts';
import { smsText } from '../sms/prepare-message.ts';
import { windowOf } from '../whatsapp/prepare-message.ts';
import { isVoice, namesOfRefused } from './content.ts';
import { conversationsFor, unitOf, type ConversationRow } from './conversation.ts';
import { referralText } from './decide.ts';
import { casesOfSender } from './list.ts';
import { mayPlay, supervisesOne } from './incoming-files.ts';

export type ConversationView = Awaited<ReturnType<typeof conversationView>>;
export type IncomingMessage = ConversationView['messages'][number];

/** Messages per page: the latest ones, shown oldest first. Also the number of replies that are shown. */
const PAGE = 200;

/**
 * Everything the page of a conversation shows: its latest messages, or those before `cursor`.
 * @throws NotFound if the actor may not see it
 */
export async function conversationView(actor: Actor, id: number, cursor?: string) {
	const ofCase = { reference: cases.reference, identity: cases.identity, handlingUnitId: cases.handlingUnitId };
	const found = await db()
		.select({
			row: conversations,
			decidedBy: accounts.name,
			...ofCase,
			of: { formerChats: cases.formerChats },
			seen: db().$count(incomingMessages, eq(incomingMessages.conversationId, conversations.id))
		})
		.from(conversations)
		.leftJoin(cases, eq(cases.id, conversations.caseId))
		.leftJoin(accounts, eq(accounts.id, conversations.decidedBy))
		.where(and(eq(conversations.id, id), conversationsFor(actor)))
		.then(oneRow);
	const { row, of, decidedBy, reference, identity, seen } = found;
	const supervises = supervisesOne(actor, row, found.handlingUnitId);
	const unit = await unitOf(row);
	const waiting = row.state === 'waiting';
	const sender = identity === 'withheld' ? null : await decryptSender(row);
	const [{ messages, earlier }, replies, proposals, referral, calendar] = await Promise.all([
		messagesOf({ supervises, withNames: identity !== 'withheld' }, row.id, cursor),
		repliesTo(row, unit).then((written) => withoutHiddenLines(actor, written)),
		waiting && sender ? casesOfSender(actor, sender, row) : [],
		waiting ? referralText(row) : null,
		loadCalendar()
	]);
	const dueAt = nextWorkdayEnd(row.firstAt, unit, calendar);
	const { channel, state, subject, firstAt, lastAt, decidedAt, reason } = row;
	return {
		id,
		channel,
		state,
		subject,
		firstAt,
		lastAt,
		decidedAt,
		reason,
		decidedBy,
		reference,
		sender,
		dueAt,
		overdue: waiting && dueAt < now(),
		unit: { name: unit.name, timeZone: unit.timeZone },
		/** The sender as the reporter of a case, for the form. */
		contact: sender && contactOf(sender),
		messages,
		/** Number of messages, counted before they were read, so that the latest page shows all that it counts. */
		seen,
		/** The page shows the latest messages, so a decision can be taken on it. */
		latest: cursor === undefined,
		/** Cursor of the messages before these. */
		earlier,
		replies,
		/** Cases with the sender's contact. */
		proposals,
		referral,
		/** WhatsApp takes no free text any more. */
		tooLate: channel === 'whatsapp' && (await windowOf(db(), row, of)) !== 'text',
		supervises
	};
}

/** @param withNames false: without what would reveal a withheld name: the signature in the quoted part, and names of files */
async function messagesOf(
	{ supervises, withNames }: { supervises: boolean; withNames: boolean },
	conversationId: number,
	cursor: string | undefined
) {
	const { id, sentAt, kind, body, quoted, refusedFiles } = incomingMessages;
	const latest = await db()
		.select({ id, sentAt, kind, body, quoted, refusedFiles })
		.from(incomingMessages)
		.where(and(eq(incomingMessages.conversationId, conversationId), beyond(cursor, [sentAt, id])))
		.orderBy(desc(sentAt), desc(id))
		.limit(PAGE + 1);
	const { items, nextCursor } = pageOf(latest, PAGE, (row) => row.sentAt);
	const rows = items.toReversed();
	const shown = rows.map((row) => row.id);
	const files = await db()
		.select()
		.from(incomingFiles)
		.where(inArray(incomingFiles.messageId, shown))
		.orderBy(asc(incomingFiles.name));
	const messages = rows.map((row) => ({
		...row,
		quoted: withNames ? row.quoted : null,
		refusedFiles: namesOfRefused(row.refusedFiles, withNames),
		files: files
			.filter(({ messageId }) => messageId === row.id)
			.map((file) => {
				const { id: fileId, name, mediaType, width, height, transcript } = file;
				const shown = { id: fileId, name, mediaType, width, height, transcript };
				return { ...shown, voice: isVoice(file), playable: mayPlay(supervises, file) };
			})
	}));
	return { messages, earlier: nextCursor };
}

/** The latest texts sent to the person of a conversation, the oldest first. Every SMS has a fixed text (`smsText`). */
async function repliesTo({ id, channel }: ConversationRow, unit: Unit) {
	const table: OutboxTable = channel === 'email' ? mails : outgoingMessages;
	const { createdAt: at, state, reason, decidedAt, decidedBy } = table;
	const rows = await db()
		.select({
			id: table.id,
			at,
			state,
			reason,
			decidedAt,
			decidedBy: accounts.name,
			text: channel === 'email' ? mails.body : sql<string>`coalesce(${outgoingMessages.content} ->> 'text', '')`,
			aboutCase: sql<boolean>`${table.caseId} is not null`
		})
		.from(table)
		.leftJoin(accounts, eq(accounts.id, decidedBy))
		.where(eq(table.conversationId, id))
		.orderBy(desc(at))
		.limit(PAGE);
	const textOf = (row: (typeof rows)[number]) =>
		channel === 'sms' ? smsText(unit, row.aboutCase) : row.text.replace(RECEIPT_LINK, '…');
	return rows.toReversed().map((row) => ({ ...row, text: textOf(row) }));
}
