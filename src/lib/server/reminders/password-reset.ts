import { and, eq, isNotNull, or, sql } from 'drizzle-orm';
import { mailServer, PASSWORD_LINK, queueMail } from '#lib/server/channels/mail-queue.ts';
import { db, transaction } from '#lib/server/db/index.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { enqueue } from '#lib/server/jobs/queue.ts';
import { keyedHex } from '#lib/server/keys.ts';
import { consumeAll } from '#lib/server/people/rate-limits.ts';

/** Whether forgotten passwords can be reset by e-mail. */
export const resetsByMail = (): boolean => mailServer() !== undefined;

const LONGEST_LOGIN = 200;
/** Several people can share an office's address. More are not written to. */
const MAX_ACCOUNTS = 3;

/**
 * Requests a link for a forgotten password. A job looks the account up, so the response is the same for unknown
 * accounts and takes as long. Above a limit nothing is sent, and the response is still the same.
 *
 * @param login username or e-mail address
 * @param address hash from `addressKey`
 */
export async function requestPasswordReset(login: string, address: string): Promise<void> {
	const name = login.trim().toLowerCase().slice(0, LONGEST_LOGIN);
	const allowed = await consumeAll([
		['reset_account', keyedHex('address', `reset ${name}`)],
		['reset_address', address]
	]);
	if (!allowed || !resetsByMail()) return;
	await transaction((tx) => enqueue(tx, 'password-reset', { login: name }));
}

/**
 * Writes the e-mail with the link to the stored address of an active account. An account that never had a password is
 * left out, because a new link would invalidate the one that its owner was given.
 */
export async function writePasswordReset(login: string): Promise<void> {
	const found = await db()
		.select()
		.from(accounts)
		.where(
			and(
				eq(accounts.active, true),
				isNotNull(accounts.passwordHash),
				or(eq(accounts.username, login), eq(sql`lower(${accounts.email})`, login))
			)
		)
		.limit(MAX_ACCOUNTS);
	for (const { id, name, email } of found) {
		if (!email) continue;
		const mail = { to: { accountId: id, address: email }, onceKey: crypto.randomUUID(), ...passwordMail(name, 1) };
		await transaction((tx) => queueMail(tx, { kind: 'password_reset', ...mail }));
	}
}

/** @param hours how long the link is valid, as in `mail-delivery.ts`: one hour if the owner asked for it */
export function passwordMail(name: string, hours: 1 | 24): { subject: string; body: string } {
	const unexpected = hours === 1 ? 'abaikan surat ini: kata sandi lama tetap berlaku.' : 'beri tahu penyelia Anda.';
	return {
		subject: 'Tautan untuk membuat kata sandi SPATULA',
		body: `Yth. ${name},

Buat kata sandi Anda melalui tautan ini. Tautan berlaku sekali, selama ${hours} jam:

${PASSWORD_LINK}

Jangan teruskan surat ini kepada siapa pun. Jika Anda tidak menunggu tautan ini, ${unexpected}

--
Surat ini dibuat otomatis dan tidak perlu dibalas.
In English: follow the link to set your password. It works once, within ${hours} h. Do not forward this message.
`
	};
}
