import { and, eq } from 'drizzle-orm';
import { m } from '#lib/paraglide/messages.js';
import { baseLocale, isLocale } from '#lib/paraglide/runtime.js';
import { firstCharacters } from '#lib/text/cut-text.ts';
import type { StoredEntry as Entry } from '#lib/server/cases/timeline.ts';
import type { ConversationRow } from '#lib/server/channels/incoming/conversation.ts';
import { followCase } from '#lib/server/channels/incoming/follow-case.ts';
import { ORDER_MS, queueMessage, type MessageContent } from '#lib/server/channels/outgoing/queue.ts';
import { threadsOf } from '#lib/server/channels/reply-way.ts';
import { siteAddress } from '#lib/server/channels/site-address.ts';
import { afterAnswer, text } from '#lib/server/channels/whatsapp/replies.ts';
import { db, transaction } from '#lib/server/db/index.ts';
import { messages, type cases } from '#lib/server/db/schema/cases.ts';
import { inLocale } from '#lib/server/in-locale.ts';
import { referenceData } from '#lib/server/reference/reference.ts';
import { reportStatusWord } from '#lib/words/cases.ts';

/** Entries whose text goes to the reporter, and the words around it. */
const WITH_TEXT: Partial<Record<Entry['type'], (of: { reference: string; office: string; text: string }) => string>> = {
	message: m.wa_reply,
	info_requested: m.wa_reply_question,
	answered: m.wa_reply_answer
};
/** Entries that the reporter is notified of without their text. */
const NEWS: readonly Entry['type'][] = ['archived', 'objection_declined', 'reopened', 'clock_reminder'];

/** Characters of a text in one message. The rest is read on the site. */
const LONGEST = 3500;

/** Whether an entry is sent to the reporter in the conversation that the report came by. */
export const isForMessenger = ({ type, public: isPublic, actorKind, data }: Entry): boolean =>
	isPublic &&
	actorKind !== 'reporter' &&
	// Reporters know that they completed the report themselves.
	!(type === 'reopened' && data.reason === 'completed') &&
	// LAPOR notifies reporters of its own messages.
	!(actorKind === 'lapor' && type === 'message') &&
	(type in WITH_TEXT || NEWS.includes(type));

/**
 * Writes to reporters whose report came by WhatsApp or SMS, in its conversation: replies go back the way the report came.
 * First lets the conversations follow a split or a new number. Safe to repeat. WhatsApp carries the text, an SMS only that
 * there is news.
 */
export async function writeByMessenger(entries: readonly Entry[]): Promise<void> {
	for (const entry of entries) await followCase(entry);
	const forReporters = entries.filter(isForMessenger);
	if (forReporters.length === 0) return;
	const threads = await threadsOf(forReporters.map(({ caseId }) => caseId));
	const failed: unknown[] = [];
	for (const entry of forReporters) {
		const found = threads.find(({ row }) => row.id === entry.caseId);
		if (!found || found.conversation.channel === 'email') continue;
		await write(entry, found.conversation, found.row).catch((error: unknown) => failed.push(error));
	}
	if (failed.length > 0) throw failed[0];
}

async function write(entry: Entry, conversation: ConversationRow, row: typeof cases.$inferSelect): Promise<void> {
	const office = (await referenceData()).unitById.get(row.unitId)?.name ?? '';
	const wording = WITH_TEXT[entry.type];
	const body = wording && (await bodyOf(entry));
	const language = conversation.draft?.language;
	const contents = inLocale(isLocale(language) ? language : baseLocale, (): MessageContent[] => {
		const link = `${siteAddress()}/lacak`;
		const { reference: number } = row;
		if (!wording || body === undefined)
			return [late(text(m.wa_news({ reference: number, status: reportStatusWord(row), link })))];
		const cut = body.length > LONGEST ? `${firstCharacters(body, LONGEST)} …\n\n${m.wa_track_more({ link })}` : body;
		const words = late(text(wording({ reference: number, office, text: cut })));
		const ends = entry.type === 'answered' && conversation.channel === 'whatsapp';
		return ends ? [words, late(afterAnswer(conversation.id, number), 'wait')] : [words];
	});
	await transaction(async (tx) => {
		for (const [index, content] of contents.entries())
			await queueMessage(tx, conversation, content, `entry:${entry.seq}:${index}`, index * ORDER_MS);
	});
}

const late = (message: MessageContent, how: MessageContent['late'] = 'template') => ({ ...message, late: how });

/** The public message of an entry. An answer by a transfer to another agency has none. */
async function bodyOf({ caseId, data }: Entry): Promise<string | undefined> {
	if (data.message === undefined) return undefined;
	const [found] = await db()
		.select({ body: messages.body })
		.from(messages)
		.where(and(eq(messages.caseId, caseId), eq(messages.id, String(data.message)), eq(messages.public, true)));
	return found?.body;
}
