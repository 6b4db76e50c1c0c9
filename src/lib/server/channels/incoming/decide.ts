import { and, eq } from 'drizzle-orm';
import { z } from 'zod';
import { DISMISSAL_REASONS } from '#lib/cases/incoming.ts';
import { decryptSender } from '#lib/server/cases/conversation/sender.ts';
import { caseForActor, lockCaseForActor } from '#lib/server/cases/find.ts';
import { previewOf } from '#lib/server/cases/linking/link.ts';
import { isContactOf } from '#lib/server/cases/reporter.ts';
import { checked } from '#lib/server/checked.ts';
import { transaction, type Tx } from '#lib/server/db/index.ts';
import { isId } from '#lib/server/db/is-id.ts';
import { conversations, incomingMessages, outgoingMessages } from '#lib/server/db/schema/channels.ts';
import { mails } from '#lib/server/db/schema/mails.ts';
import { Conflict, NotFound, invalid } from '#lib/server/errors.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { recordChange } from '#lib/server/people/audit.ts';
import { isTrialUnit } from '#lib/server/people/units/trial.ts';
import { shownLinks } from '#lib/server/people/units/links.ts';
import { parseReference } from '#lib/text/reference-numbers.ts';
import { decideRow } from '../outbox.ts';
import { queueConversationMail } from '../mail-queue.ts';
import { MESSAGES, queueMessage } from '../outgoing/queue.ts';
import { siteAddress } from '../site-address.ts';
import { smsText } from '../sms/prepare-message.ts';
import {
	conversationsFor,
	decidedMeanwhile,
	isProvenReporter,
	lockConversation,
	lockWaiting,
	storeDecision,
	unitOf,
	type ConversationRow
} from './conversation.ts';
import { joinCaseOf } from './join.ts';

const joinInput = z.object({ reference: z.string({ error: 'report_unknown' }).trim().min(1, 'report_unknown') });

/**
 * "Masukkan ke laporan …": puts the messages of a waiting conversation into a case. They become the reporter's messages
 * if the sender is a contact of an openly named reporter and proven (`isProvenReporter`). Otherwise only the office reads
 * them, and they change no status: the holder of the receipt may be somebody else who typed the sender's contact, and if the
 * name is withheld, a change would confirm who the reporter is.
 * The whole number is asked for: a slip in short digits would be a real report, and this can't be undone.
 *
 * @returns the number of the case, and whether the messages are the reporter's
 * @throws NotFound · Conflict `invalid-move` if somebody decided meanwhile · Invalid `report_number_whole` for a text that
 *   is no whole number, `report_unknown` if the actor sees no such case, `link_practice` if the case belongs to an office
 *   in trial and the conversation does not
 */
export async function joinCase(actor: Actor, id: number, raw: unknown) {
	const { reference } = checked(joinInput, raw);
	return transaction(async (tx) => {
		const conversation = await lockWaiting(tx, id, conversationsFor(actor));
		const found = await lockCaseForActor(tx, actor, reference).catch(refuseUnknown(reference));
		// Cases of an office in trial are deleted, with the messages in them, before the office opens.
		if ((await isTrialUnit(found.row.unitId)) && !(await isTrialUnit(conversation.unitId)))
			throw invalid('reference', 'link_practice');
		const sender = await decryptSender(conversation);
		const fromReporter =
			sender !== undefined &&
			found.row.identity === 'named' &&
			(await isContactOf(found.row, sender.address, sender.number)) &&
			(await isProvenReporter(tx, found.row.id, sender, conversation));
		await joinCaseOf(tx, conversation, found, fromReporter, actor);
		return { reference: found.row.reference, fromReporter };
	});
}

/**
 * The case that a typed number names, so that people see it before they join it.
 * @throws Invalid as `joinCase`
 */
export async function joinCandidate(actor: Actor, raw: unknown) {
	const { reference } = checked(joinInput, raw);
	return previewOf((await caseForActor(actor, reference).catch(refuseUnknown(reference))).row);
}

const refuseUnknown = (reference: string) => (cause: unknown) => {
	const code = parseReference(reference) ? 'report_unknown' : 'report_number_whole';
	throw cause instanceof NotFound ? invalid('reference', code) : cause;
};

/** `seen`: number of messages of the conversation when the page was loaded. */
const seenInput = z.object({ seen: z.coerce.number().int() });

/**
 * "Permintaan data: arahkan ke layanan data": sends the office's addresses for requests, by the channel of the conversation.
 *
 * @returns whether the text will be sent; `again` if it was sent before, `unsent` if the site sends none by this channel
 * @throws NotFound · Conflict `invalid-move` if somebody decided meanwhile, or the sender has written since
 */
export async function referConversation(
	actor: Actor,
	id: number,
	raw: unknown
): Promise<'referred' | 'again' | 'unsent'> {
	const { seen } = checked(seenInput, raw);
	return transaction(async (tx) => {
		const conversation = await lockWaiting(tx, id, conversationsFor(actor));
		await requireAllSeen(tx, id, seen);
		const text = await referralText(conversation);
		await decide(tx, actor, conversation, { state: 'referred' });
		if (await replyToConversation(tx, conversation, text, 'referral')) return 'referred';
		const table = conversation.channel === 'email' ? mails : outgoingMessages;
		return (await tx.$count(table, eq(table.onceKey, `conversation:${id}:referral`))) > 0 ? 'again' : 'unsent';
	});
}

/**
 * Writes a text to the person of a conversation, by the channel it came by, in the caller's transaction. Sends nothing
 * for an office in trial.
 *
 * @param onceKey key of the occasion; at most one text is sent per occasion
 * @returns whether it was written. False if the site sends no e-mails or the person already has this text
 */
export async function replyToConversation(
	tx: Tx,
	conversation: ConversationRow,
	text: string,
	onceKey: string
): Promise<boolean> {
	const { id: conversationId, unitId, channel } = conversation;
	if (channel !== 'email') return queueMessage(tx, conversation, { kind: 'text', text }, onceKey);
	if (await isTrialUnit(unitId)) return false;
	const title = conversation.subject?.replace(/^(re:\s*)+/i, '') || 'pesan Anda';
	const mail = { conversationId, unitId, onceKey: `${conversationId}:${onceKey}` };
	return queueConversationMail(tx, { ...mail, subject: `Re: ${title}`, body: text });
}

/** The text of a referral, in Indonesian. An SMS says only that there is news, and where to read it. */
export async function referralText(conversation: Pick<ConversationRow, 'unitId' | 'channel'>): Promise<string> {
	const unit = await unitOf(conversation);
	if (conversation.channel === 'sms') return smsText(unit, false);
	const links = await shownLinks(unit, 'request', 'id');
	const where = links.length > 0 ? links : [{ name: unit.name, url: `${siteAddress()}/${unit.slug}`, text: '' }];
	return `Terima kasih atas pesan Anda kepada ${unit.name}.

Permintaan data dan informasi dilayani di sini:
${where.map(({ name, url }) => `- ${name}: ${url}`).join('\n')}

Pesan Anda tidak dicatat sebagai laporan. Pengaduan atau saran dapat disampaikan di ${siteAddress()}/${unit.slug}.`;
}

const dismissalInput = seenInput.extend({ reason: z.enum(DISMISSAL_REASONS, { error: 'dismissal_reason' }) });

/**
 * "Bukan laporan", with a reason.
 * @throws NotFound · Conflict `invalid-move` if somebody decided meanwhile, or the sender has written since · Invalid
 */
export async function dismissConversation(actor: Actor, id: number, raw: unknown): Promise<void> {
	const { reason, seen } = checked(dismissalInput, raw);
	await transaction(async (tx) => {
		const conversation = await lockWaiting(tx, id, conversationsFor(actor));
		await requireAllSeen(tx, id, seen);
		await decide(tx, actor, conversation, { state: 'dismissed', reason });
	});
}

/**
 * Undoes a dismissal or referral: the conversation waits again, and can be overdue again. A text that was sent stays sent.
 * @throws NotFound · Conflict `invalid-move` if it waits or belongs to a case
 */
export async function restoreConversation(actor: Actor, id: number): Promise<void> {
	await transaction(async (tx) => {
		const row = await lockConversation(tx, id, conversationsFor(actor));
		if (row.state !== 'dismissed' && row.state !== 'referred') throw decidedMeanwhile(row);
		const undecided = { state: 'waiting', reason: null, decidedBy: null, decidedAt: null, alarmedAt: null } as const;
		await tx.update(conversations).set(undecided).where(eq(conversations.id, id));
		await recordChange(tx, actor, { unitId: row.unitId, action: 'conversation.restored', subject: `#${id}` });
	});
}

const replyDecision = z.object({
	message: z.string(),
	decision: z.enum(['again', 'leave'], { error: 'mail_decision' })
});

/**
 * Decides about a reply by WhatsApp or SMS that failed or may not have been sent: it is sent again, or left.
 * @throws NotFound · Conflict if somebody decided meanwhile
 */
export async function decideReply(actor: Actor, id: number, raw: unknown): Promise<void> {
	const { message, decision } = checked(replyDecision, raw);
	await transaction(async (tx) => {
		const { unitId } = await lockConversation(tx, id, conversationsFor(actor));
		const ofConversation = and(isId(outgoingMessages.id, message), eq(outgoingMessages.conversationId, id));
		if ((await tx.$count(outgoingMessages, ofConversation)) === 0) throw new NotFound(`reply ${message}`);
		await decideRow(tx, MESSAGES, message, { decision, accountId: actor.accountId });
		// A late status of the failed attempt must not find the next one.
		if (decision === 'again') await tx.update(outgoingMessages).set({ externalId: null }).where(ofConversation);
		const action = decision === 'again' ? 'conversation.sent_again' : 'conversation.left';
		await recordChange(tx, actor, { unitId, action, subject: `#${id}` });
	});
}

/** Refuses a decision if a message came after the page was loaded. */
async function requireAllSeen(tx: Tx, id: number, seen: number): Promise<void> {
	const present = await tx.$count(incomingMessages, eq(incomingMessages.conversationId, id));
	if (present > seen) throw new Conflict('invalid-move', { reason: 'conversation_message' });
}

/** Stores a referral or dismissal, and its entry in the audit log. */
async function decide(
	tx: Tx,
	actor: Actor,
	{ id, unitId }: ConversationRow,
	decision: { state: 'referred' | 'dismissed'; reason?: string }
): Promise<void> {
	await storeDecision(tx, id, actor, decision);
	const action = `conversation.${decision.state}` as const;
	await recordChange(tx, actor, { unitId, action, subject: `#${id}` });
}
