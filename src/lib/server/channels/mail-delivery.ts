import { and, eq, gt, isNull, lte, or } from 'drizzle-orm';
import { withoutAddress } from './mail-address.ts';
import { mailServer, PASSWORD_LINK } from './mail-queue.ts';
import { noteRefusedAddress } from './mail-refused.ts';
import { nextTry } from './mail-waits.ts';
import { siteAddress, stopLink } from './site-address.ts';
import { mailWishOf, reporterAddress, stopToken } from '#lib/server/cases/reporter-mail.ts';
import { now } from '#lib/server/clock.ts';
import { db, transaction } from '#lib/server/db/index.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { mails } from '#lib/server/db/schema/mails.ts';
import { countMailTry } from '#lib/server/metrics.ts';
import { issuePasswordLink } from '#lib/server/people/sign-in/issue-password-link.ts';
import { outgoingHeld } from '#lib/server/outgoing-hold.ts';
import { sendLetter, SMTP_LIMIT_MS, type Letter, type MailOutcome } from '#lib/server/integrations/mail/smtp.ts';

type MailRow = typeof mails.$inferSelect;

/** Longer than a whole exchange, so that an expired lease means a dead worker. */
const LEASE_MS = SMTP_LIMIT_MS + 60_000;

const leaseEnd = () => new Date(now().getTime() + LEASE_MS);

/**
 * Tries once to send an e-mail. The row is `waiting` until the mail server accepts the envelope and `sending` from just before
 * the content is sent. If the worker dies before that, the e-mail is retried. If it dies after that, the e-mail is `unknown`
 * and is not resent: one missing e-mail is better than ten copies.
 *
 * @param attempt number of this attempt; a late or repeated job finds another number and does nothing
 */
export async function deliverMail(mailId: string, attempt: number): Promise<void> {
	const server = mailServer();
	const mail = server && !(await outgoingHeld()) && (await claim(mailId, attempt));
	if (!mail) return;
	const letter = await letterOf(mail);
	if ('ends' in letter) await end(mail, letter.ends);
	else await settle(mail, letter.to, await sendLetter(server, letter, () => markLeaving(mail)));
}

/** Builds the e-mail. Decrypts a reporter's address only now and checks their current preference. */
async function letterOf(mail: MailRow): Promise<Letter | { ends: Partial<MailRow> }> {
	const { id, subject, body: text, createdAt: date, address, caseId } = mail;
	if (address && mail.kind === 'password_link') return withPasswordLink(mail, address);
	if (address) return { id, subject, text, date, to: address };
	if (caseId === null || !(await mailWishOf(db(), caseId))) return { ends: { state: 'withdrawn' } };
	const to = await reporterAddress(caseId);
	if (!to) return { ends: { state: 'withdrawn' } };
	return { id, subject, text, date, to, stop: stopLink(stopToken(caseId)) };
}

/** Each attempt creates a new link and ends the one before. Only the e-mail contains it, neither the row nor a backup. */
async function withPasswordLink(
	{ id, subject, body, createdAt: date, accountId }: MailRow,
	to: string
): Promise<Letter | { ends: Partial<MailRow> }> {
	const [account] = accountId ? await db().select().from(accounts).where(eq(accounts.id, accountId)) : [];
	// A former address gets no link, and neither does a switched-off account.
	if (!account?.active || account.email !== to) return { ends: { state: 'withdrawn' } };
	const { token } = await transaction((tx) => issuePasswordLink(tx, account.id, null));
	return { id, subject, date, to, text: body.replace(PASSWORD_LINK, `${siteAddress()}/sandi/${token}`) };
}

/** The attempt counter is also the fence: each number is used once. */
async function claim(mailId: string, attempt: number): Promise<MailRow | undefined> {
	const [claimed] = await db()
		.update(mails)
		.set({ attempts: attempt, leaseUntil: leaseEnd() })
		.where(
			and(
				eq(mails.id, mailId),
				eq(mails.state, 'waiting'),
				eq(mails.attempts, attempt - 1),
				or(isNull(mails.leaseUntil), lte(mails.leaseUntil, now()))
			)
		)
		.returning();
	return claimed;
}

const held = (mail: MailRow) => and(eq(mails.id, mail.id), eq(mails.attempts, mail.attempts));

async function markLeaving(mail: MailRow): Promise<void> {
	const [marked] = await db()
		.update(mails)
		.set({ state: 'sending', leaseUntil: leaseEnd() })
		.where(and(held(mail), eq(mails.state, 'waiting'), gt(mails.leaseUntil, now())))
		.returning({ id: mails.id });
	if (!marked) throw new Error('the letter is held by another worker');
}

async function end(mail: MailRow, standing: Partial<MailRow>): Promise<void> {
	await db()
		.update(mails)
		.set({ nextAttemptAt: null, leaseUntil: null, ...standing })
		.where(held(mail));
}

async function settle(mail: MailRow, address: string, outcome: MailOutcome): Promise<void> {
	countMailTry(outcome.outcome);
	const said = 'reason' in outcome ? { ...outcome, reason: reasonFor(mail, address, outcome.reason) } : outcome;
	const { caseId } = mail;
	if (said.outcome === 'refused' && said.address && mail.kind === 'reporter' && caseId !== null) {
		await transaction(async (tx) => {
			await noteRefusedAddress(tx, caseId);
			await tx
				.update(mails)
				.set({ state: 'failed', nextAttemptAt: null, leaseUntil: null, reason: said.reason })
				.where(held(mail));
		});
		return;
	}
	await end(mail, standing(mail, said));
}

/** Removes a reporter's address from a mail server's message, which administrators can read in the outbox. */
const reasonFor = (mail: MailRow, address: string, reason: string): string =>
	mail.kind === 'reporter' ? withoutAddress(reason, address) : reason;

function standing(mail: MailRow, outcome: MailOutcome): Partial<MailRow> {
	if (outcome.outcome === 'sent') return { state: 'sent', sentAt: now(), nextAttemptAt: null, reason: null };
	const { reason } = outcome;
	const since = mail.waitsFrom ?? mail.createdAt;
	const next = outcome.outcome === 'later' ? nextTry(now(), { tries: mail.attempts, since }) : undefined;
	if (next) return { state: 'waiting', nextAttemptAt: next, reason };
	return { state: outcome.outcome === 'unknown' ? 'unknown' : 'failed', nextAttemptAt: null, reason };
}
