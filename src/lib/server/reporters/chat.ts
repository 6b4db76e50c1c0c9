import { and, eq } from 'drizzle-orm';
import { m } from '#lib/paraglide/messages.js';
import { baseLocale, isLocale } from '#lib/paraglide/runtime.js';
import { firstCharacters } from '#lib/text/cut-text.ts';
import type { CaseWithUnit } from '#lib/server/cases/find.ts';
import type { StoredEntry as Entry } from '#lib/server/cases/timeline.ts';
import type { ConversationRow } from '#lib/server/channels/incoming/conversation.ts';
import { ORDER_MS, queueMessage, type MessageContent } from '#lib/server/channels/outgoing/queue.ts';
import { threadsOf } from '#lib/server/channels/reply-way.ts';
import { siteAddress } from '#lib/server/channels/site-address.ts';
import { afterAnswer, text } from '#lib/server/channels/whatsapp/replies.ts';
import { db, type Tx } from '#lib/server/db/index.ts';
import { messages } from '#lib/server/db/schema/cases.ts';
import { inLocale } from '#lib/server/in-locale.ts';
import { withdrawnIn } from '#lib/server/people/consents.ts';
import { reportStatusWord } from '#lib/words/cases.ts';
import type { Occasion, ReporterMailKind } from './compose-mail.ts';

type Wording = (of: { reference: string; office: string; text: string }) => string;

/** The occasions with a text of the office, and the words around it in a chat. */
export const WITH_TEXT: Partial<Record<ReporterMailKind, Wording>> = {
	message: m.wa_reply,
	question: m.wa_reply_question,
	answered: m.wa_reply_answer,
	final: m.wa_reply_answer
};

/** Characters of a text in one message. The rest is read on the site. */
const LONGEST = 3500;

/** A conversation by WhatsApp or SMS. Without `withNews` it carries only texts of the office (`WITH_TEXT`). */
export type Chat = ConversationRow & { withNews: boolean };

/** The WhatsApp or SMS conversations in which the office writes to the reporters of these cases. */
export async function chatsOf(caseIds: readonly number[]): Promise<Map<number, Chat>> {
	if (caseIds.length === 0) return new Map();
	const threads = (await threadsOf(caseIds)).filter(({ conversation }) => conversation.channel !== 'email');
	if (threads.length === 0) return new Map();
	const ids = threads.map(({ row }) => row.id);
	const withoutNews = await withdrawnIn(db(), 'reporter_chat', ids);
	return new Map(
		threads.map(({ row, conversation }) => [row.id, { ...conversation, withNews: !withoutNews.has(row.id) }])
	);
}

/**
 * Writes an occasion into the chat that the report came by, in the caller's transaction: replies go back the way the report
 * came. WhatsApp carries the text, an SMS only that there is news.
 */
export async function writeInChat(
	tx: Tx,
	conversation: ConversationRow,
	{ row, unit }: CaseWithUnit,
	{ kind }: Occasion,
	entry: Entry
): Promise<void> {
	const { reference } = row;
	const wording = WITH_TEXT[kind];
	const body = wording && (await bodyOf(tx, entry));
	const language = conversation.draft?.language;
	const contents = inLocale(isLocale(language) ? language : baseLocale, (): MessageContent[] => {
		const link = `${siteAddress()}/lacak`;
		if (!wording || body === undefined) {
			const news = m.wa_news({ reference, status: reportStatusWord(row), link });
			return [late(text(`${news}\n\n${m[`mail_lead_${kind}`]()}`))];
		}
		const cut = body.length > LONGEST ? `${firstCharacters(body, LONGEST)} …\n\n${m.wa_track_more({ link })}` : body;
		const words = late(text(wording({ reference, office: unit.name, text: cut })));
		const ends = wording === m.wa_reply_answer && conversation.channel === 'whatsapp';
		return ends ? [words, late(afterAnswer(conversation.id, reference), 'wait')] : [words];
	});
	for (const [index, content] of contents.entries())
		await queueMessage(tx, conversation, content, `entry:${entry.seq}:${index}`, index * ORDER_MS);
}

const late = (message: MessageContent, how: MessageContent['late'] = 'template') => ({ ...message, late: how });

/** The public message of an entry. An answer by a transfer to another agency has none. */
async function bodyOf(tx: Tx, { caseId, data }: Entry): Promise<string | undefined> {
	if (data.message === undefined) return undefined;
	const [found] = await tx
		.select({ body: messages.body })
		.from(messages)
		.where(and(eq(messages.caseId, caseId), eq(messages.id, String(data.message)), eq(messages.public, true)));
	return found?.body;
}
