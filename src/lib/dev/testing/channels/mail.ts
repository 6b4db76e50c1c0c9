import { eq, sql } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { deliverMail } from '#lib/server/channels/mail-delivery.ts';
import { db, rowsOf } from '#lib/server/db/index.ts';
import { mails } from '#lib/server/db/schema/mails.ts';
import { overrideEnv } from '#lib/server/env.ts';
import { startMailCatcher, type CatcherOptions, type CaughtEmail, type MailCatcher } from '#lib/dev/mail-catcher.ts';
import { freePort } from '../network/free-port.ts';

type Judge = NonNullable<CatcherOptions['verdict']>;

/** Starts a mail server for the tests of a file and sets this process to use it. In each test it first accepts everything. */
export function useMailServer() {
	let catcher: MailCatcher | undefined;
	let judge: Judge | undefined;
	let seen = 0;
	const url = () => catcher?.url ?? '';
	const start = async (port?: number) => {
		const verdict: Judge = (stage, address) => judge?.(stage, address);
		catcher = await startMailCatcher({ port: port ?? (await freePort()), file: null, verdict });
	};
	beforeAll(() => start());
	beforeEach(() => {
		judge = undefined;
		seen = catcher?.emails().length ?? 0;
		overrideEnv({ SMTP_URL: url(), MAIL_FROM: 'SPATULA <spatula@contoh.invalid>' });
	});
	afterEach(async () => {
		await db().delete(mails);
	});
	afterAll(async () => {
		await catcher?.close();
	});
	return {
		/** The e-mails that arrived in this test. */
		emails: (): readonly CaughtEmail[] => catcher?.emails().slice(seen) ?? [],
		judge: (next: Judge | undefined) => (judge = next),
		/** Stops the server. The returned function starts it again at the same address. */
		goDown: async () => {
			const port = Number(new URL(url()).port);
			await catcher?.close();
			return async () => {
				seen = 0;
				await start(port);
			};
		}
	};
}

/** The present row of an e-mail. */
export async function mailRow(id: string) {
	const [row] = await db().select().from(mails).where(eq(mails.id, id));
	if (!row) throw new Error(`no e-mail ${id}`);
	return row;
}

/** Runs and deletes the jobs of an e-mail, as a worker would. @returns the number of jobs */
export async function runMailJobs(id: string): Promise<number> {
	const jobs = await rowsOf<{ attempt: number }>(
		db(),
		sql`delete from pgboss.job where name = 'mail-deliver' and data ->> 'id' = ${id}
			returning (data ->> 'attempt')::int as attempt`
	);
	for (const { attempt } of jobs) await deliverMail(id, attempt);
	return jobs.length;
}
