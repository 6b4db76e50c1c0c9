import { and, desc, eq } from 'drizzle-orm';
import { INCOMING_CHANNELS, type IncomingChannel } from '#lib/cases/incoming.ts';
import type { CaseRow } from '#lib/server/cases/find.ts';
import type { ReporterMailState } from '#lib/server/cases/mail-preference.ts';
import { db } from '#lib/server/db/index.ts';
import { connections, conversations, outgoingMessages } from '#lib/server/db/schema/channels.ts';
import { mailServer } from './mail-queue.ts';
import { windowOf } from './whatsapp/send.ts';

/**
 * How a public message of the office reaches the reporter: with its text by the channel of the report, by an e-mail that only
 * says there is news, or on the site alone.
 */
export interface ReplyWay {
	by: 'email' | 'whatsapp' | 'sms' | 'news' | 'site';
	/** Why the way can't be used as usual. */
	warning: 'refused' | 'stopped' | 'no_contact' | 'no_server' | 'paused' | 'window' | 'undelivered' | null;
}

/**
 * Finds the way of a reply. Only reports that came by a channel need a query.
 * @param mail state of the e-mails to the reporter
 */
export async function replyWay(row: CaseRow, mail: ReporterMailState | null): Promise<ReplyWay> {
	const channel = INCOMING_CHANNELS.find((one) => one === row.channel);
	const thread = channel && (await threadOf(row.id, channel));
	if (!thread) return byLetter(mail);
	const works = thread.pausedAt === null && thread.removedAt === null;
	if (channel === 'email') {
		if (!mailServer()) return { by: 'site', warning: 'no_server' };
		if (mail !== 'wanted') return { by: 'site', warning: mail ?? 'no_contact' };
		return { by: channel, warning: works ? null : 'paused' };
	}
	const late = channel === 'whatsapp' && (await windowOf(db(), thread.conversation)) !== 'text';
	const warning = !works ? 'paused' : late ? 'window' : (await lastWasLost(row)) ? 'undelivered' : null;
	return { by: channel, warning };
}

const byLetter = (mail: ReporterMailState | null): ReplyWay =>
	mailServer() && mail === 'wanted'
		? { by: 'news', warning: null }
		: { by: 'site', warning: mail === 'refused' ? 'refused' : null };

/** The reporter's newest conversation of a case by the channel of the report, and the state of its connection. */
async function threadOf(caseId: number, channel: IncomingChannel) {
	const { pausedAt, removedAt } = connections;
	const [thread] = await db()
		.select({ conversation: conversations, pausedAt, removedAt })
		.from(conversations)
		.innerJoin(connections, eq(connections.id, conversations.connectionId))
		.where(and(eq(conversations.caseId, caseId), eq(conversations.channel, channel), conversations.ofReporter))
		.orderBy(desc(conversations.lastAt))
		.limit(1);
	return thread;
}

/** Whether the last message about the case by WhatsApp or SMS failed, or may not have arrived. */
async function lastWasLost({ id }: CaseRow): Promise<boolean> {
	const [last] = await db()
		.select({ state: outgoingMessages.state })
		.from(outgoingMessages)
		.where(eq(outgoingMessages.caseId, id))
		.orderBy(desc(outgoingMessages.createdAt))
		.limit(1);
	return last?.state === 'failed' || last?.state === 'unknown';
}
