import { and, desc, eq, inArray, sql } from 'drizzle-orm';
import { DAY_MS, MINUTE_MS } from '#lib/calendar/durations.ts';
import { localDate } from '#lib/calendar/days.ts';
import { OPEN_STATUSES } from '#lib/cases/moves.ts';
import { m } from '#lib/paraglide/messages.js';
import { baseLocale } from '#lib/paraglide/runtime.js';
import { contactHash } from '#lib/server/cases/reporter.ts';
import type { Tx } from '#lib/server/db/index.ts';
import { cases, timeline } from '#lib/server/db/schema/cases.ts';
import { conversations, incomingMessages, outgoingMessages } from '#lib/server/db/schema/channels.ts';
import { inLocale } from '#lib/server/in-locale.ts';
import { encryptText } from '#lib/server/keys.ts';
import { SILENT_MS, silentSince, type ConversationRow } from '../incoming/conversation.ts';
import { setAside } from '../incoming/intake.ts';
import type { StoredMessage } from './receive.ts';
import * as reply from './replies.ts';
import { byReceipt, cancel, chooseCase, done, object, sendReport, SHORTEST, statusesOf } from './report-actions.ts';
import { queueWaited } from './send.ts';
import { draftOf, pressed, remember, say, senderOf, take, type Arrival, type Own, type Talk } from './talk.ts';

/** Stores a message where it belongs and answers it. Everything is one transaction, so a repeated job changes nothing. */
export async function converse(arrival: Arrival): Promise<void> {
	const { tx, connection, message, row } = arrival;
	const { userId, number } = message.from;
	const hashes = [userId, number].flatMap((one) => (one ? contactHash(one) : []));
	// One message of a person at a time.
	for (const hash of hashes.toSorted())
		await tx.execute(sql`select pg_advisory_xact_lock(hashtext(${`whatsapp/${connection.id}/${hash}`}))`);
	const rows = await tx
		.select({ conversation: conversations, row: cases })
		.from(conversations)
		.leftJoin(cases, eq(cases.id, conversations.caseId))
		.where(and(eq(conversations.connectionId, connection.id), inArray(conversations.senderHash, hashes)))
		.orderBy(desc(conversations.lastAt), desc(conversations.id));
	await knowBy(tx, message, rows);
	const own = rows.flatMap(({ conversation, row: of }) =>
		of && !of.destroyedAt && conversation.ofReporter ? [{ conversation, row: of }] : []
	);
	const lastAt = rows[0]?.conversation.lastAt.getTime();
	const silence = lastAt === undefined ? 0 : row.sentAt.getTime() - lastAt;
	if (silence > SILENT_MS) for (const one of own) await remember(tx, one.conversation, { locked: true });
	const all = rows.map(({ conversation }) => conversation);
	const since = silentSince(row.sentAt);
	const waiting = all.find(({ state, lastAt: at }) => state === 'waiting' && at > since);
	const alive = own.filter(({ conversation }) => !draftOf(conversation).locked);
	const waited = await queueWaited(tx, conversationsOf(alive));
	const lately = lastAt !== undefined && silence < DAY_MS;
	const [language = baseLocale] = [...(waiting ? [waiting] : []), ...conversationsOf(own)].flatMap(
		(one) => draftOf(one).language ?? []
	);
	await inLocale(language, async () => {
		await act({ ...arrival, all, own, alive, waiting, waited, lately });
		if (arrival.refusedFiles.length > 0) await sayRefused(arrival);
	});
}

/** Says that a file was not kept, where the message is now. Once a minute, as for an album of photos. */
async function sayRefused({ tx, row }: Arrival): Promise<void> {
	const [place] = await tx
		.select({ conversation: conversations })
		.from(incomingMessages)
		.innerJoin(conversations, eq(conversations.id, incomingMessages.conversationId))
		.where(eq(incomingMessages.id, row.id));
	if (place) await say(tx, place.conversation, reply.text(m.wa_file_refused()), `refused:${minuteOf(row)}`);
}

const minuteOf = ({ sentAt }: Arrival['row']) => Math.floor(sentAt.getTime() / MINUTE_MS);

const conversationsOf = (own: readonly Own[]) => own.map(({ conversation }) => conversation);
const casesOf = (own: readonly Own[]) => own.map(({ row }) => row);

/** From now on a person is known by the user id, also in conversations that began with the number alone. */
async function knowBy(tx: Tx, message: StoredMessage, rows: { conversation: ConversationRow }[]): Promise<void> {
	const sender = senderOf(message);
	const senderHash = contactHash(sender.address);
	const byNumber = rows.filter(({ conversation }) => conversation.senderHash !== senderHash);
	if (byNumber.length === 0) return;
	const ids = byNumber.map(({ conversation }) => conversation.id);
	const senderSealed = await encryptText(JSON.stringify(sender));
	await tx.update(conversations).set({ senderHash, senderSealed }).where(inArray(conversations.id, ids));
}

/** Typed words that do the same as a button. */
const TYPED: readonly (readonly [RegExp, string])[] = [
	[/^(kirim|send)[.!]?$/i, 'send'],
	[/^(batal|cancel)[.!]?$/i, 'cancel'],
	[/^(selesai|done)[.!]?$/i, 'done'],
	[/^menu[.!]?$/i, 'menu:']
];

async function act(talk: Talk): Promise<void> {
	const { message, all, waiting, own, alive, row } = talk;
	if (message.kind === 'reaction') return reacted(talk);
	if (message.receiptHash) return byReceipt(talk, message.receiptHash);
	const [verb = '', about = ''] = (message.chosen ?? (await typed(talk)) ?? '').split(':');
	const ofCase = alive.find(({ conversation }) => String(conversation.id) === about);
	const answered = answeredOf(alive);
	const [first] = answered;
	switch (verb) {
		case 'menu':
			return choose(talk, about as reply.MenuChoice);
		case 'send':
			if (waiting && String(waiting.id) === about) return sendReport(talk, waiting);
			break;
		case 'cancel':
			if (waiting && String(waiting.id) === about) return cancel(talk, waiting);
			break;
		case 'case':
			if (waiting && draftOf(waiting).choosing) return chooseCase(talk, waiting, ofCase);
			break;
		case 'code':
			if (ofCase) return pressed(talk, ofCase.conversation, reply.codeLink(ofCase.row.reference));
			break;
		case 'done':
			if (ofCase) return done(talk, ofCase);
			if (about === '' && first) return pressed(talk, first.conversation, reply.which(answered.map(listed), 'done'));
			break;
		case 'dispute':
			if (ofCase) {
				await remember(talk.tx, ofCase.conversation, { disputing: row.sentAt.toISOString() });
				return pressed(talk, ofCase.conversation, reply.text(m.wa_dispute({ reference: ofCase.row.reference })));
			}
			break;
		default:
			return written(talk);
	}
	// A button of a message that is out of date.
	const known = own.find(({ conversation }) => String(conversation.id) === about);
	if (known) return pressed(talk, known.conversation, await statusesOf(talk, casesOf(own), !ofCase));
	const place = all.find(({ id }) => String(id) === about) ?? waiting ?? all[0];
	return place ? pressed(talk, place, reply.menu()) : written(talk);
}

/** A reaction says nothing to the office and changes nothing. */
async function reacted(talk: Talk): Promise<void> {
	const about = await answeredConversation(talk);
	const place = talk.all.find(({ id }) => id === about);
	await (place ? pressed(talk, place) : setAside(talk.tx, talk.row.id, 'machine', 'reaction'));
}

async function typed(talk: Talk): Promise<string | undefined> {
	const { kind, text } = talk.message;
	const { waiting } = talk;
	const verb = kind === 'text' ? TYPED.find(([words]) => words.test(text))?.[1] : undefined;
	if (!verb || verb === 'menu:') return verb;
	if (verb === 'done') return typedDone(talk);
	return waiting && draftOf(waiting).kind ? `${verb}:${waiting.id}` : undefined;
}

/** The report of the message to which the person replies, else the only answered one. `done:` if it may be one of several. */
async function typedDone(talk: Talk): Promise<string | undefined> {
	const { alive, own } = talk;
	const about = await answeredConversation(talk);
	const replied = own.filter(({ conversation }) => conversation.id === about);
	const [among = []] = [replied, alive, own].filter(({ length }) => length > 0);
	const [answered, another] = answeredOf(among);
	if (another && alive.length > 0) return 'done:';
	return answered && `done:${answered.conversation.id}`;
}

/** The answered reports, each once: a report can have several conversations of its reporter. */
function answeredOf(own: readonly Own[]): Own[] {
	const answered = own.filter(({ row }) => row.status === 'answered');
	return answered.filter(({ row }, index) => answered.findIndex((one) => one.row.id === row.id) === index);
}

const listed = ({ row, conversation: { id } }: Own) => ({ ...row, conversationId: id });

/** A message in the person's own words, or a file. */
async function written(talk: Talk): Promise<void> {
	const { tx, message, waiting, alive, row, files, refusedFiles } = talk;
	const minute = minuteOf(row);
	const isRecent = (since: string | undefined) => since && row.sentAt.getTime() - Date.parse(since) < DAY_MS;
	const disputed = alive.find(({ conversation }) => isRecent(draftOf(conversation).disputing));
	if (disputed && message.text) return object(talk, disputed);
	const about = await answeredConversation(talk);
	const named = alive.find(({ conversation }) => conversation.id === about);
	const [waited] = talk.waited;
	// A "ya" to the template answers no question that the person has not read.
	const hasFile = files.length + refusedFiles.length > 0;
	const isShort = !hasFile && message.text.length < SHORTEST;
	const isReply = named && !talk.waited.some(({ externalId }) => externalId === message.repliesTo);
	if (waited && isShort && !isReply && !(await hasReadQuestion(talk))) return pressed(talk, waited.conversation);
	if (named) return add(talk, named);
	const draft = waiting && draftOf(waiting);
	if (waiting && isRecent(draft?.consulting)) {
		await take(talk, { conversationId: waiting.id });
		return;
	}
	if (waiting && draft?.kind) {
		await take(talk, { conversationId: waiting.id });
		// One reply a minute, so that an album of photos is not answered one by one.
		if (message.text || refusedFiles.length === 0) await say(tx, waiting, reply.noted(waiting.id), `noted:${minute}`);
		return;
	}
	const open = alive.filter(({ row: { status } }) => status === 'answered' || OPEN_STATUSES.includes(status));
	const [only] = open;
	if (only && ((!hasFile && !message.text) || (!draft?.choosing && open.length === 1))) return add(talk, only);
	const place = await take(talk, waiting && { conversationId: waiting.id });
	if (open.length > 1 && place) {
		await remember(tx, place, { choosing: true });
		await say(tx, place, reply.which(open.map(listed), 'case'), `which:${minute}`);
	} else if (place && !waiting && !talk.lately) {
		await say(tx, place, reply.welcome(talk.unit), 'welcome');
	}
}

/** Whether a report waits for the answer to a question that the person could read before this message. */
async function hasReadQuestion({ tx, alive, waited }: Talk): Promise<boolean> {
	const asked = alive.filter(({ row }) => row.status === 'needs_info').map(({ row }) => row.id);
	const { caseId, seq, type } = timeline;
	const questions = await tx
		.selectDistinctOn([caseId], { caseId, seq })
		.from(timeline)
		.where(and(inArray(caseId, asked), eq(type, 'info_requested')))
		.orderBy(caseId, desc(seq));
	const isUnread = (one: (typeof questions)[number]) =>
		waited.some(
			({ conversation, onceKey }) =>
				conversation.caseId === one.caseId && onceKey.startsWith(`conversation:${conversation.id}:entry:${one.seq}:`)
		);
	return !questions.every(isUnread);
}

/** The conversation of our message to which the person replied or reacted. */
async function answeredConversation({ tx, message: { repliesTo } }: Talk): Promise<number | null | undefined> {
	if (!repliesTo) return undefined;
	const [found] = await tx
		.select({ conversationId: outgoingMessages.conversationId })
		.from(outgoingMessages)
		.where(eq(outgoingMessages.externalId, repliesTo));
	return found?.conversationId;
}

/**
 * Adds the message to a report, as the reporter's. Once a day the reply names the report. A sticker, or a kind of message that
 * the site can't read, stays in the conversation, because it answers no question of the office.
 */
async function add(talk: Talk, { conversation, row: { id, reference } }: Own): Promise<void> {
	const { message, files, refusedFiles } = talk;
	if (!message.text && files.length + refusedFiles.length === 0)
		return pressed(talk, conversation, reply.text(m.wa_empty()));
	await take(talk, { caseId: id, fromReporter: true });
	const day = localDate(talk.row.sentAt, talk.unit.timeZone);
	await say(talk.tx, conversation, reply.text(m.wa_added({ reference })), `added:${day}`);
}

async function choose(talk: Talk, choice: reply.MenuChoice | ''): Promise<void> {
	const { tx, own, alive, row } = talk;
	const place = await take(talk, talk.waiting && { conversationId: talk.waiting.id });
	if (!place) return;
	const key = `menu:${row.id}`;
	const kind = reply.REPORT_KINDS.find((one) => one === choice);
	if (kind) {
		await remember(tx, place, { kind, choosing: false, consulting: undefined });
		return say(tx, place, reply.write(place.id, kind), key);
	}
	switch (choice) {
		case 'consultation':
			await remember(tx, place, { kind: undefined, choosing: false, consulting: row.sentAt.toISOString() });
			return say(tx, place, reply.text(m.wa_consult()), key);
		case 'track':
			return say(tx, place, await statusesOf(talk, casesOf(own), alive.length < own.length), key);
		case 'english':
			await remember(tx, place, { language: 'en' });
			return inLocale('en', () => say(tx, place, reply.menu(), key));
		default:
			return say(tx, place, reply.menu(), key);
	}
}
