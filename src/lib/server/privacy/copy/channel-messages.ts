import { and, asc, eq, like, sql } from 'drizzle-orm';
import { decryptSender, type Sender } from '#lib/server/cases/conversation/sender.ts';
import type { CaseRow } from '#lib/server/cases/find.ts';
import { isContactOf } from '#lib/server/cases/reporter.ts';
import { namesOfRefused } from '#lib/server/channels/incoming/content.ts';
import { unitOf, type ConversationRow } from '#lib/server/channels/incoming/conversation.ts';
import { RECEIPT_LINK } from '#lib/server/channels/placeholders.ts';
import { siteAddress } from '#lib/server/channels/site-address.ts';
import { smsText } from '#lib/server/channels/sms/prepare-message.ts';
import { db } from '#lib/server/db/index.ts';
import { conversations, incomingFiles, incomingMessages, outgoingMessages } from '#lib/server/db/schema/channels.ts';

/**
 * What the reporter of a case wrote and said by e-mail, WhatsApp and SMS, and what was written to them by WhatsApp and
 * SMS. Conversations of other people in the case are left out.
 *
 * @param withContact whether the copy may have the sender, and the quoted text and the names of files, which can tell who wrote
 * @param contactChangedAt when the contact first changed. A former contact may then be somebody else's
 */
export async function channelMessages(row: CaseRow, withContact: boolean, contactChangedAt: Date | undefined) {
	const own = await db()
		.select()
		.from(conversations)
		.where(and(eq(conversations.caseId, row.id), conversations.ofReporter));
	const found = await Promise.all(
		own.map(async (conversation) => {
			const sender = await decryptSender(conversation);
			const isTheirs = await timesOfReporter(conversation, row, sender, contactChangedAt);
			const shown = withContact ? sender : undefined;
			return {
				arrivals: await arrivalsIn(conversation, shown, withContact, isTheirs),
				chats: conversation.channel === 'email' ? [] : await chatMessagesIn(conversation, isTheirs)
			};
		})
	);
	return {
		arrivals: found.flatMap((one) => one.arrivals).sort((a, b) => a.at.getTime() - b.at.getTime()),
		chats: found.flatMap((one) => one.chats).sort((a, b) => a.written_at.getTime() - b.written_at.getTime())
	};
}

/**
 * Tells of a time whether the reporter still had the address of a conversation. A reporter without a contact, and one whose
 * chat shows no number, have no former address.
 */
async function timesOfReporter(
	{ id, channel, decidedAt }: ConversationRow,
	row: CaseRow,
	sender: Sender | undefined,
	contactChangedAt: Date | undefined
): Promise<(at: Date) => boolean> {
	const isContact = sender !== undefined && (await isContactOf(row, sender.address, sender.number));
	const mayBeFormer = channel === 'email' || row.formerChats.includes(id);
	if (isContact || !mayBeFormer || !contactChangedAt) return () => true;
	return (at) => at <= contactChangedAt || (decidedAt !== null && at <= decidedAt);
}

async function arrivalsIn(
	{ id: conversationId, channel, subject }: ConversationRow,
	sender: Sender | undefined,
	withContact: boolean,
	isTheirs: (at: Date) => boolean
) {
	const inConversation = eq(incomingMessages.conversationId, conversationId);
	const [messages, voices] = await Promise.all([
		db().select().from(incomingMessages).where(inConversation).orderBy(asc(incomingMessages.sentAt)),
		db()
			.select({ file: incomingFiles })
			.from(incomingFiles)
			.innerJoin(incomingMessages, eq(incomingMessages.id, incomingFiles.messageId))
			.where(and(inConversation, like(incomingFiles.mediaType, 'audio/%')))
			.orderBy(asc(incomingFiles.name))
	]);
	const from = sender ? { ...sender, number: sender.number ?? null } : null;
	const theirs = messages.filter(({ receivedAt }) => isTheirs(receivedAt));
	return theirs.map(({ id, sentAt, body, quoted, refusedFiles }) => ({
		at: sentAt,
		channel,
		sender: from,
		subject,
		text: body,
		quoted: withContact ? quoted : null,
		refused_files: namesOfRefused(refusedFiles, withContact),
		voice_notes: voices
			.filter(({ file }) => file.messageId === id)
			.map(({ file }) => ({ ...file, media_type: file.mediaType, link: `${siteAddress()}/berkas/${file.id}` }))
	}));
}

/** Every SMS has a fixed text (`smsText`). Instead of a text with reason `template`, WhatsApp sent the approved template. */
async function chatMessagesIn({ id, channel, unitId }: ConversationRow, isTheirs: (at: Date) => boolean) {
	const unit = await unitOf({ unitId });
	const { content, createdAt, sentAt, reason, caseId, conversationId } = outgoingMessages;
	const rows = await db()
		.select({ text: sql<string>`coalesce(${content} ->> 'text', '')`, createdAt, sentAt, reason, caseId })
		.from(outgoingMessages)
		.where(eq(conversationId, id));
	const theirs = rows.filter(({ createdAt: at }) => isTheirs(at));
	return theirs.map((row) => ({
		channel,
		text: channel === 'sms' ? smsText(unit, row.caseId !== null) : row.text.replace(RECEIPT_LINK, '…'),
		written_at: row.createdAt,
		sent_at: row.reason === 'template' ? null : row.sentAt
	}));
}
