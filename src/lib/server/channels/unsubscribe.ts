import { and, eq, isNull } from 'drizzle-orm';
import { z } from 'zod';
import { maskedAddress } from './mail-address.ts';
import { stopPath } from './site-address.ts';
import { mailServer } from './mail-queue.ts';
import { lockCase, type CaseRow } from '#lib/server/cases/find.ts';
import {
	reporterMailState,
	stopHashOf,
	stopToken,
	type ReporterMailState,
	markAddressRefused,
	setMailStopped
} from '#lib/server/cases/mail-preference.ts';
import { openReporter } from '#lib/server/cases/reporter.ts';
import { m } from '#lib/paraglide/messages.js';
import { getLocale } from '#lib/paraglide/runtime.js';
import { checked } from '#lib/server/checked.ts';
import { now } from '#lib/server/clock.ts';
import { db, oneRow, transaction, type Database, type Tx } from '#lib/server/db/index.ts';
import { mails, mailStops, reporterMail } from '#lib/server/db/schema/mails.ts';
import { recordConsents } from '#lib/server/people/consents.ts';

/** A reporter's choice: stop the e-mails about this case alone, stop all, or stop none. */
const wishSchema = z.object({ wish: z.enum(['case', 'all', 'none']).optional() });

/** The choices as the page words them, which is what the consent was given or withdrawn by. */
const WORDS = {
	case: m.letters_stop_choose_case,
	all: m.letters_stop_choose_all,
	none: m.letters_stop_choose_none
};

/** The e-mails that are stopped. */
type Stopped = 'none' | 'case' | 'all';

async function rowOf(on: Database | Tx, token: string) {
	return on
		.select()
		.from(reporterMail)
		.where(eq(reporterMail.stopHash, stopHashOf(token)))
		.then(oneRow);
}

interface ReporterMails {
	state: ReporterMailState;
	/** The masked address (`maskedAddress`). */
	address: string;
	/** Path of the page that stops the e-mails. */
	stop: string;
}

/** E-mails about a case, for its reporter. null if the reporter gave no address or the site sends no e-mail. */
export async function reporterMails(row: CaseRow): Promise<ReporterMails | null> {
	const state = mailServer() ? await reporterMailState(row) : null;
	const address = state && (await openReporter(row.reporterSealed))?.email;
	return address ? { state, address: maskedAddress(address), stop: stopPath(stopToken(row.id)) } : null;
}

/** The stopped e-mails of an unsubscribe link. Reveals nothing about the case. @throws NotFound */
export async function stoppedMails(token: string): Promise<Stopped> {
	const row = await rowOf(db(), token);
	const [all] = await db().select().from(mailStops).where(eq(mailStops.addressHash, row.addressHash));
	if (all) return 'all';
	return row.stoppedAt ? 'case' : 'none';
}

/**
 * Stops e-mails, or allows them again. Without `wish` (the button of a mail program, RFC 8058) the e-mails of the case
 * are stopped, and nothing is allowed again. Waiting e-mails of the case are withdrawn immediately, those of other
 * cases when they are due to be sent. Safe to repeat.
 *
 * @throws NotFound if no link has this token
 */
export async function stopOrAllowMails(token: string, raw: unknown): Promise<Stopped> {
	const { wish: chosen } = checked(wishSchema, raw);
	const wish = chosen ?? 'case';
	await transaction(async (tx) => {
		const { caseId, addressHash } = await rowOf(tx, token);
		const before = await stoppedOfAddress(tx, addressHash);
		if (wish === 'all') await tx.insert(mailStops).values({ addressHash, at: now() }).onConflictDoNothing();
		else if (chosen) await tx.delete(mailStops).where(eq(mailStops.addressHash, addressHash));
		await setMailStopped(tx, caseId, wish !== 'none');
		if (wish !== 'none') await withdrawWaiting(tx, caseId);
		const after = await stoppedOfAddress(tx, addressHash);
		const changed = [...after].filter(([id, stopped]) => before.get(id) !== stopped);
		const asked = { words: WORDS[wish](), language: getLocale(), recordedBy: null };
		await recordConsents(
			tx,
			changed.map(([id, stopped]) => ({ caseId: id, kind: 'reporter_mail', given: !stopped, ...asked }))
		);
	});
	return stoppedMails(token);
}

/** Whether e-mails are stopped, for each case with an address. */
async function stoppedOfAddress(tx: Tx, addressHash: string): Promise<Map<number, boolean>> {
	const rows = await tx
		.select({ caseId: reporterMail.caseId, stoppedAt: reporterMail.stoppedAt, all: mailStops.at })
		.from(reporterMail)
		.leftJoin(mailStops, eq(mailStops.addressHash, reporterMail.addressHash))
		.where(eq(reporterMail.addressHash, addressHash));
	return new Map(rows.map(({ caseId, stoppedAt, all }) => [caseId, stoppedAt !== null || all !== null]));
}

/** Stops e-mails to an address that the mail server does not know. The lost e-mail has its own timeline entry. */
export async function noteRefusedAddress(tx: Tx, caseId: number): Promise<void> {
	await lockCase(tx, caseId);
	if (await markAddressRefused(tx, caseId)) await withdrawWaiting(tx, caseId);
}

/** Withdraws the waiting e-mails to a case's reporter, except those that a worker has claimed. */
async function withdrawWaiting(tx: Tx, caseId: number): Promise<void> {
	await tx
		.update(mails)
		.set({ state: 'withdrawn', nextAttemptAt: null })
		.where(
			and(eq(mails.caseId, caseId), eq(mails.kind, 'reporter'), eq(mails.state, 'waiting'), isNull(mails.leaseUntil))
		);
}
