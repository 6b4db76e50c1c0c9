import { desc, eq } from 'drizzle-orm';
import { deliverMail } from '#lib/server/channels/mail-delivery.ts';
import { db } from '#lib/server/db/index.ts';
import { reporterMail, mails } from '#lib/server/db/schema/mails.ts';
import { timeline } from '#lib/server/db/schema/cases.ts';
import type { DemoRun } from './open-story.ts';
import { atMinute } from './past-days.ts';
import { env, overrideEnv } from '#lib/server/env.ts';
import { startMailCatcher, type Verdict } from '#lib/dev/mail-catcher.ts';
import { writeToReporters } from '#lib/server/reporters/write-to-reporters.ts';

/** The server's verdict on each of the newest e-mails, so that the outbox has e-mails that need a decision. */
const VERDICTS: readonly Verdict[] = [
	undefined,
	{ code: 550, text: '5.1.1 User unknown' },
	'drop',
	{ code: 450, text: '4.2.0 Greylisted, try again later' },
	undefined,
	undefined
];

/** Sends yesterday's e-mails to the reporters of the newest reports, with the verdicts in `VERDICTS`. */
export async function sendEmails({ days, setClock }: DemoRun): Promise<void> {
	let currentVerdict: Verdict;
	// The connection is dropped only after the content, so that the e-mail may have arrived.
	const verdict = (stage: 'recipient' | 'content'): Verdict =>
		stage === 'recipient' && currentVerdict === 'drop' ? undefined : currentVerdict;
	const server = await startMailCatcher({ port: 0, file: null, verdict });
	const { SMTP_URL, MAIL_FROM } = env();
	overrideEnv({ SMTP_URL: server.url, MAIL_FROM: 'SPATULA <spatula@contoh.invalid>' });
	try {
		setClock(atMinute(days.workingDay(1), 16 * 60 + 30));
		const newest = await db()
			.select({ caseId: reporterMail.caseId })
			.from(reporterMail)
			.orderBy(desc(reporterMail.caseId))
			.limit(VERDICTS.length);
		for (const [index, { caseId }] of newest.entries()) {
			currentVerdict = VERDICTS[index];
			await writeToReporters(await entriesOf(caseId));
			for (const { id } of await emailsTo(caseId)) await deliverMail(id, 1);
		}
	} finally {
		overrideEnv({ SMTP_URL, MAIL_FROM });
		await server.close();
	}
}

const entriesOf = (caseId: number) => db().select().from(timeline).where(eq(timeline.caseId, caseId));

const emailsTo = (caseId: number) => db().select({ id: mails.id }).from(mails).where(eq(mails.caseId, caseId));
