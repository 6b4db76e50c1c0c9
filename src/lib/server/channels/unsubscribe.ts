import { and, eq, isNull } from 'drizzle-orm';
import { z } from 'zod';
import { maskedAddress } from './mail-address.ts';
import { stopPath } from './site-address.ts';
import { mailServer } from './mail-queue.ts';
import { lockCase, type CaseRow } from '#lib/server/cases/find.ts';
import {
	mailStopToken,
	markAddressRefused,
	setMailStopped,
	stopHashOf,
	trackedMails,
	type ReporterMailState
} from '#lib/server/cases/mail-preference.ts';
import { decryptReporter } from '#lib/server/cases/reporter.ts';
import { m } from '#lib/paraglide/messages.js';
import { getLocale } from '#lib/paraglide/runtime.js';
import { checked } from '#lib/server/checked.ts';
import { now } from '#lib/server/clock.ts';
import { db, oneRow, transaction, type Database, type Tx } from '#lib/server/db/index.ts';
import { mails, mailStops, reporterMail } from '#lib/server/db/schema/mails.ts';
import { sameSecret } from '#lib/server/keys.ts';
import { recordConsents } from '#lib/server/people/consents.ts';

/** The e-mails that are stopped: none, those about one case, or all to the address. */
type Stopped = 'none' | 'case' | 'all';

/** What a link may choose. Only a link that an e-mail took to the address may stop all e-mails, or allow them again. */
const WISHES = { email: ['case', 'all', 'none'], tracking: ['case', 'none'] } as const;
const wishSchema = (by: keyof typeof WISHES) => z.object({ wish: z.enum(WISHES[by]).optional() });

/** The choices as the page words them, which is what the consent was given or withdrawn by. */
const WORDS = {
	case: m.mail_stop_choose_case,
	all: m.mail_stop_choose_all,
	none: m.mail_stop_choose_none
};

/** The e-mail preference that a link is about, and where the link was. @throws NotFound */
async function linkedMail(on: Database | Tx, token: string, locked = false) {
	const found = on
		.select()
		.from(reporterMail)
		.where(eq(reporterMail.stopHash, stopHashOf(token)));
	const row = oneRow(await (locked ? found.for('update') : found));
	return { ...row, by: sameSecret(token, mailStopToken(row)) ? ('email' as const) : ('tracking' as const) };
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
	const tracked = mailServer() ? await trackedMails(row) : null;
	const address = tracked && (await decryptReporter(row.reporterSealed))?.email;
	return address ? { state: tracked.state, address: maskedAddress(address), stop: stopPath(tracked.stopToken) } : null;
}

/** The stopped e-mails of an unsubscribe link. Reveals nothing about the case. @throws NotFound */
export async function stoppedMails(token: string): Promise<{ stopped: Stopped; mayStopAll: boolean }> {
	const link = await linkedMail(db(), token);
	return { stopped: await stoppedBy(db(), link), mayStopAll: link.by === 'email' };
}

type Link = Awaited<ReturnType<typeof linkedMail>>;

async function stoppedBy(on: Database | Tx, { by, addressHash, stoppedAt }: Link): Promise<Stopped> {
	if (by === 'email' && (await on.$count(mailStops, eq(mailStops.addressHash, addressHash))) > 0) return 'all';
	return stoppedAt ? 'case' : 'none';
}

/**
 * Stops e-mails, or allows them again. Without `wish` (the button of a mail program, RFC 8058) the e-mails of the case
 * are stopped, and nothing is allowed again. Waiting e-mails of the case are withdrawn immediately, those of other
 * cases when they are due to be sent. Safe to repeat. What a link in an e-mail stopped, only such a link allows again.
 * Records the consent of the case of the link only: the owner of the address may not be the reporter of the others.
 *
 * @throws NotFound if no link has this token
 */
export async function stopOrAllowMails(token: string, raw: unknown): Promise<Stopped> {
	return transaction(async (tx) => {
		// Locked, so that of two forms at once the second one finds what the first one changed.
		const link = await linkedMail(tx, token, true);
		const { caseId, addressHash, by } = link;
		const { wish: chosen } = checked(wishSchema(by), raw);
		const wish = chosen ?? 'case';
		const before = await stoppedBy(tx, link);
		if (wish === 'all') await tx.insert(mailStops).values({ addressHash, at: now() }).onConflictDoNothing();
		else if (chosen && by === 'email') await tx.delete(mailStops).where(eq(mailStops.addressHash, addressHash));
		await setMailStopped(tx, caseId, wish !== 'none', by === 'email');
		if (wish !== 'none') await withdrawWaiting(tx, caseId);
		const after = await stoppedBy(tx, await linkedMail(tx, token));
		const given = after === 'none';
		const asked = { words: WORDS[wish](), language: getLocale(), recordedBy: null };
		if (given !== (before === 'none')) await recordConsents(tx, [{ caseId, kind: 'reporter_mail', given, ...asked }]);
		return after;
	});
}

/** Stops e-mails to an address that the mail server does not know. The lost e-mail has its own timeline entry. */
export async function noteRefusedAddress(tx: Tx, caseId: number): Promise<void> {
	await lockCase(tx, caseId);
	if (await markAddressRefused(tx, caseId)) await withdrawWaiting(tx, caseId);
}

/** Withdraws the waiting e-mails to a case's reporter, except those that a worker has claimed or to a former address. */
async function withdrawWaiting(tx: Tx, caseId: number): Promise<void> {
	await tx
		.update(mails)
		.set({ state: 'withdrawn', nextAttemptAt: null })
		.where(
			and(
				eq(mails.caseId, caseId),
				eq(mails.kind, 'reporter'),
				eq(mails.state, 'waiting'),
				isNull(mails.leaseUntil),
				isNull(mails.address)
			)
		);
}
