import { eq, inArray } from 'drizzle-orm';
import { owedTo } from '#lib/cases/owed.ts';
import { m } from '#lib/paraglide/messages.js';
import { acceptAnswer, storeObjection } from '#lib/server/cases/conversation/reporter-reply.ts';
import { earliest } from '#lib/server/cases/conversation/record-answer.ts';
import { lockCaseForReporter, type CaseRow } from '#lib/server/cases/find.ts';
import { now } from '#lib/server/clock.ts';
import { savepoint } from '#lib/server/db/index.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { conversations } from '#lib/server/db/schema/channels.ts';
import { clocks } from '#lib/server/db/schema/clocks.ts';
import { Conflict } from '#lib/server/errors.ts';
import { refusedIn } from '../incoming/content.ts';
import { messagesOf, type ConversationRow } from '../incoming/conversation.ts';
import { joinCaseOf } from '../incoming/join.ts';
import { openCaseOf } from '../incoming/open-from-conversation.ts';
import * as reply from './replies.ts';
import { draftOf, pressed, remember, say, take, type Own, type Talk } from './talk.ts';

/* What a person's button does with a report. Each function stores the message and answers it. */

/** The shortest report, as on the form. */
export const SHORTEST = 20;
/** The longest report, as on the form. */
const LONGEST = 20_000;
/** Words beside a receipt that only introduce it, as "Selamat pagi, ini kode saya". More are a message. */
const FEW_WORDS = 5;

/** "Kirim": makes a report of the waiting messages. */
export async function sendReport(talk: Talk, waiting: ConversationRow): Promise<void> {
	const { tx, unit, row } = talk;
	const { kind, language } = draftOf(waiting);
	await take(talk, { conversationId: waiting.id });
	if (!kind) return say(tx, waiting, reply.menu(), `menu:${row.id}`);
	const messages = await messagesOf(tx, waiting.id);
	const words = messages.filter((one) => one.kind !== 'interactive' && one.kind !== 'reaction' && one.id !== row.id);
	const all = words
		.map((one) => one.body)
		.filter(Boolean)
		.join('\n\n');
	if (all.length < SHORTEST) return say(tx, waiting, reply.tooShort(waiting.id), `short:${row.id}`);
	// The conversation keeps what does not fit into a report.
	const body = all.length > LONGEST ? `${all.slice(0, LONGEST - 2).toWellFormed()} …` : all;
	const [present] = await tx.select().from(conversations).where(eq(conversations.id, waiting.id));
	const { caseId } = await openCaseOf(tx, present ?? waiting, unit, { kind, body }, null);
	const { row: opened } = await lockCaseForReporter(tx, caseId);
	const conversation = { ...waiting, caseId };
	if (language) await remember(tx, { ...conversation, draft: null }, { language });
	await say(tx, conversation, reply.sent(waiting.id, opened, unit.timeZone), 'sent');
}

/** "Batal": the messages stay a conversation. */
export async function cancel(talk: Talk, waiting: ConversationRow): Promise<void> {
	const { language } = draftOf(waiting);
	await take(talk, { conversationId: waiting.id });
	await remember(talk.tx, { ...waiting, draft: null }, language ? { language } : {});
	await say(talk.tx, waiting, reply.text(m.wa_cancelled()), `cancel:${talk.row.id}`);
}

/** The person says to which report the waiting messages belong. */
export async function chooseCase(talk: Talk, waiting: ConversationRow, chosen: Own | undefined): Promise<void> {
	const { tx, row } = talk;
	await take(talk, { conversationId: waiting.id });
	await remember(tx, waiting, { choosing: false });
	if (!chosen) return say(tx, waiting, reply.menu(), `menu:${row.id}`);
	await joinCaseOf(tx, waiting, await lockCaseForReporter(tx, chosen.row.id), true, null);
	await say(tx, chosen.conversation, reply.text(m.wa_added({ reference: chosen.row.reference })), `joined:${row.id}`);
}

/** The statuses of reports, each with the next deadline that the office promised. */
export async function statusesOf({ tx, unit }: Talk, rows: readonly CaseRow[], locked: boolean) {
	const { caseId, name, state, dueAt } = clocks;
	const ofRows = inArray(
		caseId,
		rows.map(({ id }) => id)
	);
	const running = Map.groupBy(
		await tx.select({ caseId, name, state, dueAt }).from(clocks).where(ofRows),
		(one) => one.caseId
	);
	const shown = rows.map((row) => ({
		...row,
		owed: owedTo({ status: row.status, clocks: running.get(row.id) ?? [] }, now())
	}));
	return reply.statusesOf(shown, unit.timeZone, locked);
}

/** "Selesai": accepts the answer. */
export async function done(talk: Talk, { conversation, row }: Own): Promise<void> {
	await remember(talk.tx, conversation, { disputing: undefined });
	const closed = await acceptAnswer(talk.tx, row.id);
	const words = closed ? reply.text(m.wa_closed({ reference: row.reference })) : await statusesOf(talk, [row], false);
	await pressed(talk, conversation, words);
}

/** Stores the text that follows "Belum puas", with its files. */
export async function object(talk: Talk, { conversation, row: { id, reference } }: Own): Promise<void> {
	const { tx, row, message, files, refusedFiles } = talk;
	await remember(tx, conversation, { disputing: undefined });
	const disputed = await savepoint(tx, async (inner) => {
		const found = await lockCaseForReporter(inner, id);
		// Times of messages are whole seconds, so one can seem to come before the answer.
		const [after] = await earliest(inner, found.row, 'objection');
		const at = row.sentAt > after ? row.sentAt : after;
		const data = { conversation: conversation.id, ...refusedIn(refusedFiles) };
		await storeObjection(inner, found, message.text, { at, data }, files);
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
export async function byReceipt(talk: Talk, hash: string): Promise<void> {
	const { tx, own, row, files, refusedFiles } = talk;
	const mine = own.find((one) => one.row.receiptHash === hash);
	if (mine) {
		const opened = [mine];
		// The list grows while it is read: the receipt of one part of a split report opens all.
		for (const { conversation, row: part } of opened) {
			await remember(tx, conversation, { locked: undefined });
			const isNear = ({ row: one }: Own) => one.splitFromId === part.id || one.id === part.splitFromId;
			opened.push(...own.filter((one) => isNear(one) && !opened.includes(one)));
		}
		const reports = opened.map((one) => one.row);
		const status = await statusesOf(talk, reports, false);
		const words = { ...status, text: `${m.wa_unlocked()}\n\n${status.text}` };
		const isAlone = talk.message.text.split(/\s+/).filter((word) => /\p{L}/u.test(word)).length <= FEW_WORDS;
		if (isAlone && files.length + refusedFiles.length === 0) return pressed(talk, mine.conversation, words);
		await take(talk, { caseId: mine.row.id, fromReporter: true });
		return say(tx, mine.conversation, words, `pressed:${row.id}`);
	}
	const [found] = await tx.select().from(cases).where(eq(cases.receiptHash, hash));
	const place = await take(talk, talk.waiting && { conversationId: talk.waiting.id });
	const words = found ? await statusesOf(talk, [found], false) : reply.text(m.wa_code_unknown());
	if (place) await say(tx, place, words, `code:${row.id}`);
}
