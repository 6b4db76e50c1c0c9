import { and, eq, inArray, isNull } from 'drizzle-orm';
import { z } from 'zod';
import { outboxLetter } from './mail-outbox.ts';
import { MAIL_JOB_MS } from './mail-queue.ts';
import { checked } from '#lib/server/checked.ts';
import { now } from '#lib/server/clock.ts';
import { transaction } from '#lib/server/db/index.ts';
import { reporterMail, mails } from '#lib/server/db/schema/mails.ts';
import { Conflict, NotFound } from '#lib/server/errors.ts';
import { enqueue } from '#lib/server/jobs/queue.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { recordChange } from '#lib/server/people/audit.ts';

const decisionSchema = z.object({ decision: z.enum(['again', 'leave'], { error: 'mail_decision' }) });

/**
 * Records a person's decision about an e-mail that failed or may have arrived: send it again, with two more days of retries, or
 * leave it. Each e-mail is decided once.
 *
 * @throws NotFound if the e-mail is not the actor's · Conflict if it was already decided
 */
export async function decideMail(actor: Actor, id: string, raw: unknown): Promise<void> {
	const { decision } = checked(decisionSchema, raw);
	const letter = await outboxLetter(actor, id);
	if (!letter) throw new NotFound(`letter ${id}`);
	const left = { decidedBy: actor.accountId, decidedAt: now() };
	const due = new Date(now().getTime() + MAIL_JOB_MS);
	// If it fails again, another decision is needed.
	const again = { state: 'waiting', waitsFrom: now(), nextAttemptAt: due, leaseUntil: null };
	await transaction(async (tx) => {
		const [row] = await tx
			.update(mails)
			.set(decision === 'again' ? again : left)
			.where(and(eq(mails.id, id), inArray(mails.state, ['failed', 'unknown']), isNull(mails.decidedAt)))
			.returning();
		if (!row) throw new Conflict('stale');
		if (decision === 'again') {
			// Sending it again means that the server was wrong about the address.
			if (row.caseId !== null && row.kind === 'reporter')
				await tx.update(reporterMail).set({ refusedAt: null }).where(eq(reporterMail.caseId, row.caseId));
			await enqueue(tx, 'mail-deliver', { mailId: id, attempt: row.attempts + 1 });
		}
		const action = decision === 'again' ? 'mail.sent_again' : 'mail.left';
		await recordChange(tx, actor, { unitId: letter.unitId, action, subject: letter.subject });
	});
}
