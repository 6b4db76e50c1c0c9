import { and, eq, exists, inArray, lt, not, notInArray, sql } from 'drizzle-orm';
import {
	claimAttempt,
	endAttempt,
	scheduleRetry,
	endUndelivered,
	retentionStart,
	markSending,
	sweepOutbox
} from './outbox.ts';
import { threadHeaders } from './email/thread.ts';
import { withoutAddress } from './mail-address.ts';
import { MAILS, mailServer } from './mail-queue.ts';
import { isNoticeShown } from './notice-list.ts';
import { ACCOUNT_LINK, filledMail } from './placeholders.ts';
import { noteRefusedAddress } from './unsubscribe.ts';
import { siteAddress, stopLink } from './site-address.ts';
import { decryptSender } from '#lib/server/cases/conversation/sender.ts';
import { isOfHeldCase } from '#lib/server/cases/retention-locks.ts';
import { mailStopToken, mailPreferenceOf, reporterAddress } from '#lib/server/cases/mail-preference.ts';
import { now } from '#lib/server/clock.ts';
import { db, transaction, type Tx } from '#lib/server/db/index.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { conversations } from '#lib/server/db/schema/channels.ts';
import { mails } from '#lib/server/db/schema/mails.ts';
import { decryptText } from '#lib/server/keys.ts';
import { countMailTry } from '#lib/server/process-metrics.ts';
import { isAddressUnproven, hasCaseAccessNowOrSoon } from '#lib/server/people/access/case-access.ts';
import { issuePasswordLink } from '#lib/server/people/sign-in/credentials.ts';
import { emailProofPath } from '#lib/server/people/sign-in/email-proof.ts';
import { outgoingHeld } from '#lib/server/outgoing-hold.ts';
import { sendEmail, type Email, type MailOutcome } from '#lib/server/integrations/mail/smtp.ts';

type MailRow = typeof mails.$inferSelect;

/**
 * Tries once to send an e-mail, unless the site has no mail server or holds outgoing messages. The row becomes
 * `sending` when the mail server has accepted the envelope.
 *
 * @param attempt number of this attempt. A late or repeated job finds another number and does nothing
 */
export async function deliverMail(mailId: string, attempt: number): Promise<void> {
	const server = mailServer();
	const mail = server && !(await outgoingHeld()) && (await claimAttempt(MAILS, mailId, attempt));
	if (!mail) return;
	const email = await emailOf(mail);
	if (email) await settle(mail, email.to, await sendEmail(server, email, () => markSending(MAILS, mail)));
	else await endAttempt(MAILS, mail, { state: 'withdrawn' });
}

/**
 * Builds the e-mail. Decrypts a reporter's address only now and checks their current preference.
 * @returns undefined if it is not wanted any more
 */
async function emailOf(mail: MailRow): Promise<Email | undefined> {
	const { id, kind, subject, body: text, createdAt: date, address, caseId, conversationId, accountId, onceKey } = mail;
	// Decided by the kind and not by the placeholder in the body: other texts contain names that people choose, and a
	// name could contain the placeholder.
	if (address && (kind === 'email_proof' || kind in LINK_HOURS)) return withAccountLink(mail, address);
	if (kind === 'notice' && accountId && caseId !== null) {
		if (!(await isNoticeShown(accountId, onceKey.replace('notice:', '')))) return undefined;
	}
	if (address && kind === 'reporter')
		return { id, subject, text, date, to: await decryptText(address), ...(await threadHeaders(db(), mail)) };
	if (address) return { id, subject, text, date, to: address };
	if (conversationId !== null) {
		const to = await senderAddress(conversationId);
		// Not marked as automatic, because a member of staff sent it to this person.
		return to ? { id, subject, text, date, to, automatic: 'no', ...(await threadHeaders(db(), mail)) } : undefined;
	}
	const preference = caseId === null ? undefined : await mailPreferenceOf(db(), caseId);
	if (caseId === null || !preference) return undefined;
	const to = await reporterAddress(caseId);
	const stop = stopLink(mailStopToken({ caseId, ...preference }));
	const filled = to && (await filledMail({ id, caseId, unsubscribeLink: stop }, text));
	if (!filled) return undefined;
	return { id, subject, date, to, stop, ...filled, ...(await threadHeaders(db(), mail)) };
}

/** The address of the person of a conversation; undefined if it was destroyed. */
async function senderAddress(conversationId: number): Promise<string | undefined> {
	const [row] = await db()
		.select({ senderSealed: conversations.senderSealed })
		.from(conversations)
		.where(eq(conversations.id, conversationId));
	return row && (await decryptSender(row))?.address;
}

/** Hours for which the password link in an e-mail of these kinds is valid. */
const LINK_HOURS: Record<string, number> = { invitation: 24, password_link: 24, password_reset: 1 };

/**
 * Each attempt creates a new password link, which invalidates the former one. The link is only in the e-mail, and never
 * in the row or a backup.
 */
async function withAccountLink(
	{ id, kind, subject, body, createdAt: date, accountId }: MailRow,
	to: string
): Promise<Email | undefined> {
	const path = accountId && (await transaction((tx) => linkPath(tx, accountId, kind, to)));
	return path ? { id, subject, date, to, text: body.replace(ACCOUNT_LINK, siteAddress() + path) } : undefined;
}

/**
 * The path of the link; undefined if the account may no longer get it. Locks the account's row. So a role that takes
 * effect at the same time either finds this link and deletes it, or is visible to this function.
 */
async function linkPath(tx: Tx, accountId: string, kind: string, to: string): Promise<string | undefined> {
	const [account] = await tx.select().from(accounts).where(eq(accounts.id, accountId)).for('no key update');
	// No link is sent to a former address or to a switched-off account.
	if (!account?.active || account.email !== to) return undefined;
	if (kind === 'email_proof') return emailProofPath(accountId, to);
	// The account may have got a role with access to cases after the e-mail was written. Then a supervisor decides about
	// its link.
	if (kind === 'invitation' && (await hasCaseAccessNowOrSoon(tx, accountId))) return undefined;
	// The first role with access to cases also removes the password and the proof of the address. A reset that was
	// requested before that is not sent.
	if (kind === 'password_reset' && (account.passwordHash === null || (await isAddressUnproven(tx, account))))
		return undefined;
	const { token } = await issuePasswordLink(tx, accountId, null, { hours: LINK_HOURS[kind], mailedTo: to });
	return `/sandi/${token}`;
}

async function settle(mail: MailRow, address: string, outcome: MailOutcome): Promise<void> {
	const { caseId } = mail;
	countMailTry(outcome.kind);
	if (outcome.kind === 'sent') return endAttempt(MAILS, mail, { state: 'sent', sentAt: now(), reason: null });
	const toReporter = mail.kind === 'reporter' || mail.kind === 'conversation';
	// Administrators read the server's message in the outbox, so it must not contain a reporter's address.
	const reason = toReporter ? withoutAddress(outcome.reason, address) : outcome.reason;
	if (outcome.kind === 'later') return scheduleRetry(MAILS, mail, reason);
	await transaction(async (tx) => {
		// A former address says nothing about the present one.
		if (outcome.kind === 'refused' && outcome.address && toReporter && caseId !== null && mail.address === null)
			await noteRefusedAddress(tx, caseId);
		await endUndelivered(tx, MAILS, mail, { state: outcome.kind === 'unknown' ? 'unknown' : 'failed', reason });
	});
}

/** Runs each minute: enqueues due e-mails and releases rows of dead workers. */
export const sweepMails = () => sweepOutbox(MAILS, mailServer() !== undefined);

/**
 * Runs each night: deletes old settled e-mails with their addresses. E-mails to the reporter of an open case stay,
 * because a reply is matched to the case by their ids. All e-mails about a held case stay.
 */
export async function deleteOldMails(): Promise<void> {
	const settled = inArray(mails.state, ['sent', 'failed', 'unknown', 'withdrawn']);
	const open = and(eq(cases.id, mails.caseId), notInArray(cases.status, ['closed', 'archived']));
	const answerable = and(eq(mails.kind, 'reporter'), exists(db().select({ id: cases.id }).from(cases).where(open)));
	await db()
		.delete(mails)
		.where(
			and(settled, lt(mails.createdAt, retentionStart()), sql`not ${answerable}`, not(isOfHeldCase(mails.caseId)))
		);
}
