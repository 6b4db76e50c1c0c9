import { eq, inArray } from 'drizzle-orm';
import { nextPromisedDeadline } from '#lib/cases/promised-deadline.ts';
import { m } from '#lib/paraglide/messages.js';
import { openFormerChat } from '#lib/server/cases/conversation/contact.ts';
import { storeObjection } from '#lib/server/cases/conversation/objection.ts';
import { acceptAnswer } from '#lib/server/cases/conversation/reporter-reply.ts';
import { earliest } from '#lib/server/cases/conversation/record-answer.ts';
import { lockCaseForReporter, type CaseRow } from '#lib/server/cases/find.ts';
import { lastForward } from '#lib/server/cases/reporter-view.ts';
import { opensRestricted } from '#lib/server/cases/receipt-link.ts';
import { now } from '#lib/server/clock.ts';
import { savepoint } from '#lib/server/db/index.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { conversations, incomingFiles } from '#lib/server/db/schema/channels.ts';
import { clocks } from '#lib/server/db/schema/clocks.ts';
import { Conflict } from '#lib/server/errors.ts';
import { inLocale } from '#lib/server/in-locale.ts';
import { isOpenToPublic } from '#lib/server/people/units/find-unit.ts';
import { isVoice, PRESSED, refusedIn, textsOf } from '../incoming/content.ts';
import { messagesOf, type ConversationRow } from '../incoming/conversation.ts';
import type { IncomingRow } from '../incoming/store-message.ts';
import { joinCaseOf } from '../incoming/join.ts';
import { openCaseOf } from '../incoming/open-from-conversation.ts';
import * as reply from './replies.ts';
import {
	adoptUserId,
	dialogStateOf,
	eachOnce,
	TYPED_BUTTONS,
	storeAsHandled,
	updateDialogState,
	queueReply,
	storeAsMessage,
	type OwnReport,
	type MessageContext
} from './message-context.ts';

/* What the person's buttons do. Each function stores the message and replies to it. */

/** The shortest report, as on the form. */
export const SHORTEST = 20;
/** Words beside a receipt that only introduce it, as "Selamat pagi, ini kode saya". A text with more words is a message. */
const FEW_WORDS = 5;

/** A choice of the menu, or the menu itself. */
export async function handleMenu(context: MessageContext, choice: reply.MenuChoice | ''): Promise<void> {
	const { tx, unlocked, row } = context;
	const place = await storeAsMessage(context, context.waiting && { conversationId: context.waiting.id });
	if (!place) return;
	const key = `menu:${row.id}`;
	const kind = reply.REPORT_KINDS.find((one) => one === choice);
	const isNew = kind !== undefined || choice === 'consultation';
	if (isNew && !isOpenToPublic(context.unit)) return queueReply(tx, place, reply.officeClosedReply(context.unit), key);
	// The person starts another matter, so the objection that was begun ends.
	const disputed = unlocked.filter(({ conversation }) => isNew && dialogStateOf(conversation).disputing);
	for (const { conversation } of disputed) await updateDialogState(tx, conversation, { disputing: undefined });
	if (kind) {
		await updateDialogState(tx, place, { kind, choosing: false, consulting: undefined });
		return queueReply(tx, place, reply.write(place.id, kind), key);
	}
	switch (choice) {
		case 'consultation':
			await updateDialogState(tx, place, { kind: undefined, choosing: false, consulting: row.sentAt.toISOString() });
			return queueReply(tx, place, reply.text(m.wa_consult()), key);
		case 'track':
			return queueReply(tx, place, await ownStatuses(context), key);
		case 'english':
			await updateDialogState(tx, place, { language: 'en' });
			return inLocale('en', () => queueReply(tx, place, reply.menu(), key));
		default:
			return queueReply(tx, place, reply.menu(), key);
	}
}

/** "Kirim": makes a report of the waiting messages. */
export async function sendReport(context: MessageContext, waiting: ConversationRow): Promise<void> {
	const { tx, unit, row } = context;
	const { kind, language, cancelled = 0 } = dialogStateOf(waiting);
	await storeAsMessage(context, { conversationId: waiting.id });
	if (!isOpenToPublic(unit)) return queueReply(tx, waiting, reply.officeClosedReply(unit), `closed:${row.id}`);
	if (!kind) return queueReply(tx, waiting, reply.menu(), `menu:${row.id}`);
	const isButton = ({ kind, body }: IncomingRow) =>
		PRESSED.includes(kind) || TYPED_BUTTONS.some(([words]) => words.test(body));
	const messages = (await messagesOf(tx, waiting.id)).filter(
		(one) => one.id > cancelled && one.id !== row.id && !isButton(one)
	);
	const ids = messages.map(({ id }) => id);
	const files = await tx.select().from(incomingFiles).where(inArray(incomingFiles.messageId, ids));
	const voices = files.filter(isVoice);
	const words = [...messages.map((one) => one.body), ...voices.map(({ transcript }) => transcript)].filter(Boolean);
	if (words.join('\n\n').length < SHORTEST)
		return queueReply(tx, waiting, reply.tooShort(waiting.id), `short:${row.id}`);
	const withWords = messages.filter((one) => one.body || voices.some((voice) => voice.messageId === one.id));
	const [present] = await tx.select().from(conversations).where(eq(conversations.id, waiting.id));
	// Nothing was a report before "Kirim", so the deadlines count from that message.
	const source = { ...(present ?? waiting), firstAt: row.sentAt };
	const written = { kind, body: textsOf(withWords, voices) };
	const { row: opened } = await openCaseOf(tx, source, unit, written, null, cancelled);
	const conversation = { ...waiting, caseId: opened.id };
	if (language) await updateDialogState(tx, { ...conversation, draft: null }, { language });
	await queueReply(tx, conversation, await reply.sent(waiting.id, opened, unit.timeZone), 'sent');
}

/** "Batal": the messages stay a conversation, and are no part of a later report. */
export async function cancelReport(context: MessageContext, waiting: ConversationRow): Promise<void> {
	const { language } = dialogStateOf(waiting);
	await storeAsMessage(context, { conversationId: waiting.id });
	await updateDialogState(context.tx, { ...waiting, draft: null }, { language, cancelled: context.row.id });
	await queueReply(context.tx, waiting, reply.text(m.wa_cancelled()), `cancel:${context.row.id}`);
}

/** The person says to which report the waiting messages belong. */
export async function chooseCase(
	context: MessageContext,
	waiting: ConversationRow,
	chosen: OwnReport | undefined
): Promise<void> {
	const { tx, row } = context;
	const place = await storeAsMessage(context, { conversationId: waiting.id });
	if (!place) return;
	await updateDialogState(tx, place, { choosing: false, consulting: undefined });
	if (!chosen) return queueReply(tx, place, reply.menu(), `menu:${row.id}`);
	const { cancelled } = dialogStateOf(waiting);
	await joinCaseOf(tx, waiting, await lockCaseForReporter(tx, chosen.row.id), true, null, cancelled);
	await queueReply(
		tx,
		chosen.conversation,
		reply.text(m.wa_added({ reference: chosen.row.reference })),
		`joined:${row.id}`
	);
}

/** The statuses of the person's own reports. A report is locked if all its conversations are. */
export function ownStatuses(context: MessageContext) {
	const { reports, unlocked } = context;
	const isLocked = ({ row }: OwnReport) => !unlocked.some((one) => one.row.id === row.id);
	const rows = eachOnce(reports).map(({ row }) => row);
	return statusesOf(context, rows, reports.some(isLocked));
}

/** The statuses of reports, each with the next deadline that the office promised and its status at SP4N-LAPOR!. */
async function statusesOf({ tx, unit }: MessageContext, rows: readonly CaseRow[], locked: boolean) {
	const { caseId, name, state, dueAt } = clocks;
	const ids = rows.map(({ id }) => id);
	const running = Map.groupBy(
		await tx.select({ caseId, name, state, dueAt }).from(clocks).where(inArray(caseId, ids)),
		(one) => one.caseId
	);
	// A locked number may be somebody else's: it gets no number by which the report can be found at SP4N-LAPOR!.
	const forwards = locked
		? []
		: await tx.select({ id: cases.id, forward: lastForward }).from(cases).where(inArray(cases.id, ids));
	const shown = rows.map((row) => ({
		...row,
		nextDeadline: nextPromisedDeadline({ status: row.status, clocks: running.get(row.id) ?? [] }, now()),
		forward: forwards.find(({ id }) => id === row.id)?.forward ?? null
	}));
	return reply.statusesOf(shown, unit.timeZone, locked);
}

/** "Selesai": accepts the answer. */
export async function closeReport(context: MessageContext, { conversation, row }: OwnReport): Promise<void> {
	await updateDialogState(context.tx, conversation, { disputing: undefined });
	const closed = await acceptAnswer(context.tx, row.id);
	const words = closed
		? reply.text(m.wa_closed({ reference: row.reference }))
		: await statusesOf(context, [row], false);
	await storeAsHandled(context, conversation, words);
}

/** "Belum puas": asks for the text of the dispute. */
export async function askWhatIsWrong(context: MessageContext, { conversation, row }: OwnReport): Promise<void> {
	await updateDialogState(context.tx, conversation, { disputing: context.row.sentAt.toISOString() });
	await storeAsHandled(context, conversation, reply.text(m.wa_dispute({ reference: row.reference })));
}

/** Stores the text that follows "Belum puas", with its files. */
export async function storeDispute(
	context: MessageContext,
	{ conversation, row: { id, reference } }: OwnReport
): Promise<void> {
	const { tx, row, message, files, refusedFiles } = context;
	await updateDialogState(tx, conversation, { disputing: undefined });
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
	if (disputed) return storeAsHandled(context, conversation, reply.text(m.wa_disputed({ reference })));
	await storeAsMessage(context, { caseId: id, fromReporter: true });
	await queueReply(tx, conversation, reply.text(m.wa_too_late({ reference })), `late:${row.id}`);
}

/** A receipt proves that the report is the person's, also after a long silence. */
export async function byReceipt(context: MessageContext, hash: string): Promise<void> {
	const { tx, reports, message, row, files, refusedFiles } = context;
	const mine = reports.find((one) => one.row.receiptHash === hash);
	if (mine) {
		const opened = [mine];
		// The receipt of one part of a split report opens all, in each conversation, so the loop adds to its own list.
		for (const { conversation, row: part } of opened) {
			await updateDialogState(tx, conversation, { locked: undefined });
			await openFormerChat(tx, part.id, conversation.id);
			const isNear = ({ row: { id, splitFromId } }: OwnReport) =>
				[id, splitFromId].includes(part.id) || id === part.splitFromId;
			opened.push(...reports.filter((one) => isNear(one) && !opened.includes(one)));
		}
		await adoptUserId(
			tx,
			message,
			opened.map(({ conversation }) => conversation)
		);
		const status = await statusesOf(
			context,
			eachOnce(opened).map((one) => one.row),
			false
		);
		const words = { ...status, text: `${m.wa_unlocked()}\n\n${status.text}` };
		const isAlone = message.text.split(/\s+/).filter((word) => /\p{L}/u.test(word)).length <= FEW_WORDS;
		if (isAlone && files.length + refusedFiles.length === 0) return storeAsHandled(context, mine.conversation, words);
		await storeAsMessage(context, { caseId: mine.row.id, fromReporter: true });
		return queueReply(tx, mine.conversation, words, `pressed:${row.id}`);
	}
	const [found] = await tx.select().from(cases).where(eq(cases.receiptHash, hash));
	const place = await storeAsMessage(context, context.waiting && { conversationId: context.waiting.id });
	const words = found ? await statusesOf(context, [found], false) : reply.text(m.wa_code_unknown());
	if (!place) return;
	if (found) await updateDialogState(tx, place, { receiptOf: found.id });
	await queueReply(tx, place, words, `code:${row.id}`);
}

/** Answers a request for the receipt with the link to it, but not for a restricted report. */
export async function sendCode(context: MessageContext, { conversation, row }: OwnReport): Promise<void> {
	const { reference } = row;
	const refused = (await opensRestricted(context.tx, row)) && reply.text(m.wa_code_restricted({ reference }));
	await storeAsHandled(context, conversation, refused || reply.codeLink(reference));
}
