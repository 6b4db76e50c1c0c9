import { and, asc, eq, exists, gt, inArray, isNull, lt, lte, notInArray, or, sql } from 'drizzle-orm';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '#lib/calendar/durations.ts';
import { filledLetter } from './email/letter-content.ts';
import { threadHeaders } from './email/thread.ts';
import { openSender } from './incoming/conversation.ts';
import { withoutAddress } from './mail-address.ts';
import { ACCOUNT_LINK, MAIL_JOB_MS, mailServer } from './mail-queue.ts';
import { noteRefusedAddress } from './reporter-stop.ts';
import { siteAddress, stopLink, withContactLink } from './site-address.ts';
import { mailPreferenceOf, reporterAddress, stopToken } from '#lib/server/cases/reporter-mail.ts';
import { now } from '#lib/server/clock.ts';
import { db, transaction, type Database, type Tx } from '#lib/server/db/index.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { conversations } from '#lib/server/db/schema/channels.ts';
import { mails } from '#lib/server/db/schema/mails.ts';
import { enqueue } from '#lib/server/jobs/queue.ts';
import { countMailTry } from '#lib/server/metrics.ts';
import { issuePasswordLink } from '#lib/server/people/sign-in/credentials.ts';
import { emailProofPath } from '#lib/server/people/sign-in/email-proof.ts';
import { outgoingHeld } from '#lib/server/outgoing-hold.ts';
import { sendEmail, SMTP_LIMIT_MS, type Email, type MailOutcome } from '#lib/server/integrations/mail/smtp.ts';

type MailRow = typeof mails.$inferSelect;

/** Longer than the longest SMTP exchange, so that an expired lease means a dead worker. */
const LEASE_MS = SMTP_LIMIT_MS + MINUTE_MS;

/** Condition for rows without a valid lease. */
const withoutLease = () => or(isNull(mails.leaseUntil), lte(mails.leaseUntil, now()));
const leaseEnd = () => new Date(now().getTime() + LEASE_MS);

/**
 * Tries once to send an e-mail. The row is `waiting` until the mail server accepts the envelope and `sending` from just
 * before the content is sent. If the worker dies while the row is `waiting`, the e-mail is retried. If it dies while
 * the row is `sending`, the e-mail becomes `unknown` and is not resent, because one missing e-mail is better than ten
 * copies.
 *
 * @param attempt number of this attempt. A late or repeated job finds another number and does nothing
 */
export async function deliverMail(mailId: string, attempt: number): Promise<void> {
	const server = mailServer();
	const mail = server && !(await outgoingHeld()) && (await claim(mailId, attempt));
	if (!mail) return;
	const letter = await letterOf(mail);
	if ('ends' in letter) await end(mail, letter.ends);
	else await settle(mail, letter.to, await sendEmail(server, letter, () => markSending(mail)));
}

/** Builds the e-mail. Decrypts a reporter's address only now and checks their current preference. */
async function letterOf(mail: MailRow): Promise<Email | { ends: Partial<MailRow> }> {
	const { id, subject, body: text, createdAt: date, address, caseId, conversationId } = mail;
	// By kind, because other texts contain names that people choose.
	if (address && (mail.kind === 'email_proof' || mail.kind in LINK_HOURS)) return withAccountLink(mail, address);
	if (address) return { id, subject, text, date, to: address };
	const withdrawn = { ends: { state: 'withdrawn' } };
	if (conversationId !== null) {
		const to = await senderAddress(conversationId);
		// A person wrote it to this reader.
		return to ? { id, subject, text, date, to, automatic: 'no', ...(await threadHeaders(db(), mail)) } : withdrawn;
	}
	if (caseId === null || !(await mailPreferenceOf(db(), caseId))) return withdrawn;
	const to = await reporterAddress(caseId);
	const filled = to && (await filledLetter({ id, caseId }, withContactLink(text)));
	if (!filled) return withdrawn;
	const thread = await threadHeaders(db(), mail);
	return { id, subject, date, to, stop: stopLink(stopToken(caseId)), ...filled, ...thread };
}

/** The address of the person of a conversation; undefined if it was destroyed. */
async function senderAddress(conversationId: number): Promise<string | undefined> {
	const [row] = await db()
		.select({ senderSealed: conversations.senderSealed })
		.from(conversations)
		.where(eq(conversations.id, conversationId));
	return row?.senderSealed ? (await openSender(row)).address : undefined;
}

/** Hours for which the password link in an e-mail of these kinds is valid. */
const LINK_HOURS: Record<string, number> = { password_link: 24, password_reset: 1 };

/**
 * Each attempt creates a new password link, which invalidates the former one. Only the e-mail contains the link, neither
 * the row nor a backup.
 */
async function withAccountLink(
	{ id, kind, subject, body, createdAt: date, accountId }: MailRow,
	to: string
): Promise<Email | { ends: Partial<MailRow> }> {
	const [account] = accountId ? await db().select().from(accounts).where(eq(accounts.id, accountId)) : [];
	// No link is sent to a former address or to a switched-off account.
	if (!account?.active || account.email !== to) return { ends: { state: 'withdrawn' } };
	const path =
		kind === 'email_proof' ? emailProofPath(account.id, to) : await passwordPath(account.id, to, LINK_HOURS[kind]);
	return { id, subject, date, to, text: body.replace(ACCOUNT_LINK, siteAddress() + path) };
}

async function passwordPath(accountId: string, mailedTo: string, hours: number | undefined): Promise<string> {
	const { token } = await transaction((tx) => issuePasswordLink(tx, accountId, null, { hours, mailedTo }));
	return `/sandi/${token}`;
}

/** Claims the row. The attempt counter is the fence, because each number is used once. */
async function claim(mailId: string, attempt: number): Promise<MailRow | undefined> {
	const [claimed] = await db()
		.update(mails)
		.set({ attempts: attempt, leaseUntil: leaseEnd() })
		.where(and(eq(mails.id, mailId), eq(mails.state, 'waiting'), eq(mails.attempts, attempt - 1), withoutLease()))
		.returning();
	return claimed;
}

const ofAttempt = (mail: MailRow) => and(eq(mails.id, mail.id), eq(mails.attempts, mail.attempts));

async function markSending(mail: MailRow): Promise<void> {
	const [marked] = await db()
		.update(mails)
		.set({ state: 'sending', leaseUntil: leaseEnd() })
		.where(and(ofAttempt(mail), eq(mails.state, 'waiting'), gt(mails.leaseUntil, now())))
		.returning({ id: mails.id });
	if (!marked) throw new Error('the letter is held by another worker');
}

async function end(mail: MailRow, outcome: Partial<MailRow>, on: Database | Tx = db()): Promise<void> {
	await on
		.update(mails)
		.set({ nextAttemptAt: null, leaseUntil: null, ...outcome })
		.where(ofAttempt(mail));
}

async function settle(mail: MailRow, address: string, outcome: MailOutcome): Promise<void> {
	const { caseId } = mail;
	countMailTry(outcome.outcome);
	if (outcome.outcome === 'sent') return end(mail, { state: 'sent', sentAt: now(), reason: null });
	const toReporter = mail.kind === 'reporter' || mail.kind === 'conversation';
	// Administrators read the server's message in the outbox, so it must not contain a reporter's address.
	const reason = toReporter ? withoutAddress(outcome.reason, address) : outcome.reason;
	if (outcome.outcome === 'refused' && outcome.address && toReporter && caseId !== null) {
		return transaction(async (tx) => {
			await noteRefusedAddress(tx, caseId);
			await end(mail, { state: 'failed', reason }, tx);
		});
	}
	const since = mail.waitsFrom ?? mail.createdAt;
	const next = outcome.outcome === 'later' ? nextTry(now(), { tries: mail.attempts, since }) : undefined;
	if (next) return end(mail, { state: 'waiting', nextAttemptAt: next, reason });
	await end(mail, { state: outcome.outcome === 'unknown' ? 'unknown' : 'failed', reason });
}

/** Minutes until the first retries. Later ones wait an hour. */
const FIRST_WAITS = [1, 5, 15];

/** After two days without success an e-mail is out of date and fails. */
const MAX_AGE_MS = 48 * HOUR_MS;

/**
 * Computes when an e-mail is retried. Undefined: never again.
 * @param email `tries`: number of failed attempts, 1 or more; `since`: when it started to wait
 */
export function nextTry(at: Date, email: { tries: number; since: Date }): Date | undefined {
	const next = new Date(at.getTime() + (FIRST_WAITS[email.tries - 1] ?? 60) * MINUTE_MS);
	return next.getTime() - email.since.getTime() <= MAX_AGE_MS ? next : undefined;
}

const BATCH = 500;

/**
 * Runs each minute: marks e-mails of dead workers as unknown, fails e-mails that are too old, and enqueues due ones.
 */
export async function sweepMails(): Promise<void> {
	await db()
		.update(mails)
		.set({ state: 'unknown', leaseUntil: null, nextAttemptAt: null, reason: 'the worker died while sending' })
		.where(and(eq(mails.state, 'sending'), lte(mails.leaseUntil, now())));
	if (await outgoingHeld()) return;
	const tooOld = before(MAX_AGE_MS + MAIL_JOB_MS).toISOString();
	await db()
		.update(mails)
		.set({ state: 'failed', leaseUntil: null, nextAttemptAt: null })
		.where(
			and(eq(mails.state, 'waiting'), sql`coalesce(${mails.waitsFrom}, ${mails.createdAt}) < ${tooOld}`, withoutLease())
		);
	if (mailServer()) await enqueueDue();
}

const before = (ms: number) => new Date(now().getTime() - ms);

/**
 * Enqueues due e-mails. Moves their next attempt beyond the life of the job; the outcome of the attempt sets it again.
 */
async function enqueueDue(): Promise<void> {
	const waiting = and(eq(mails.state, 'waiting'), lte(mails.nextAttemptAt, now()));
	const due = await db()
		.select({ id: mails.id })
		.from(mails)
		.where(and(waiting, withoutLease()))
		.orderBy(asc(mails.nextAttemptAt))
		.limit(BATCH);
	if (due.length === 0) return;
	const ids = due.map(({ id }) => id);
	await transaction(async (tx) => {
		const claimed = await tx
			.update(mails)
			.set({ nextAttemptAt: new Date(now().getTime() + MAIL_JOB_MS) })
			.where(and(inArray(mails.id, ids), waiting))
			.returning({ id: mails.id, attempts: mails.attempts });
		for (const { id, attempts } of claimed) await enqueue(tx, 'mail-deliver', { mailId: id, attempt: attempts + 1 });
	});
}

/** Days for which settled e-mails are kept, so that administrators can see whether they were sent. */
const KEPT_DAYS = 90;

/**
 * Runs each night: deletes old settled e-mails with their addresses. Those to the reporter of an open case stay: a reply names
 * them.
 */
export async function deleteOldMails(): Promise<void> {
	const settled = inArray(mails.state, ['sent', 'failed', 'unknown', 'withdrawn']);
	const open = and(eq(cases.id, mails.caseId), notInArray(cases.status, ['closed', 'archived']));
	const answerable = and(eq(mails.kind, 'reporter'), exists(db().select({ id: cases.id }).from(cases).where(open)));
	await db()
		.delete(mails)
		.where(and(settled, lt(mails.createdAt, before(KEPT_DAYS * DAY_MS)), sql`not ${answerable}`));
}
