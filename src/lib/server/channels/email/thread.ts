import { and, desc, eq, inArray, isNotNull, isNull, sql, type SQL } from 'drizzle-orm';
import { db, type Database, type Tx } from '#lib/server/db/index.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { connections, conversations, incomingMessages } from '#lib/server/db/schema/channels.ts';
import { mails } from '#lib/server/db/schema/mails.ts';
import type { ParsedMail } from '#lib/server/integrations/mail/mime.ts';
import type { Email } from '#lib/server/integrations/mail/smtp.ts';
import { keyedHex, sameSecret } from '#lib/server/keys.ts';
import { findOurReferences } from '#lib/text/reference-numbers.ts';
import { UUID_SOURCE } from '#lib/text/uuid.ts';
import type { CaseRow } from '#lib/server/cases/find.ts';
import { isContactOf } from '#lib/server/cases/reporter.ts';
import { presentConnections, type ConnectionRow } from '../connections/connections.ts';
import { mailboxSettings } from './mailbox.ts';

/** Message-IDs in `References`: the first and the latest. Longer threads are cut in the middle, as RFC 5322 allows. */
const MAX_REFERENCES = 20;
const OURS = new RegExp(`^(${UUID_SOURCE})@`, 'i');

/** Ids of our own e-mails in Message-IDs: `<id of the row@domain>`. */
export const mailIdsIn = (messageIds: readonly string[]): string[] =>
	messageIds.flatMap((id) => OURS.exec(id)?.[1]?.toLowerCase() ?? []);

const tagOf = (caseId: number): string => `${caseId.toString(36)}-${keyedHex('mail-tag', String(caseId)).slice(0, 16)}`;

/** The address with the tag of a case: `pengaduan+1z-0123456789abcdef@kantor.example`. */
function taggedAddress(address: string, caseId: number): string {
	const at = address.lastIndexOf('@');
	return `${address.slice(0, at)}+${tagOf(caseId)}${address.slice(at)}`;
}

/** The case whose keyed tag an address of the mail carries. */
function taggedCase(addresses: readonly string[], mailbox: string): number | undefined {
	const at = mailbox.lastIndexOf('@');
	const [local, domain] = [mailbox.slice(0, at).toLowerCase(), mailbox.slice(at).toLowerCase()];
	for (const address of addresses.map((one) => one.toLowerCase())) {
		if (!address.startsWith(`${local}+`) || !address.endsWith(domain)) continue;
		const tag = address.slice(local.length + 1, -domain.length);
		const caseId = Number.parseInt(tag.split('-')[0] ?? '', 36);
		if (Number.isSafeInteger(caseId) && caseId > 0 && sameSecret(tag, tagOf(caseId))) return caseId;
	}
	return undefined;
}

/**
 * Finds where a reply belongs: by the Message-ID of an e-mail that this site sent or this mailbox received, or by the tag in
 * the address. A number in the subject proves nothing. A sender who is not the reporter is `fromReporter: false`.
 */
export async function threadOf(mail: ParsedMail, connection: ConnectionRow) {
	const ours = await answeredByUs(mail);
	const caseId = ours?.caseId ?? taggedCase(mail.to, connection.address);
	if (caseId) {
		const [row] = await db()
			.select({ id: cases.id, reporterSealed: cases.reporterSealed })
			.from(cases)
			.where(eq(cases.id, caseId));
		if (row) return { caseId, fromReporter: await isContactOf(row, mail.from[0]?.address ?? '') };
	}
	const conversationId = ours?.conversationId ?? (await answeredConversation(mail, connection));
	return conversationId === undefined ? undefined : { conversationId };
}

/**
 * The case whose number is in a subject, of automatic answers whose program left out the Message-ID that they answer. It
 * proves nothing, and is used only to hide an e-mail from people who may not see that case.
 */
export async function caseNamedIn(subject: string): Promise<{ caseId: number } | undefined> {
	const named = findOurReferences(subject);
	const [row] = await db().select({ caseId: cases.id }).from(cases).where(inArray(cases.reference, named)).limit(1);
	return row;
}

/**
 * Our e-mail that a mail answers: the latest one about a case, otherwise one of a conversation. A reply to an e-mail to
 * staff is no message of the reporter.
 */
async function answeredByUs({ answers }: ParsedMail) {
	if (answers.length === 0) return undefined;
	const { id, kind, caseId, conversationId, createdAt } = mails;
	const [mail] = await db()
		.select({ caseId, conversationId })
		.from(mails)
		.where(and(inArray(id, mailIdsIn(answers)), inArray(kind, ['reporter', 'conversation'])))
		.orderBy(sql`${caseId} is null`, desc(createdAt))
		.limit(1);
	return mail;
}

/** The conversation of an e-mail of this mailbox that a mail answers. */
async function answeredConversation({ answers }: ParsedMail, { id }: ConnectionRow): Promise<number | undefined> {
	if (answers.length === 0) return undefined;
	const { connectionId, externalId, conversationId, sentAt } = incomingMessages;
	const [theirs] = await db()
		.select({ id: conversationId })
		.from(incomingMessages)
		.where(and(eq(connectionId, id), inArray(externalId, [...answers]), isNotNull(conversationId)))
		.orderBy(desc(sentAt))
		.limit(1);
	return theirs?.id ?? undefined;
}

/**
 * The headers that put an e-mail to the reporter of a case or to the person of a conversation into its thread. Replies go to
 * the office's mailbox while it is read, those about a case to the mailbox of `mailboxOfCase`.
 */
export async function threadHeaders(
	on: Database | Tx,
	{ caseId, conversationId, unitId }: Pick<typeof mails.$inferSelect, 'caseId' | 'conversationId' | 'unitId'>
): Promise<Pick<Email, 'replyTo' | 'inReplyTo' | 'references'>> {
	const [row] = caseId === null ? [] : await on.select().from(cases).where(eq(cases.id, caseId));
	const mailbox = row ? await mailboxOfCase(on, row) : unitId ? await mailboxOfUnit(on, unitId) : undefined;
	const replyTo =
		mailbox &&
		(caseId !== null && mailboxSettings(mailbox).plusAddress
			? taggedAddress(mailbox.address, caseId)
			: mailbox.address);
	const ofCase = and(eq(conversations.caseId, caseId ?? 0), conversations.ofReporter);
	const ids = await receivedIds(on, conversationId === null ? ofCase : eq(conversations.id, conversationId));
	return { replyTo, inReplyTo: ids.at(-1), references: ids.length > 0 ? ids : undefined };
}

/** The office's mailbox, unless it is paused or removed. */
export async function mailboxOfUnit(on: Database | Tx, unitId: string): Promise<ConnectionRow | undefined> {
	const { channel, pausedAt } = connections;
	const [row] = await presentConnections(on, eq(connections.unitId, unitId), eq(channel, 'email'), isNull(pausedAt));
	return row;
}

/**
 * The mailbox to which the reporter of a case may reply: that of the office which handles it. The people of the office that
 * the report is about read that office's mailbox too, so if a restricted case stays there, it has none. A report that came
 * by e-mail is in the mailbox already.
 */
export async function mailboxOfCase(
	on: Database | Tx,
	{ channel, unitId, handlingUnitId, restricted }: CaseRow
): Promise<ConnectionRow | undefined> {
	if (channel === 'email') return mailboxOfUnit(on, unitId);
	return restricted && handlingUnitId === unitId ? undefined : mailboxOfUnit(on, handlingUnitId);
}

/** Message-IDs of the latest e-mails that came in these conversations, the oldest first. */
async function receivedIds(on: Database | Tx, which: SQL | undefined): Promise<string[]> {
	const rows = await on
		.select({ id: incomingMessages.externalId })
		.from(incomingMessages)
		.innerJoin(conversations, eq(conversations.id, incomingMessages.conversationId))
		.where(and(which, eq(conversations.channel, 'email'), isNotNull(incomingMessages.externalId)))
		.orderBy(desc(incomingMessages.sentAt), desc(incomingMessages.id))
		.limit(MAX_REFERENCES);
	return rows.flatMap(({ id }) => (id ? `<${id}>` : [])).toReversed();
}
