import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { withdrawWaiting } from './mail-refused.ts';
import { stopPath } from './site-address.ts';
import { mailServer } from './mail-queue.ts';
import { reporterMailState, stopHashOf, stopToken, type ReporterMailState } from '#lib/server/cases/reporter-mail.ts';
import { checked } from '#lib/server/checked.ts';
import { now } from '#lib/server/clock.ts';
import { db, transaction, type Database, type Tx } from '#lib/server/db/index.ts';
import { mailStops, reporterMail } from '#lib/server/db/schema/mails.ts';
import { NotFound } from '#lib/server/errors.ts';

/** Choice of a reporter: no e-mails about this case, none at all, or all again. */
const wishSchema = z.object({ wish: z.enum(['case', 'all', 'none']).default('case') });

/** Which e-mails are stopped. */
export type Stopped = 'none' | 'case' | 'all';

async function rowOf(on: Database | Tx, token: string) {
	const [row] = await on
		.select()
		.from(reporterMail)
		.where(eq(reporterMail.stopHash, stopHashOf(token)));
	if (!row) throw new NotFound('no letters hang on this link');
	return row;
}

/**
 * How letters stand for whoever proved the receipt of the case, and by which link they are stopped; null if none are written
 * because no address was given, or the site sends no mail.
 */
export async function reporterLetters(caseId: number): Promise<{ state: ReporterMailState; stop: string } | null> {
	const state = mailServer() ? await reporterMailState(caseId) : null;
	return state && { state, stop: stopPath(stopToken(caseId)) };
}

/** State of the e-mails behind an unsubscribe link. Reveals nothing about the case. @throws NotFound */
export async function stoppedBy(token: string): Promise<Stopped> {
	const row = await rowOf(db(), token);
	const [all] = await db().select().from(mailStops).where(eq(mailStops.addressHash, row.addressHash));
	if (all) return 'all';
	return row.stoppedAt ? 'case' : 'none';
}

/**
 * Stops e-mails, or allows them again: `wish` is what is to be stopped. Without one (a mail program's own
 * button, RFC 8058) those of the case. What waits of the case is taken back; of others it is when it would leave. Doing it twice does it once.
 *
 * @throws NotFound if the link is none of ours
 */
export async function stopLetters(token: string, raw: unknown): Promise<Stopped> {
	const { wish } = checked(wishSchema, raw);
	await transaction(async (tx) => {
		const { caseId, addressHash } = await rowOf(tx, token);
		if (wish === 'none') await tx.delete(mailStops).where(eq(mailStops.addressHash, addressHash));
		if (wish === 'all') await tx.insert(mailStops).values({ addressHash, at: now() }).onConflictDoNothing();
		await tx
			.update(reporterMail)
			.set({ stoppedAt: wish === 'none' ? null : now() })
			.where(eq(reporterMail.caseId, caseId));
		if (wish === 'none') return;
		await withdrawWaiting(tx, caseId);
	});
	return wish;
}
