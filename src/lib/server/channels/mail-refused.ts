import { and, eq, isNull } from 'drizzle-orm';
import { lockCase } from '#lib/server/cases/find.ts';
import { recordEvent } from '#lib/server/cases/timeline.ts';
import { now } from '#lib/server/clock.ts';
import type { Tx } from '#lib/server/db/index.ts';
import { mails, reporterMail } from '#lib/server/db/schema/mails.ts';

/**
 * Handles an address the mail server does not know: one timeline entry tells staff that e-mails do not arrive, without the
 * address, and no more are written to it.
 */
export async function noteRefusedAddress(tx: Tx, caseId: number): Promise<void> {
	const { row } = await lockCase(tx, caseId);
	const [marked] = await tx
		.update(reporterMail)
		.set({ refusedAt: now() })
		.where(and(eq(reporterMail.caseId, caseId), isNull(reporterMail.refusedAt)))
		.returning({ caseId: reporterMail.caseId });
	if (!marked) return;
	await withdrawWaiting(tx, caseId);
	await recordEvent(tx, row, { type: 'mail_refused', author: 'system', public: false });
}

/** Withdraws the e-mails to a case's reporter that no worker is sending. */
export async function withdrawWaiting(tx: Tx, caseId: number): Promise<void> {
	await tx
		.update(mails)
		.set({ state: 'withdrawn', nextAttemptAt: null })
		.where(
			and(eq(mails.caseId, caseId), eq(mails.kind, 'reporter'), eq(mails.state, 'waiting'), isNull(mails.leaseUntil))
		);
}
