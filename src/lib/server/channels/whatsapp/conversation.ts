import { and, desc, eq, sql } from 'drizzle-orm';
import { DAY_MS, MINUTE_MS } from '#lib/calendar/durations.ts';
import { localDate } from '#lib/calendar/days.ts';
import { OPEN_STATUSES } from '#lib/cases/status.ts';
import { m } from '#lib/paraglide/messages.js';
import { baseLocale } from '#lib/paraglide/runtime.js';
import { acceptAnswer, storeObjection } from '#lib/server/cases/conversation/reporter-reply.ts';
import { lockCaseForReporter } from '#lib/server/cases/find.ts';
import { contactHash } from '#lib/server/cases/reporter.ts';
import { now } from '#lib/server/clock.ts';
import { savepoint } from '#lib/server/db/index.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { conversations, outgoingMessages } from '#lib/server/db/schema/channels.ts';
import { Conflict } from '#lib/server/errors.ts';
import { inLocale } from '#lib/server/in-locale.ts';
import { messagesOf, type ConversationRow } from '../incoming/conversation.ts';
import { joinCaseOf } from '../incoming/join.ts';
import { openCaseOf } from '../incoming/open-from-conversation.ts';
import * as reply from './replies.ts';
import { SILENT_MS } from './send.ts';
import { draftOf, pressed, remember, say, senderOf, take, type Arrival, type Own, type Talk } from './talk.ts';

/** The shortest report, as on the form. */
const SHORTEST = 20;

/** Stores a message where it belongs and answers it. Everything is one transaction, so a repeated job changes nothing. */
export async function converse(arrival: Arrival): Promise<void> {
	const { tx, connection, message, row } = arrival;
	const hash = contactHash(senderOf(message).address);
	// One message of a person at a time.
	await tx.execute(sql`select pg_advisory_xact_lock(hashtext(${`whatsapp/${connection.id}/${hash}`}))`);
	const rows = await tx
		.select({ conversation: conversations, row: cases })
		.from(conversations)
		.leftJoin(cases, eq(cases.id, conversations.caseId))
		.where(and(eq(conversations.connectionId, connection.id), eq(conversations.senderHash, hash)))
		.orderBy(desc(conversations.lastAt), desc(conversations.id));
	const own = rows.flatMap(({ conversation, row: of }) =>
		of && !of.destroyedAt && conversation.ofReporter ? [{ conversation, row: of }] : []
	);
	const lastAt = rows[0]?.conversation.lastAt.getTime();
	const silence = lastAt === undefined ? 0 : row.sentAt.getTime() - lastAt;
	if (silence > SILENT_MS) for (const one of own) await remember(tx, one.conversation, { locked: true });
	const waiting = rows.find(({ conversation }) => conversation.state === 'waiting')?.conversation;
	const talk: Talk = { ...arrival, own, waiting, lately: lastAt !== undefined && silence < DAY_MS };
	const language = [waiting, ...own.map(({ conversation }) => conversation)].flatMap((one) =>
		one ? (draftOf(one).language ?? []) : []
	)[0];
	await inLocale(language ?? baseLocale, () => act(talk));
}

/** Typed words that do the same as a button. */
const TYPED: readonly (readonly [RegExp, string])[] = [
	[/^(kirim|send)[.!]?$/i, 'send'],
	[/^(batal|cancel)[.!]?$/i, 'cancel'],
	[/^(selesai|done)[.!]?$/i, 'done'],
	[/^menu[.!]?$/i, 'menu:']
];

async function act(talk: Talk): Promise<void> {
	const { message, waiting, own } = talk;
	if (message.receiptHash) return byReceipt(talk, message.receiptHash);
	const [verb = '', about = ''] = (message.chosen ?? typed(talk) ?? '').split(':');
	const ofCase = own.find(({ conversation }) => String(conversation.id) === about && !draftOf(conversation).locked);
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
			break;
		case 'dispute':
			if (ofCase) {
				await remember(talk.tx, ofCase.conversation, { disputing: true });
				return pressed(talk, ofCase.conversation, reply.text(m.wa_dispute({ reference: ofCase.row.reference })));
			}
			break;
		default:
			return written(talk);
	}
	// A button of a message that is out of date.
	const place = ofCase?.conversation ?? own.find(({ conversation }) => String(conversation.id) === about)?.conversation;
	if (place)
		return pressed(
			talk,
			place,
			reply.standings(
				own.map(({ row }) => row),
				talk.unit.timeZone,
				!ofCase
			)
		);
	return written(talk);
}

function typed({ message: { kind, text }, waiting, own }: Talk): string | undefined {
	const verb = kind === 'text' ? TYPED.find(([words]) => words.test(text))?.[1] : undefined;
	if (!verb || verb === 'menu:') return verb;
	const answered = own.find(({ row }) => row.status === 'answered');
	if (verb === 'done') return answered && `done:${answered.conversation.id}`;
	return waiting && draftOf(waiting).kind ? `${verb}:${waiting.id}` : undefined;
}

/** A message in the person's own words, or a file. */
async function written(talk: Talk): Promise<void> {
	const { tx, message, waiting, own, row } = talk;
	const alive = own.filter(({ conversation }) => !draftOf(conversation).locked);
	const disputed = alive.find(({ conversation }) => draftOf(conversation).disputing);
	if (disputed && message.text) return object(talk, disputed);
	const named = message.repliesTo ? await caseOfReply(talk, message.repliesTo) : undefined;
	if (named && message.kind === 'reaction') return pressed(talk, named.conversation);
	if (named) return add(talk, named);
	const draft = waiting && draftOf(waiting);
	if (waiting && draft?.kind) {
		await take(talk, { conversationId: waiting.id });
		// One reply a minute, so that an album of photos is not answered one by one.
		const minute = Math.floor(row.sentAt.getTime() / MINUTE_MS);
		await say(tx, waiting, reply.noted(waiting.id), `noted:${minute}`);
		return;
	}
	const open = alive.filter(({ row: { status } }) => status === 'answered' || OPEN_STATUSES.includes(status));
	const [only] = open;
	if (!draft?.choosing && only && open.length === 1) return add(talk, only);
	const place = await take(talk, waiting && { conversationId: waiting.id });
	if (open.length > 1 && place) {
		await remember(tx, place, { choosing: true });
		await say(
			tx,
			place,
			reply.which(open.map((one) => ({ ...one.row, conversationId: one.conversation.id }))),
			'which'
		);
	} else if (place && !waiting && !talk.lately) {
		await say(tx, place, reply.welcome(talk.unit), 'welcome');
	}
}

async function caseOfReply({ tx, own }: Talk, externalId: string): Promise<Own | undefined> {
	const [found] = await tx
		.select({ conversationId: outgoingMessages.conversationId })
		.from(outgoingMessages)
		.where(eq(outgoingMessages.externalId, externalId));
	return own.find(({ conversation: { id, draft } }) => id === found?.conversationId && !draft?.locked);
}

/** Adds the message to a report, as the reporter's. Once a day the person is told to which. */
async function add(talk: Talk, { conversation, row: { id, reference } }: Own): Promise<void> {
	await take(talk, { caseId: id, fromReporter: true });
	const day = localDate(talk.row.sentAt, talk.unit.timeZone);
	await say(talk.tx, conversation, reply.text(m.wa_added({ reference })), `added:${day}`);
}

async function choose(talk: Talk, choice: reply.MenuChoice | ''): Promise<void> {
	const { tx, own, unit, row } = talk;
	const place = await take(talk, talk.waiting && { conversationId: talk.waiting.id });
	if (!place) return;
	const key = `menu:${row.id}`;
	const kind = reply.REPORT_KINDS.find((one) => one === choice);
	if (kind) {
		await remember(tx, place, { kind, choosing: false });
		return say(tx, place, reply.write(place.id, kind), key);
	}
	switch (choice) {
		case 'consultation':
			return say(tx, place, reply.text(m.wa_consult()), key);
		case 'track': {
			const locked = own.some(({ conversation }) => draftOf(conversation).locked);
			return say(
				tx,
				place,
				reply.standings(
					own.map((one) => one.row),
					unit.timeZone,
					locked
				),
				key
			);
		}
		case 'english':
			await remember(tx, place, { language: 'en' });
			return inLocale('en', () => say(tx, place, reply.menu(), key));
		default:
			return say(tx, place, reply.menu(), key);
	}
}

async function sendReport(talk: Talk, waiting: ConversationRow): Promise<void> {
	const { tx, unit, row } = talk;
	const { kind, language } = draftOf(waiting);
	await take(talk, { conversationId: waiting.id });
	if (!kind) return say(tx, waiting, reply.menu(), `menu:${row.id}`);
	const messages = await messagesOf(tx, waiting.id);
	const words = messages.filter((one) => one.kind !== 'interactive' && one.kind !== 'reaction' && one.id !== row.id);
	const body = words
		.map((one) => one.body)
		.filter(Boolean)
		.join('\n\n');
	if (body.length < SHORTEST) return say(tx, waiting, reply.tooShort(waiting.id), `short:${row.id}`);
	const [present] = await tx.select().from(conversations).where(eq(conversations.id, waiting.id));
	const { caseId } = await openCaseOf(tx, present ?? waiting, unit, { kind, body }, null);
	const { row: opened } = await lockCaseForReporter(tx, caseId);
	const conversation = { ...waiting, caseId };
	if (language) await remember(tx, { ...conversation, draft: null }, { language });
	await say(tx, conversation, reply.sent(waiting.id, opened, unit.timeZone), 'sent');
}

async function cancel(talk: Talk, waiting: ConversationRow): Promise<void> {
	const { language } = draftOf(waiting);
	await take(talk, { conversationId: waiting.id });
	await remember(talk.tx, { ...waiting, draft: null }, language ? { language } : {});
	await say(talk.tx, waiting, reply.text(m.wa_cancelled()), `cancel:${talk.row.id}`);
}

/** The person says to which report the waiting messages belong. */
async function chooseCase(talk: Talk, waiting: ConversationRow, chosen: Own | undefined): Promise<void> {
	const { tx, row } = talk;
	await take(talk, { conversationId: waiting.id });
	await remember(tx, waiting, { choosing: false });
	if (!chosen) return say(tx, waiting, reply.menu(), `menu:${row.id}`);
	await joinCaseOf(tx, waiting, await lockCaseForReporter(tx, chosen.row.id), true, null);
	await say(tx, chosen.conversation, reply.text(m.wa_added({ reference: chosen.row.reference })), `joined:${row.id}`);
}

async function done(talk: Talk, { conversation, row: { id, reference, status, dueAt } }: Own): Promise<void> {
	const closed = await acceptAnswer(talk.tx, id);
	const words = closed
		? reply.text(m.wa_closed({ reference }))
		: reply.standings([{ reference, status, dueAt }], talk.unit.timeZone, false);
	await pressed(talk, conversation, words);
}

async function object(talk: Talk, { conversation, row: { id, reference } }: Own): Promise<void> {
	const { tx, row, message } = talk;
	await remember(tx, conversation, { disputing: false });
	const disputed = await savepoint(tx, async (inner) => {
		await storeObjection(inner, await lockCaseForReporter(inner, id), message.text, { at: now() });
		return true;
	}).catch((cause: unknown) => {
		if (cause instanceof Conflict) return false;
		throw cause;
	});
	if (disputed) return pressed(talk, conversation, reply.text(m.wa_disputed({ reference })));
	await take(talk, { caseId: id, fromReporter: true });
	await say(tx, conversation, reply.text(m.wa_too_late({ reference })), `late:${row.id}`);
}

/** A receipt proves that the report is the person's, also after a long silence. */
async function byReceipt(talk: Talk, hash: string): Promise<void> {
	const { tx, own, row, unit } = talk;
	const mine = own.find((one) => one.row.receiptHash === hash);
	if (mine) {
		await tx.update(conversations).set({ draft: null }).where(eq(conversations.id, mine.conversation.id));
		const words = reply.standings([mine.row], unit.timeZone, false);
		return pressed(talk, mine.conversation, { ...words, text: `${m.wa_unlocked()}\n\n${words.text}` });
	}
	const [found] = await tx.select().from(cases).where(eq(cases.receiptHash, hash));
	const place = await take(talk, talk.waiting && { conversationId: talk.waiting.id });
	const words = found ? reply.standings([found], unit.timeZone, false) : reply.text(m.wa_code_unknown());
	if (place) await say(tx, place, words, `code:${row.id}`);
}
