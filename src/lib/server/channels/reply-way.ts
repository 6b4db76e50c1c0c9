import { and, desc, eq, inArray, sql } from 'drizzle-orm';
import { INCOMING_CHANNELS } from '#lib/cases/incoming.ts';
import type { CaseRow } from '#lib/server/cases/find.ts';
import type { ReporterMailState } from '#lib/server/cases/mail-preference.ts';
import { db, type Tx } from '#lib/server/db/index.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { connections, conversations } from '#lib/server/db/schema/channels.ts';
import type { Outbox } from './outbox.ts';
import { isLocked, isLockedChat } from './incoming/conversation.ts';
import { MAILS, mailServer } from './mail-queue.ts';
import { MESSAGES } from './outgoing/queue.ts';
import { windowOf } from './whatsapp/prepare-message.ts';

/** Why a chat can't be used: it may be somebody else's, or its 24 hours are over and the office has no template. */
type NoChat = 'no_contact' | 'silent' | 'no_template';

/**
 * How a public message of the office reaches the reporter: with its text by the channel of the report, by an e-mail that only
 * says there is news, or on the site alone.
 */
export interface ReplyWay {
	by: 'email' | 'whatsapp' | 'sms' | 'news' | 'site';
	/** Why the way can't be used as usual. `window`: WhatsApp sends the approved template first. */
	warning: Exclude<ReporterMailState, 'wanted'> | NoChat | 'no_server' | 'paused' | 'window' | 'undelivered' | null;
	/** An e-mail that only says there is news is sent too, because a chat may not be read or carries no text. */
	also?: 'news' | undefined;
}

/**
 * Finds the way of a reply. Only reports that came by a channel need a query.
 * @param mail state of the e-mails to the reporter
 */
export async function replyWay(row: CaseRow, mail: ReporterMailState | null): Promise<ReplyWay> {
	const channel = INCOMING_CHANNELS.find((one) => one === row.channel);
	const [thread] = channel ? await threadsOf([row.id]) : [];
	if (!channel || !thread) return fallbackWay(mail);
	const { works, conversation, template } = thread;
	const fallback = fallbackWay(mail);
	const without = (noChat: NoChat): ReplyWay =>
		fallback.by === 'site' ? { by: 'site', warning: fallback.warning ?? noChat } : fallback;
	if (isLocked(conversation, thread.row)) return without('no_contact');
	if (channel === 'email') {
		if (!mailServer()) return { by: 'site', warning: 'no_server' };
		if (mail !== 'wanted') return { by: 'site', warning: mail ?? 'no_contact' };
		return { by: channel, warning: !works ? 'paused' : (await lastWasLost(row, MAILS)) ? 'undelivered' : null };
	}
	const window = channel === 'whatsapp' ? await windowOf(db(), conversation, thread.row) : 'text';
	if (window === 'silent') return without('silent');
	const late = window === 'template';
	if (late && !template) return without('no_template');
	const warning = !works ? 'paused' : late ? 'window' : (await lastWasLost(row, MESSAGES)) ? 'undelivered' : null;
	const inChat = channel === 'whatsapp' && warning === null;
	return { by: channel, warning, also: !inChat && fallback.by === 'news' ? fallback.by : undefined };
}

/** The way if no channel is used: an e-mail that only says there is news, or the site. */
const fallbackWay = (mail: ReporterMailState | null): ReplyWay =>
	mailServer() && mail === 'wanted'
		? { by: 'news', warning: null }
		: { by: 'site', warning: mail === 'refused' ? 'refused' : null };

/**
 * The conversation in which the office writes to the reporter of each case, by the channel of the report: the newest one
 * that is not locked and whose connection works, else the newest. A report that the office recorded from another channel is
 * answered on that channel.
 */
export function threadsOf(caseIds: readonly number[]) {
	const { caseId, channel, ofReporter, lastAt } = conversations;
	const works = sql<boolean>`(${connections.pausedAt} is null and ${connections.removedAt} is null)`;
	const template = sql<boolean>`coalesce(${connections.settings} ->> 'templateName', '') <> ''`;
	return db()
		.selectDistinctOn([caseId], { conversation: conversations, row: cases, works, template })
		.from(conversations)
		.innerJoin(connections, eq(connections.id, conversations.connectionId))
		.innerJoin(cases, and(eq(cases.id, caseId), eq(cases.channel, channel)))
		.where(and(inArray(caseId, [...caseIds]), ofReporter))
		.orderBy(caseId, desc(sql`${works} and not ${isLockedChat}`), desc(lastAt));
}

/** Whether the reporter of a case chose e-mail: the report came by the office's mailbox. Then answers go there with their text. */
export async function writesByEmail(tx: Tx, { id, channel }: CaseRow): Promise<boolean> {
	if (channel !== 'email') return false;
	const ofReporter = and(eq(conversations.caseId, id), eq(conversations.channel, 'email'), conversations.ofReporter);
	return (await tx.$count(conversations, ofReporter)) > 0;
}

/** Whether the last message to the reporter of the case failed, or may not have arrived. */
async function lastWasLost({ id }: CaseRow, { table, isOwed }: Outbox): Promise<boolean> {
	const [last] = await db()
		.select({ state: table.state })
		.from(table)
		.where(and(eq(table.caseId, id), isOwed))
		.orderBy(desc(table.createdAt))
		.limit(1);
	return last?.state === 'failed' || last?.state === 'unknown';
}
