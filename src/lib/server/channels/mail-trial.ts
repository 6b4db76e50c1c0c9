import { and, desc, eq } from 'drizzle-orm';
import { formatDateTime } from '#lib/calendar/format.ts';
import { mailServer, queueMail } from './mail-queue.ts';
import { siteAddress } from './site-address.ts';
import { now } from '#lib/server/clock.ts';
import { db, transaction } from '#lib/server/db/index.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { mails } from '#lib/server/db/schema/mails.ts';
import { Invalid } from '#lib/server/errors.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { firstZone } from '#lib/server/people/units/first-zone.ts';

/** Sender address, and the newest test e-mail of the person, if any. */
export async function mailTrial({ accountId }: Actor) {
	const [account] = accountId
		? await db().select({ email: accounts.email }).from(accounts).where(eq(accounts.id, accountId))
		: [];
	const [last] = accountId
		? await db()
				.select({ state: mails.state, createdAt: mails.createdAt, reason: mails.reason })
				.from(mails)
				.where(and(eq(mails.accountId, accountId), eq(mails.kind, 'trial')))
				.orderBy(desc(mails.createdAt))
				.limit(1)
		: [];
	return { from: mailServer()?.from ?? null, address: account?.email ?? null, last: last ?? null };
}

/**
 * Sends a test e-mail to the person's own address through the outbox, at most once a minute.
 *
 * @throws Invalid if there is no mail server or no address to send it to
 */
export async function sendTrial(actor: Actor): Promise<void> {
	const { from, address } = await mailTrial(actor);
	const { accountId } = actor;
	if (!from) throw new Invalid([{ path: '', code: 'mail_no_server' }]);
	if (!accountId || !address) throw new Invalid([{ path: '', code: 'mail_no_address' }]);
	const at = formatDateTime(now(), await firstZone(), 'id');
	await transaction((tx) =>
		queueMail(tx, {
			kind: 'trial',
			onceKey: now().toISOString().slice(0, 16),
			to: { accountId, address },
			subject: 'E-mail percobaan SPATULA',
			body: `Yth. ${actor.name},

E-mail ini menunjukkan bahwa situs SPATULA dapat mengirim e-mail. Dikirim atas permintaan Anda pada ${at}.

${siteAddress()}/admin/mail

--
In English: this is the trial letter you asked for; the site can send mail.
`
		})
	);
}
