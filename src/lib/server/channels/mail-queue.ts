import { eq } from 'drizzle-orm';
import { waitingRow, type Outbox } from './outbox.ts';
import type { Tx } from '#lib/server/db/index.ts';
import { mails } from '#lib/server/db/schema/mails.ts';
import { env } from '#lib/server/env.ts';
import type { SmtpSettings } from '#lib/server/integrations/mail/smtp.ts';
import { ofHighestUnit } from '#lib/server/people/administration.ts';
import { isTrialUnit } from '#lib/server/people/units/trial.ts';
import { enqueue } from '#lib/server/jobs/queue.ts';

/**
 * Kinds of e-mails. `reporter` goes to the reporter of a case, `conversation` to a person who wrote to the office by
 * e-mail, the others to staff. A supervisor approved each `password_link`. The account's owner asked for each
 * `password_reset` and `email_proof`. The links of these three and of `invitation` are created when the e-mail is sent,
 * and are not stored in the mail row.
 */
export type MailKind =
	| 'digest'
	| 'log_head'
	| 'notice'
	| 'test'
	| 'invitation'
	| 'password_link'
	| 'password_reset'
	| 'email_proof'
	| 'reporter'
	| 'conversation';

export const MAILS: Outbox<typeof mails> = { table: mails, job: 'mail-deliver', isOwed: eq(mails.kind, 'reporter') };

/** Kinds that a person waits for. Their jobs run before those of other e-mails, such as the morning digests. */
const URGENT: readonly MailKind[] = ['test', 'invitation', 'password_link', 'password_reset', 'email_proof'];
const URGENT_KINDS: ReadonlySet<string> = new Set(URGENT);

interface MailContent {
	/** Key of the occasion. A person gets one e-mail per occasion, however often it is written. */
	onceKey: string;
	subject: string;
	/** Plain text. */
	body: string;
}

export interface NewMail extends MailContent {
	kind: Exclude<MailKind, 'reporter' | 'conversation'>;
	to: { accountId: string; address: string };
	/** The case it is about, if any. */
	caseId?: number | null;
}

/** An e-mail to the reporter of a case. The address is read from the case when the e-mail is sent. */
interface NewReporterMail extends MailContent {
	caseId: number;
	/** The office whose administrators see the e-mail in the outbox. */
	unitId: string;
	/** A former address of the reporter, encrypted, to which the e-mail goes instead. */
	address?: string;
}

/** The mail server, if the installation has one. Without it, no e-mails are written. */
export function mailServer(): SmtpSettings | undefined {
	const { SMTP_URL: url, MAIL_FROM: from } = env();
	return url && from ? { url, from } : undefined;
}

/**
 * Writes an e-mail in the caller's transaction, so that it is sent only if its event is committed.
 * @returns whether it was written. false if the installation sends no e-mails or the person already has this one
 */
export function queueMail(tx: Tx, { kind, onceKey, to, caseId, subject, body }: NewMail): Promise<boolean> {
	const { accountId, address } = to;
	return write(tx, {
		kind,
		onceKey: `${kind}:${onceKey}:${accountId}`,
		accountId,
		address,
		caseId: caseId ?? null,
		unitId: ofHighestUnit('id', accountId),
		subject,
		body
	});
}

/**
 * Writes an e-mail to the reporter of a case, unless the office is in trial. The caller must check that the reporter
 * wants e-mails.
 */
export async function queueReporterMail(tx: Tx, { onceKey, ...mail }: NewReporterMail): Promise<boolean> {
	if (await isTrialUnit(mail.unitId)) return false;
	return write(tx, { kind: 'reporter', onceKey: `reporter:${mail.caseId}:${onceKey}`, ...mail });
}

/**
 * Writes an e-mail to the person of a conversation. The address is read from the conversation when the e-mail is sent.
 */
export const queueConversationMail = (
	tx: Tx,
	mail: MailContent & { conversationId: number; unitId: string }
): Promise<boolean> => write(tx, { ...mail, kind: 'conversation', onceKey: `conversation:${mail.onceKey}` });

type Row = Omit<typeof mails.$inferInsert, 'unitId'> & { unitId: string | ReturnType<typeof ofHighestUnit> };

async function write(tx: Tx, row: Omit<Row, keyof ReturnType<typeof waitingRow>>): Promise<boolean> {
	if (!mailServer()) return false;
	const [written] = await tx
		.insert(mails)
		.values({ ...row, ...waitingRow() })
		.onConflictDoNothing({ target: mails.onceKey })
		.returning({ id: mails.id });
	const priority = URGENT_KINDS.has(row.kind) ? 1 : 0;
	if (written) await enqueue(tx, 'mail-deliver', { id: written.id, attempt: 1 }, { priority });
	return written !== undefined;
}
