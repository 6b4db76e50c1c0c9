import { and, eq, inArray, isNotNull } from 'drizzle-orm';
import type { Locale } from '#lib/paraglide/runtime.js';
import { isAnswerFinal } from '#lib/cases/moves.ts';
import { nextPromisedDeadline } from '#lib/cases/promised-deadline.ts';
import { isDeadlineProvisional } from '#lib/server/calendar/load.ts';
import { mayComplete, objectionEnds } from '#lib/server/cases/conversation/reporter-time-limits.ts';
import { lockCase, type CaseWithUnit } from '#lib/server/cases/find.ts';
import type { StoredEntry as Entry } from '#lib/server/cases/timeline.ts';
import { mailPreferenceOf, reachableByMail } from '#lib/server/cases/mail-preference.ts';
import { mailboxOfCase } from '#lib/server/channels/email/thread.ts';
import { copyChatsToPart } from '#lib/server/channels/incoming/copy-chats-to-part.ts';
import { mailServer, queueReporterMail } from '#lib/server/channels/mail-queue.ts';
import { contactLinkMark, messageMark, RECEIPT_LINK, UNSUBSCRIBE_LINK } from '#lib/server/channels/placeholders.ts';
import { casesWithPush, queueReporterPushes } from '#lib/server/channels/push/push-queue.ts';
import { copySubscriptions, dropCaseSubscriptions } from '#lib/server/channels/push/subscriptions.ts';
import { siteAddress } from '#lib/server/channels/site-address.ts';
import { now } from '#lib/server/clock.ts';
import { db, transaction, type Database, type Tx } from '#lib/server/db/index.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { clocks } from '#lib/server/db/schema/clocks.ts';
import { dataRequests } from '#lib/server/db/schema/data-requests.ts';
import { reporterMail } from '#lib/server/db/schema/mails.ts';
import type { JobPayloads } from '#lib/server/jobs/jobs.ts';
import { keyedHex } from '#lib/server/keys.ts';
import { consume, hasPoint, type Counted } from '#lib/server/rate-limits.ts';
import { replyWay, writesByEmail } from '#lib/server/channels/reply-way.ts';
import { closingFor } from './mail-closing-line.ts';
import { composeReporterMail, type MailFacts, type Occasion, type ReporterMailKind } from './compose-mail.ts';
import { chatsOf, WITH_TEXT, writeInChat, type Chat } from './chat.ts';

/**
 * Notifies reporters of new timeline entries: by e-mail if they gave an address and want e-mails, in the WhatsApp or SMS
 * conversation that the report came by, and in browsers that they allowed. First copies conversations to split-off
 * parts. Safe to repeat. An e-mail contains the number of the report, never its text or receipt. Reporters who write by
 * e-mail also get the text of the office (`channels/placeholders.ts`).
 */
export async function writeToReporters(entries: readonly Entry[]): Promise<void> {
	for (const entry of entries) await copyChatsToPart(entry);
	const toNotify = entries.filter(({ type, public: isPublic }) => isPublic && type in FINDERS);
	if (toNotify.length === 0) return;
	const addressees = await addresseesOf(toNotify.map(({ caseId }) => caseId));
	const withNews = toNotify.filter(isNews).map(({ caseId }) => caseId);
	const chats = await chatsOf(withNews);
	const pushed = await casesWithPush(withNews);
	const failed: unknown[] = [];
	for (const entry of toNotify) {
		const { type, caseId, actorKind, data } = entry;
		const to = addressees.get(caseId);
		// In a chat the dialogue itself replies to what the reporter does.
		const chat = isNews(entry) && actorKind !== 'reporter' ? chats.get(caseId) : undefined;
		const limit = to && type === 'opened' ? confirmationLimit(entry, to) : undefined;
		const isRepeated = to && chat?.withNews && (await isInChat(to.row));
		const byMail = to !== undefined && (!limit || (await hasPoint(...limit))) && !isRepeated;
		if (!byMail && !chat && !pushed.has(caseId) && !data.split_from) continue;
		try {
			const written = await transaction((tx) => write(tx, entry, byMail, chat));
			// Counted only now, so that a failed or repeated attempt does not use up the limit.
			if (written && limit) await consume(...limit);
		} catch (error) {
			failed.push(error);
		}
	}
	if (failed.length > 0) throw failed[0];
}

/**
 * Whether the reporter is notified of the entry in a chat or browser. Leaves out a new report, which the reporter has
 * just sent, and the request for a new contact, which only an e-mail can confirm.
 */
const isNews = ({ type, data }: Entry): boolean =>
	type === 'opened' ? data.split_from !== undefined : type !== 'data_requested';

/**
 * The limit of confirmations of new reports. A report that a mailbox opened by itself may be the automatic answer of another
 * helpdesk, and the two would confirm each other's confirmations without end. Such answers differ only in their numbers.
 */
function confirmationLimit({ actorKind, data }: Entry, { addressHash, row }: Addressee): Counted {
	if (!data.conversation || actorKind !== 'reporter') return ['receipt_email', addressHash];
	const text = row.body.replace(/\d+/g, '');
	return ['acknowledgement', keyedHex('mail-address', addressHash, text)];
}

/** Whether the reporter surely reads the news in the chat that the report came by, so that an e-mail would repeat it. */
async function isInChat(row: CaseWithUnit['row']): Promise<boolean> {
	const { by, warning } = await replyWay(row, null);
	return by === 'whatsapp' && warning === null;
}

type Addressee = { addressHash: string; row: CaseWithUnit['row'] };

/** The reporters who want e-mails, by case. */
async function addresseesOf(caseIds: readonly number[]): Promise<Map<number, Addressee>> {
	if (!mailServer()) return new Map();
	const { caseId, addressHash } = reporterMail;
	const rows = await db()
		.select({ addressHash, row: cases })
		.from(reporterMail)
		.innerJoin(cases, eq(cases.id, caseId))
		.where(and(inArray(caseId, [...caseIds]), inArray(caseId, reachableByMail(db()))));
	return new Map(rows.map((one) => [one.row.id, one]));
}

/** @returns whether an e-mail was written */
async function write(tx: Tx, entry: Entry, byMail: boolean, chat: Chat | undefined): Promise<boolean> {
	const caseWithUnit = await lockCase(tx, entry.caseId);
	if (entry.type === 'receipt_renewed') await dropCaseSubscriptions(tx, entry.caseId);
	const occasion = await FINDERS[entry.type]?.(tx, caseWithUnit, entry);
	if (!occasion) return false;
	const { row } = caseWithUnit;
	const byEmail = byMail ? await byEmailOf(tx, caseWithUnit, occasion, entry) : undefined;
	const written = byMail && (await mailReporter(tx, caseWithUnit, { ...occasion, byEmail }, String(entry.seq)));
	// After an e-mail, news by WhatsApp would come late or be refused. A text of the office is still written there.
	const withNews = chat?.withNews && !(byMail && chat.channel === 'whatsapp');
	if (chat && (withNews || occasion.kind in WITH_TEXT)) await writeInChat(tx, chat, caseWithUnit, occasion, entry);
	if (isNews(entry)) {
		if (occasion.kind === 'split') await copySubscriptions(tx, row.id);
		await queueReporterPushes(tx, row, ASKS.includes(occasion.kind) ? 'question' : 'news', String(entry.seq));
	}
	return written;
}

/** What the e-mail contains if the reporter writes by e-mail: the text of the office, or the link to the receipt. */
async function byEmailOf(tx: Tx, { row }: CaseWithUnit, { kind }: Occasion, { data }: Entry) {
	if (!(await writesByEmail(tx, row))) return undefined;
	return {
		text: kind in WITH_TEXT && data.message ? messageMark(String(data.message)) : undefined,
		receiptLink: kind === 'received' ? RECEIPT_LINK : undefined
	};
}

/** Occasions in which the office waits for the reporter. */
const ASKS: readonly ReporterMailKind[] = ['question', 'reminder'];

/**
 * Writes an e-mail to a reporter who wants e-mails, in the transaction of its event. `onceKey` identifies the occasion.
 * @returns whether it was written
 */
export async function mailReporter(tx: Tx, { row, unit }: CaseWithUnit, occasion: Occasion, onceKey: string) {
	const preference = await mailPreferenceOf(tx, row.id);
	if (!preference) return false;
	const facts = await mailFactsOf(tx, unit, preference.language, {
		reference: row.reference,
		unsubscribeLink: UNSUBSCRIBE_LINK,
		acceptsReplies: (await mailboxOfCase(tx, row)) !== undefined
	});
	const mail = composeReporterMail(occasion, facts, preference.language);
	return queueReporterMail(tx, { caseId: row.id, unitId: unit.id, onceKey, ...mail });
}

/**
 * Writes to the reporter's former e-mail address that staff recorded another contact, and that the reporter has not
 * confirmed it. Safe to repeat.
 */
export function writeToFormerAddress(job: JobPayloads['contact-recorded']): Promise<boolean> {
	const { caseId, version, to: address, language } = job;
	return transaction(async (tx) => {
		const { row, unit } = await lockCase(tx, caseId);
		if (row.destroyedAt) return false;
		const acceptsReplies = (await mailboxOfCase(tx, row)) !== undefined;
		const facts = await mailFactsOf(tx, unit, language, { reference: row.reference, acceptsReplies });
		const mail = composeReporterMail({ kind: 'contact_recorded', by: now() }, facts, language);
		return queueReporterMail(tx, { caseId, unitId: unit.id, address, onceKey: `contact:${version}`, ...mail });
	});
}

/** The facts of an e-mail that depend on the office and the site. */
export async function mailFactsOf(
	on: Database | Tx,
	unit: { id: string; name: string; path: string; timeZone: string },
	language: Locale,
	of: Pick<MailFacts, 'reference' | 'unsubscribeLink' | 'acceptsReplies'>
): Promise<MailFacts> {
	const office = { name: unit.name, zone: unit.timeZone };
	return { ...of, office, closing: await closingFor(on, unit, language), origin: siteAddress() };
}

type Finder = (
	tx: Tx,
	caseWithUnit: CaseWithUnit,
	entry: Entry
) => Promise<Occasion | undefined> | Occasion | undefined;

/**
 * Finds what the reporter is notified of, for each type of timeline entry. Undefined if the case has changed so that this
 * is not needed, for example if the question was answered since. A new occasion also needs its texts in `messages/mail`.
 */
const FINDERS: Partial<Record<Entry['type'], Finder>> = {
	opened,
	// Only messages of the office. Reporters know their own messages, and LAPOR notifies them of its own.
	message: (tx, caseWithUnit, { actorKind }) =>
		actorKind === 'reporter' || actorKind === 'lapor' ? undefined : promised(tx, caseWithUnit, 'message'),
	info_requested: async (tx, caseWithUnit) =>
		asked(caseWithUnit) ? { kind: 'question', by: await turnEnds(tx, caseWithUnit) } : undefined,
	clock_reminder: async (tx, caseWithUnit) =>
		asked(caseWithUnit) ? { kind: 'reminder', by: await turnEnds(tx, caseWithUnit) } : undefined,
	answered,
	archived,
	objection_declined: async (tx, { row, unit }) =>
		row.status === 'archived'
			? {
					kind: 'objection_declined',
					by: (await mayComplete(tx, row, unit)) ? await objectionEnds(tx, row, unit) : null
				}
			: undefined,
	// Reporters know that they completed the report themselves.
	reopened: (tx, caseWithUnit, { data }) =>
		data.reason !== 'completed' && isOpen(caseWithUnit) ? promised(tx, caseWithUnit, 'reopened') : undefined,
	verified: dueChanged,
	classified: dueChanged,
	receipt_renewed: (_, __, { data }) => (data.elsewhere === true ? undefined : { kind: 'receipt_renewed' }),
	data_requested: contactToConfirm,
	// A decision that reaches several parts of a split report has one e-mail, about the report of the request.
	// The confirmation of a new contact by its link has an e-mail too, to the new address.
	data_decided: (_, __, { at, data }) =>
		data.outcome !== 'withdrawn' && data.elsewhere !== true ? { kind: 'data_decided', by: at } : undefined
};
const asked = ({ row }: CaseWithUnit) => row.status === 'needs_info';
const isOpen = ({ row: { status } }: CaseWithUnit) => status !== 'closed' && status !== 'archived';

async function opened(_: Tx, { row, unit }: CaseWithUnit, { data }: Entry): Promise<Occasion | undefined> {
	// Flagged reports (over the rate limit or probably automated) must not fill anybody's mailbox.
	if (row.flagged) return undefined;
	const provisional = await isDeadlineProvisional(row.promisedAt, unit.timeZone);
	return { kind: data.split_from ? 'split' : 'received', by: row.promisedAt, provisional };
}

/** The occasion with the next deadline that the office promised to the reporter. */
async function promised(tx: Tx, { row, unit }: CaseWithUnit, kind: 'message' | 'reopened'): Promise<Occasion> {
	const { caseId, name, state, dueAt } = clocks;
	const running = await tx.select({ name, state, dueAt }).from(clocks).where(eq(caseId, row.id));
	const nextDeadline = nextPromisedDeadline({ status: row.status, clocks: running }, now());
	const provisional = await isDeadlineProvisional(nextDeadline?.dueAt ?? null, unit.timeZone);
	return { kind, by: nextDeadline?.dueAt, provisional, untilSolution: nextDeadline?.what === 'end' };
}

async function answered(tx: Tx, caseWithUnit: CaseWithUnit, { at, data }: Entry): Promise<Occasion | undefined> {
	const { row } = caseWithUnit;
	const isTransfer = data.transferred_to !== undefined;
	if (row.status !== 'answered' || isTransfer !== (row.transferredTo !== null)) return undefined;
	if (isTransfer) return { kind: 'transferred', by: at };
	return { kind: isAnswerFinal(row) ? 'final' : 'answered', by: await turnEnds(tx, caseWithUnit) };
}

async function archived(tx: Tx, { row, unit }: CaseWithUnit): Promise<Occasion | undefined> {
	if (row.status !== 'archived') return undefined;
	// The decision on their request has its own e-mail. If staff recorded the withdrawal or the request, the reporter may
	// object.
	const { caseId, kind, state, via } = dataRequests;
	const ownRequest = and(eq(caseId, row.id), eq(kind, 'report'), eq(state, 'granted'), eq(via, 'tracking'));
	if (row.archiveReason === 'withdrawn' && (await tx.$count(dataRequests, ownRequest)) > 0) return undefined;
	return { kind: 'archived', by: await objectionEnds(tx, row, unit), incomplete: row.archiveReason === 'incomplete' };
}

/** The class changed, and with it the promised date. */
async function dueChanged(_: Tx, caseWithUnit: CaseWithUnit, { data }: Entry): Promise<Occasion | undefined> {
	const [moved] = Array.isArray(data.clocks) ? (data.clocks as { due_at: string }[]) : [];
	if (!moved || !isOpen(caseWithUnit)) return undefined;
	const by = new Date(moved.due_at);
	return { kind: 'due_changed', by, provisional: await isDeadlineProvisional(by, caseWithUnit.unit.timeZone) };
}

/** A new contact is confirmed by a link to the current address. Other requests need no e-mail. */
async function contactToConfirm(tx: Tx, _: CaseWithUnit, { data }: Entry): Promise<Occasion | undefined> {
	const [request] = await tx
		.select({ id: dataRequests.id, dueAt: dataRequests.dueAt })
		.from(dataRequests)
		.where(and(eq(dataRequests.number, String(data.number)), isNotNull(dataRequests.confirmHash)));
	return request && { kind: 'contact_link', by: request.dueAt, link: contactLinkMark(request.id) };
}

async function turnEnds(tx: Tx, { row }: CaseWithUnit): Promise<Date | null> {
	const [clock] = await tx
		.select({ dueAt: clocks.dueAt })
		.from(clocks)
		.where(and(eq(clocks.caseId, row.id), eq(clocks.name, 'reporter_turn'), eq(clocks.state, 'running')));
	return clock?.dueAt ?? null;
}
