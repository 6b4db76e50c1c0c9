import { and, eq, gt, isNull, lte, or } from 'drizzle-orm';
import { withoutAddress } from '#lib/server/channels/mail-address.ts';
import { mailServer, PASSWORD_LINK } from '#lib/server/channels/mail-queue.ts';
import { noteRefusedAddress } from '#lib/server/channels/mail-refused.ts';
import { nextTry } from '#lib/server/channels/mail-waits.ts';
import { siteAddress, stopLink } from '#lib/server/channels/site-address.ts';
import { mailWishOf, reporterAddress, stopToken } from '#lib/server/cases/reporter-mail.ts';
import { now } from '#lib/server/clock.ts';
import { db, transaction } from '#lib/server/db/index.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { mails } from '#lib/server/db/schema/mails.ts';
import { countMailTry } from '#lib/server/metrics.ts';
import { issuePasswordLink } from '#lib/server/people/issue-password-link.ts';
import { outgoingHeld } from '#lib/server/outgoing-hold.ts';
import { sendLetter, SMTP_LIMIT_MS, type Letter, type MailOutcome } from '#lib/server/integrations/mail/smtp.ts';

type MailRow = typeof mails.$inferSelect;

/** Longer than a whole exchange takes, so that a lease that ran out is one of a dead worker. */
const LEASE_MS = SMTP_LIMIT_MS + 60_000;

const leaseEnd = () => new Date(now().getTime() + LEASE_MS);

/**
 * One try to hand one letter to the mail server. The row says where it stands: `waiting` until the server listens,
 * `sending` from the moment before the content leaves. A worker that dies before that leaves a letter to be tried again,
 * one that dies after it an `unknown` one, which nobody sends again: a missing letter is better than ten copies.
 *
 * @param attempt the number of this try; a job that comes late or twice finds another number and does nothing
 */
export async function deliverMail(mailId: string, attempt: number): Promise<void> {
	const server = mailServer();
	const mail = server && !(await outgoingHeld()) && (await claim(mailId, attempt));
	if (!mail) return;
	const letter = await letterOf(mail);
	if ('ends' in letter) await end(mail, letter.ends);
	else await settle(mail, letter.to, await sendLetter(server, letter, () => markLeaving(mail)));
}

/** The letter as it leaves; a reporter's address is opened only now, and what they wished meanwhile counts. */
async function letterOf(mail: MailRow): Promise<Letter | { ends: Partial<MailRow> }> {
	const { id, subject, body: text, createdAt: date, address, caseId } = mail;
	if (address && mail.kind === 'password_link') return withPasswordLink(mail, address);
	if (address) return { id, subject, text, date, to: address };
	if (caseId === null || !(await mailWishOf(db(), caseId))) return { ends: { state: 'withdrawn' } };
	const to = await reporterAddress(caseId);
	if (!to) return { ends: { state: 'withdrawn' } };
	return { id, subject, text, date, to, stop: stopLink(stopToken(caseId)) };
}

/** Each try makes the link again, and ends the one before. It stands in the letter alone: not in the row, not in a backup. */
async function withPasswordLink(
	{ id, subject, body, createdAt: date, accountId }: MailRow,
	to: string
): Promise<Letter | { ends: Partial<MailRow> }> {
	const [account] = accountId ? await db().select().from(accounts).where(eq(accounts.id, accountId)) : [];
	// An older address gets no link, and neither does an account that was switched off.
	if (!account?.active || account.email !== to) return { ends: { state: 'withdrawn' } };
	const { token } = await transaction((tx) => issuePasswordLink(tx, account.id, null));
	return { id, subject, date, to, text: body.replace(PASSWORD_LINK, `${siteAddress()}/sandi/${token}`) };
}

/** Counting the tries is also the fence: the number of a try is given out once. */
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
