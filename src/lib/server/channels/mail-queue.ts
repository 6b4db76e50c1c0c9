import { sql } from 'drizzle-orm';
import { now } from '#lib/server/clock.ts';
import type { Tx } from '#lib/server/db/index.ts';
import { mails } from '#lib/server/db/schema/mails.ts';
import { env } from '#lib/server/env.ts';
import type { SmtpSettings } from '#lib/server/integrations/mail/smtp.ts';
import { enqueue } from '#lib/server/jobs/queue.ts';

/**
 * What letters there are. `reporter`: to the reporter of a case; the others go to staff. `password_link`: the link is made as
 * the letter leaves and is stored nowhere.
 */
export type MailKind = 'digest' | 'lapor_halted' | 'notice' | 'trial' | 'password_link' | 'reporter';

/** Stands in a letter's body where the link will be. */
export const PASSWORD_LINK = '{password_link}';

interface Written {
	/** Names the occasion: of one occasion a person gets one letter, however often it is written. */
	onceKey: string;
	subject: string;
	/** Plain text. */
	body: string;
}

export interface NewMail extends Written {
	kind: Exclude<MailKind, 'reporter'>;
	to: { accountId: string; address: string };
	/** The case it speaks of, where it is one. */
	caseId?: number | null;
}

/** To a case's reporter. The address stays in the case until the letter leaves. */
export interface NewReporterMail extends Written {
	caseId: number;
	/** The office whose administrators answer for it. */
	unitId: string;
}

/** How long a job is trusted to come about before the sweep makes another one. */
export const MAIL_JOB_MS = 5 * 60_000;

/** The mail server, where the installation has one. Without it no letter is written. */
export function mailServer(): SmtpSettings | undefined {
	const { SMTP_URL: url, MAIL_FROM: from } = env();
	return url && from ? { url, from } : undefined;
}

/**
 * Writes a letter in the caller's transaction: it goes out exactly if what it tells of is committed.
 *
 * @returns whether it was written; not where the installation sends no mail, or the person has this letter already
 */
export function queueMail(tx: Tx, { kind, onceKey, to, caseId, subject, body }: NewMail): Promise<boolean> {
	const { accountId, address } = to;
	return write(tx, {
		kind,
		onceKey: `${kind}:${onceKey}:${accountId}`,
		accountId,
		address,
		caseId: caseId ?? null,
		unitId: highestUnitOf(accountId),
		subject,
		body
	});
}

/** The same to the reporter of a case. Whether letters are wanted is the caller's to ask. */
export function queueReporterMail(
	tx: Tx,
	{ caseId, unitId, onceKey, subject, body }: NewReporterMail
): Promise<boolean> {
	return write(tx, { kind: 'reporter', onceKey: `reporter:${caseId}:${onceKey}`, caseId, unitId, subject, body });
}

/** The office a person of the staff stands for in the outbox: the highest in which they hold a role. */
const highestUnitOf = (accountId: string) =>
	sql<string>`(select r.unit_id from roles r inner join units u on u.id = r.unit_id
		where r.account_id = ${accountId} order by length(u.path), u.code limit 1)`;

type Row = Omit<typeof mails.$inferInsert, 'unitId'> & { unitId: string | ReturnType<typeof highestUnitOf> };

async function write(tx: Tx, row: Omit<Row, 'state' | 'createdAt'>): Promise<boolean> {
	if (!mailServer()) return false;
	const at = now();
	const [written] = await tx
		.insert(mails)
		.values({
			...row,
			state: 'waiting',
			nextAttemptAt: new Date(at.getTime() + MAIL_JOB_MS),
			createdAt: at,
			waitsFrom: at
		})
		.onConflictDoNothing({ target: mails.onceKey })
		.returning({ id: mails.id });
	if (written) await enqueue(tx, 'mail-deliver', { mailId: written.id, attempt: 1 });
	return written !== undefined;
}
