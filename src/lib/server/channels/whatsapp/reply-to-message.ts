import { and, desc, eq, inArray } from 'drizzle-orm';
import { DAY_MS, MINUTE_MS } from '#lib/calendar/durations.ts';
import { localDate } from '#lib/calendar/days.ts';
import { m } from '#lib/paraglide/messages.js';
import { baseLocale } from '#lib/paraglide/runtime.js';
import { contactHash } from '#lib/server/cases/reporter.ts';
import { lockKey } from '#lib/server/db/lock-key.ts';
import { cases, timeline } from '#lib/server/db/schema/cases.ts';
import { conversations, incomingMessages, outgoingMessages } from '#lib/server/db/schema/channels.ts';
import { inLocale } from '#lib/server/in-locale.ts';
import { isLocked, SILENT_MS, silentSince, type ConversationRow } from '../incoming/conversation.ts';
import { setAside } from '../incoming/set-aside.ts';
import * as reply from './replies.ts';
import {
	askWhatIsWrong,
	byReceipt,
	cancelReport,
	chooseCase,
	closeReport,
	handleMenu,
	ownStatuses,
	sendCode,
	sendReport,
	SHORTEST,
	storeDispute
} from './report-actions.ts';
import { queueDelayed } from './prepare-message.ts';
import {
	adoptUserId,
	answeredOf,
	completableOf,
	dialogStateOf,
	openOf,
	queueReply,
	storeAsHandled,
	storeAsMessage,
	TYPED_BUTTONS,
	updateDialogState,
	type Arrival,
	type MessageContext,
	type OwnReport
} from './message-context.ts';

/** Stores a message where it belongs and answers it. Everything is one transaction, so a repeated job changes nothing. */
export async function replyToMessage(arrival: Arrival): Promise<void> {
	const { tx, connection, message, row } = arrival;
	// WhatsApp itself wrote it, for example that the person has a new number. It does not open WhatsApp’s 24-hour window.
	if (message.kind === 'system') return setAside(tx, row.id, 'machine', 'system');
	const { userId, number } = message.from;
	const hashes = [userId, number].flatMap((one) => (one ? contactHash(one) : []));
	// One message of a person at a time.
	for (const hash of hashes.toSorted()) await lockKey(tx, `whatsapp/${connection.id}/${hash}`);
	const ofPerson = and(eq(conversations.connectionId, connection.id), inArray(conversations.senderHash, hashes));
	// Read after the lock, because staff may decide about a conversation at the same time.
	await tx.select({ id: conversations.id }).from(conversations).where(ofPerson).for('no key update');
	const rows = await tx
		.select({ conversation: conversations, row: cases })
		.from(conversations)
		.leftJoin(cases, eq(cases.id, conversations.caseId))
		.where(ofPerson)
		.orderBy(desc(conversations.lastAt), desc(conversations.id));
	const reports = rows.flatMap(({ conversation, row: of }) =>
		of && !of.destroyedAt && conversation.ofReporter ? [{ conversation, row: of }] : []
	);
	const lastAt = rows[0]?.conversation.lastAt.getTime();
	const silence = lastAt === undefined ? 0 : row.sentAt.getTime() - lastAt;
	if (silence > SILENT_MS) for (const one of reports) await updateDialogState(tx, one.conversation, { locked: true });
	const all = rows.map(({ conversation }) => conversation);
	const since = silentSince(row.sentAt);
	const waiting = all.find(({ state, lastAt: at }) => state === 'waiting' && at > since);
	const unlocked = reports.filter(({ conversation, row: of }) => !isLocked(conversation, of));
	// Conversations from before the silence may be of somebody else who had this number.
	const recent = all.filter(({ caseId, lastAt: at }) => caseId === null && at > since);
	await adoptUserId(tx, message, [...conversationsOf(unlocked), ...recent]);
	const delayed = await queueDelayed(tx, conversationsOf(unlocked));
	const wroteToday = lastAt !== undefined && silence < DAY_MS;
	const [language = baseLocale] = [...(waiting ? [waiting] : []), ...conversationsOf(reports)].flatMap(
		(one) => dialogStateOf(one).language ?? []
	);
	await inLocale(language, async () => {
		await handleMessage({ ...arrival, all, reports, unlocked, waiting, delayed, wroteToday });
		if (arrival.refusedFiles.length > 0) await sayRefused(arrival);
	});
}

/**
 * Replies that a file was refused, in the conversation that has the message. At most one reply a minute, because an album
 * arrives as many messages.
 */
async function sayRefused({ tx, row }: Arrival): Promise<void> {
	const [found] = await tx
		.select({ conversation: conversations })
		.from(incomingMessages)
		.innerJoin(conversations, eq(conversations.id, incomingMessages.conversationId))
		.where(eq(incomingMessages.id, row.id));
	if (found) await queueReply(tx, found.conversation, reply.text(m.wa_file_refused()), `refused:${minuteOf(row)}`);
}

const minuteOf = ({ sentAt }: Arrival['row']) => Math.floor(sentAt.getTime() / MINUTE_MS);

const conversationsOf = (reports: readonly OwnReport[]) => reports.map(({ conversation }) => conversation);

async function handleMessage(context: MessageContext): Promise<void> {
	const { message } = context;
	if (message.kind === 'reaction') return handleReaction(context);
	if (message.receiptHash) return byReceipt(context, message.receiptHash);
	const [verb = '', about = ''] = (message.chosen ?? (await typedVerb(context)) ?? '').split(':');
	await (handleVerb(context, verb, about) ?? handleOutdated(context, about));
}

/**
 * Does what a button or a typed verb says; a message without a verb is handled as text.
 * @returns undefined if the report or draft that it is about is out of date
 */
function handleVerb(context: MessageContext, verb: string, about: string): Promise<void> | undefined {
	const { waiting, unlocked } = context;
	const draft = waiting && String(waiting.id) === about ? waiting : undefined;
	const report = unlocked.find(({ conversation }) => String(conversation.id) === about);
	switch (verb) {
		case 'menu':
			return handleMenu(context, about as reply.MenuChoice);
		case 'send':
			return draft && sendReport(context, draft);
		case 'cancel':
			return draft && cancelReport(context, draft);
		case 'written':
			return draft && storeAsHandled(context, draft, reply.noted(draft.id));
		case 'case':
			return waiting && dialogStateOf(waiting).choosing ? chooseCase(context, waiting, report) : undefined;
		case 'code':
			return report && sendCode(context, report);
		case 'done':
			if (report) return closeReport(context, report);
			return about === '' ? askWhichIsDone(context) : undefined;
		case 'dispute':
			return report && askWhatIsWrong(context, report);
		default:
			return handleText(context);
	}
}

function askWhichIsDone(context: MessageContext): Promise<void> | undefined {
	const answered = answeredOf(context.unlocked);
	const [first] = answered;
	return first && storeAsHandled(context, first.conversation, reply.which(answered.map(listed), 'done'));
}

/** A button of a message that is out of date. */
async function handleOutdated(context: MessageContext, about: string): Promise<void> {
	const { all, waiting, reports } = context;
	const isAbout = ({ id }: ConversationRow) => String(id) === about;
	const known = conversationsOf(reports).find(isAbout);
	if (known) return storeAsHandled(context, known, await ownStatuses(context));
	const conversation = all.find(isAbout) ?? waiting ?? all[0];
	return conversation ? storeAsHandled(context, conversation, reply.menu()) : handleText(context);
}

/** A reaction is not shown to the office and changes no report. */
async function handleReaction(context: MessageContext): Promise<void> {
	const about = await answeredConversation(context);
	const conversation = context.all.find(({ id }) => id === about);
	await (conversation
		? storeAsHandled(context, conversation)
		: setAside(context.tx, context.row.id, 'machine', 'reaction'));
}

async function typedVerb(context: MessageContext): Promise<string | undefined> {
	const { kind, text } = context.message;
	const { waiting } = context;
	const verb = kind === 'text' ? TYPED_BUTTONS.find(([words]) => words.test(text))?.[1] : undefined;
	if (!verb || verb === 'menu:') return verb;
	const draft = waiting && dialogStateOf(waiting);
	if (verb === 'done') {
		const about = await answeredConversation(context);
		// Here "Selesai" ends the draft. It is not about another report.
		const isOfDraft = waiting && (about === undefined || about === waiting.id);
		const written = isOfDraft && draft?.kind ? `written:${waiting.id}` : undefined;
		if (written && (about !== undefined || isRecent(context, waiting?.lastAt.toISOString()))) return written;
		if (isOfDraft && isRecent(context, draft?.consulting)) return undefined;
		// A draft of days before, which the person may have forgotten.
		return typedDone(context, about) ?? written;
	}
	return waiting && draft?.kind ? `${verb}:${waiting.id}` : undefined;
}

const isRecent = ({ row }: Arrival, since: string | undefined): boolean =>
	since !== undefined && row.sentAt.getTime() - Date.parse(since) < DAY_MS;

/** The report of the message to which the person replies, else the only answered one. `done:` alone if several are possible. */
function typedDone({ unlocked, reports }: MessageContext, about: number | null | undefined): string | undefined {
	const replied = reports.filter(({ conversation }) => conversation.id === about);
	const [among = []] = [replied, unlocked, reports].filter(({ length }) => length > 0);
	const [answered, another] = answeredOf(among);
	if (another && unlocked.length > 0) return 'done:';
	return answered && `done:${answered.conversation.id}`;
}

const listed = ({ row, conversation: { id } }: OwnReport) => ({ ...row, conversationId: id });

/**
 * A message in the person's own words, or a file. The first rule that fits decides:
 * 1. A text after "Belum puas" is the dispute.
 * 2. A short text while one of our texts waited for any message, and no question was read: it only releases that text.
 * 3. A reply to a message about a report belongs to that report.
 * 4. After "Konsultasi data" it belongs to the consultation.
 * 5. While a report is being written, it is part of that report.
 * 6. It belongs to the only open report. A message without text and file gets the answer of the newest open one.
 * 7. If several reports are open or can be completed, the person is asked which is meant.
 * 8. Otherwise it begins a conversation.
 */
async function handleText(context: MessageContext): Promise<void> {
	const { tx, message, waiting, unlocked, row, files, refusedFiles } = context;
	const minute = minuteOf(row);
	const disputed = unlocked.find(({ conversation }) => isRecent(context, dialogStateOf(conversation).disputing));
	if (disputed && message.text) return storeDispute(context, disputed);
	const about = await answeredConversation(context);
	const named = unlocked.find(({ conversation }) => conversation.id === about);
	const [delayed] = context.delayed;
	// A "ya" to the template must not count as the answer to a question that the person has not read.
	const hasFile = files.length + refusedFiles.length > 0;
	const isShort = !hasFile && message.text.length < SHORTEST;
	const isReply = named && !context.delayed.some(({ externalId }) => externalId === message.repliesTo);
	if (delayed && isShort && !isReply && !(await hasReadQuestion(context)))
		return storeAsHandled(context, delayed.conversation);
	if (named) return addToReport(context, named);
	const draft = waiting && dialogStateOf(waiting);
	if (waiting && isRecent(context, draft?.consulting)) {
		await storeAsMessage(context, { conversationId: waiting.id });
		return;
	}
	if (waiting && draft?.kind) {
		await storeAsMessage(context, { conversationId: waiting.id });
		// One reply a minute, so that an album of photos is not answered one by one.
		if (message.text || refusedFiles.length === 0)
			await queueReply(tx, waiting, reply.noted(waiting.id), `noted:${minute}`);
		return;
	}
	// `choosing: false`: the person chose another matter. "Konsultasi data" sets it too; then `consulting` decides for a day.
	const isOther = draft?.choosing === false && draft.consulting === undefined;
	const open = isOther ? [] : openOf(unlocked);
	const completable = isOther ? [] : await completableOf(context);
	const [only] = open;
	const isOnly = open.length === 1 && completable.length === 0;
	if (only && ((!hasFile && !message.text) || (!draft?.choosing && isOnly))) return addToReport(context, only);
	const conversation = await storeAsMessage(context, waiting && { conversationId: waiting.id });
	if (open.length + completable.length > 0 && conversation) {
		await updateDialogState(tx, conversation, { choosing: true });
		await queueReply(tx, conversation, reply.which([...open, ...completable].map(listed), 'case'), `which:${minute}`);
	} else if (conversation && !waiting && !context.wroteToday) {
		await queueReply(tx, conversation, reply.welcome(context.unit), 'welcome');
	}
}

/** Whether a report waits for the answer to a question that the person could read before this message. */
async function hasReadQuestion({ tx, unlocked, delayed }: MessageContext): Promise<boolean> {
	const asked = unlocked.filter(({ row }) => row.status === 'needs_info').map(({ row }) => row.id);
	const { caseId, seq, type } = timeline;
	const questions = await tx
		.selectDistinctOn([caseId], { caseId, seq })
		.from(timeline)
		.where(and(inArray(caseId, asked), eq(type, 'info_requested')))
		.orderBy(caseId, desc(seq));
	const isUnread = (one: (typeof questions)[number]) =>
		delayed.some(
			({ conversation, onceKey }) =>
				conversation.caseId === one.caseId && onceKey.startsWith(`conversation:${conversation.id}:entry:${one.seq}:`)
		);
	return !questions.every(isUnread);
}

/** The conversation of our message to which the person replied or reacted. */
async function answeredConversation({ tx, message }: MessageContext): Promise<number | null | undefined> {
	if (!message.repliesTo) return undefined;
	const [found] = await tx
		.select({ conversationId: outgoingMessages.conversationId })
		.from(outgoingMessages)
		.where(eq(outgoingMessages.externalId, message.repliesTo));
	return found?.conversationId;
}

/**
 * Adds the message to a report, as the reporter's. Once a day the reply names the report. A sticker, or a kind of message that
 * the site can't read, stays in the conversation, because it answers no question of the office.
 */
async function addToReport(context: MessageContext, { conversation, row }: OwnReport): Promise<void> {
	const { message, files, refusedFiles } = context;
	if (!message.text && files.length + refusedFiles.length === 0)
		return storeAsHandled(context, conversation, reply.text(m.wa_empty()));
	await storeAsMessage(context, { caseId: row.id, fromReporter: true });
	const day = localDate(context.row.sentAt, context.unit.timeZone);
	await queueReply(context.tx, conversation, reply.text(m.wa_added(row)), `added:${day}`);
}
