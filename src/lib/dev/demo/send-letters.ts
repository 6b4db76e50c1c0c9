import { desc, eq } from 'drizzle-orm';
import { deliverMail } from '#lib/server/channels/mail-delivery.ts';
import { db } from '#lib/server/db/index.ts';
import { reporterMail, mails } from '#lib/server/db/schema/mails.ts';
import { timeline } from '#lib/server/db/schema/cases.ts';
import type { Company } from './open-story.ts';
import { atMinute } from './past-days.ts';
import { env, overrideEnv } from '#lib/server/env.ts';
import { startMailCatcher, type Verdict } from '#lib/dev/mail-catcher.ts';
import { writeToReporters } from '#lib/server/reporters/events.ts';

/** What becomes of the newest letters, one after the other: an outbox in which something is to be decided. */
const ENDS: readonly Verdict[] = [
	undefined,
	{ code: 550, text: '5.1.1 User unknown' },
	'drop',
	{ code: 450, text: '4.2.0 Greylisted, try again later' },
	undefined,
	undefined
];

/** Yesterday's letters to reporters of the newest reports, by a mail server that does what mail servers do. */
export async function sendLetters({ days, setClock }: Company): Promise<void> {
	let end: Verdict;
	// What is dropped was read to its end first: the letter may have arrived.
	const verdict = (stage: 'recipient' | 'content'): Verdict =>
		stage === 'recipient' && end === 'drop' ? undefined : end;
	const server = await startMailCatcher({ port: 0, file: null, verdict });
	const { SMTP_URL, MAIL_FROM } = env();
	overrideEnv({ SMTP_URL: server.url, MAIL_FROM: 'SPATULA <spatula@contoh.invalid>' });
	try {
		setClock(atMinute(days.workingDay(1), 16 * 60 + 30));
		const newest = await db()
			.select({ caseId: reporterMail.caseId })
			.from(reporterMail)
			.orderBy(desc(reporterMail.caseId))
			.limit(ENDS.length);
		for (const [index, { caseId }] of newest.entries()) {
			end = ENDS[index];
			await writeToReporters(await storyOf(caseId));
			for (const { id } of await lettersTo(caseId)) await deliverMail(id, 1);
		}
	} finally {
		overrideEnv({ SMTP_URL, MAIL_FROM });
		await server.close();
	}
}

const storyOf = (caseId: number) =>
	db().select({ caseId: timeline.caseId, seq: timeline.seq }).from(timeline).where(eq(timeline.caseId, caseId));

const lettersTo = (caseId: number) => db().select({ id: mails.id }).from(mails).where(eq(mails.caseId, caseId));
