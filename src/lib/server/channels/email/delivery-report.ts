import { and, eq, gt, inArray, sql } from 'drizzle-orm';
import { isReporterAddress } from '#lib/server/cases/mail-preference.ts';
import { db, type Tx } from '#lib/server/db/index.ts';
import { timeline } from '#lib/server/db/schema/cases.ts';
import { mails } from '#lib/server/db/schema/mails.ts';
import type { ParsedMail } from '#lib/server/integrations/mail/mime.ts';
import { isAboutMailbox } from '#lib/server/integrations/mail/smtp.ts';
import { markUndelivered } from '../outbox.ts';
import { MAILS } from '../mail-queue.ts';
import { noteRefusedAddress } from '../unsubscribe.ts';
import { mailIdsIn } from './thread.ts';

const FAILED = /^action:\s*failed\s*$/im;
const STATUS = /^status:\s*([245]\.\d{1,3}\.\d{1,3})/im;
const RECIPIENT = /^(?:original|final)-recipient:\s*rfc822\s*;\s*<?([^\s<>]+)/gim;
const MESSAGE_ID = /^message-id:\s*<([^<>\s]{3,400})>/im;
const textOf = (file: ParsedMail['files'][number] | undefined) =>
	file ? Buffer.from(file.bytes).toString('latin1') : '';

/**
 * The e-mail of this site that a delivery report (RFC 3464) says was not delivered. Undefined for other mail, for a delay,
 * and for a report that names no e-mail of this site, because such a report may be forged.
 */
export async function undeliveredMail({ contentType, contentParams, files }: ParsedMail) {
	if (contentType !== 'multipart/report' || contentParams['report-type']?.toLowerCase() !== 'delivery-status')
		return undefined;
	const part = (type: RegExp) => textOf(files.find((file) => type.test(file.contentType)));
	const blocks = part(/^message\/delivery-status$/).split(/\r?\n\r?\n/);
	const failed = blocks.find((block) => FAILED.test(block));
	if (failed === undefined) return undefined;
	const [, returned = ''] = MESSAGE_ID.exec(part(/^(message\/rfc822|text\/rfc822-headers)$/)) ?? [];
	const [id] = mailIdsIn([returned]);
	if (!id) return undefined;
	const { caseId, kind, address, attempts, createdAt } = mails;
	const columns = { id: mails.id, caseId, kind, address, attempts, createdAt };
	const [mail] = await db()
		.select(columns)
		.from(mails)
		.where(and(eq(mails.id, id), inArray(mails.kind, ['reporter', 'conversation'])));
	const status = STATUS.exec(failed)?.[1] ?? '';
	const recipients = [...failed.matchAll(RECIPIENT)].map(([, recipient = '']) => recipient);
	return mail && { ...mail, status, recipients, isRefused: isAboutMailbox(status, failed.replace(/\s+/g, ' ')) };
}

/**
 * Marks the e-mail as failed in the outbox and on the case, and the address as undeliverable where the case shows it, if the
 * server does not know it. If the address changed after the e-mail was written, a report that does not name the present
 * address marks no address. It is ignored if the e-mail was also sent again, because each attempt has the same
 * Message-ID. An e-mail that waits to be sent again still goes out.
 */
export async function noteUndelivered(
	tx: Tx,
	{
		id,
		caseId,
		kind,
		address,
		attempts,
		createdAt,
		status,
		recipients,
		isRefused
	}: NonNullable<Awaited<ReturnType<typeof undeliveredMail>>>
) {
	if (kind === 'reporter' && caseId !== null && address === null) {
		const isToPresent = await isReporterAddress(tx, caseId, recipients);
		const isChange = sql`${timeline.type} = 'contact_changed' and ${timeline.data} -> 'changed' @> '["email"]'`;
		const changedSince = and(eq(timeline.caseId, caseId), isChange, gt(timeline.at, createdAt));
		const isChanged = !isToPresent && (await tx.$count(timeline, changedSince)) > 0;
		if (isChanged && attempts > 1) return;
		if (!isChanged && isRefused) await noteRefusedAddress(tx, caseId);
	}
	const reason = `${status} returned by a delivery report`.trim();
	const wasSent = and(eq(mails.id, id), inArray(mails.state, ['sending', 'sent', 'unknown']));
	await markUndelivered(tx, MAILS, wasSent, { state: 'failed', reason });
}
