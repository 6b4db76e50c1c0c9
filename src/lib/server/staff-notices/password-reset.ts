import { and, asc, eq, isNotNull, or, sql } from 'drizzle-orm';
import { mailServer, queueMail } from '#lib/server/channels/mail-queue.ts';
import { ACCOUNT_LINK } from '#lib/server/channels/placeholders.ts';
import { notify } from '#lib/server/channels/notices.ts';
import { db, transaction } from '#lib/server/db/index.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { enqueue } from '#lib/server/jobs/queue.ts';
import { keyedHex } from '#lib/server/keys.ts';
import { invalid } from '#lib/server/errors.ts';
import { isAddressUnproven } from '#lib/server/people/access/case-access.ts';
import { aboutAccount } from '#lib/server/people/administration.ts';
import { recordChange } from '#lib/server/people/audit.ts';
import { BUDGETS, consume, consumeAll, deviceKey } from '#lib/server/rate-limits.ts';
import type { Device } from '#lib/server/people/sign-in/known-devices.ts';
import { SIGN_IN_PAGE } from './account-notices.ts';

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
 * @param device a browser on which somebody has signed in is counted by itself, so that strangers at the same address
 * do not use up its requests
 */
export async function requestPasswordReset(login: string, address: string, device?: Device): Promise<void> {
	const name = login.trim().toLowerCase().slice(0, LONGEST_LOGIN);
	const allowed = await consumeAll([
		['reset_account', keyedHex('address', `reset ${name}`)],
		['reset_address', device?.marks.length ? deviceKey(device.id) : address]
	]);
	if (!allowed || !resetsByMail()) return;
	await transaction((tx) => enqueue(tx, 'password-reset', { login: name }));
}

/**
 * Writes the e-mail with the link to the stored address of an active account, and tells the account. Two kinds of
 * accounts are left out: one that never had a password, because a new link would invalidate the one that its owner was
 * given, and one with access to cases whose address only an administrator entered.
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
		.orderBy(asc(accounts.username))
		.limit(MAX_ACCOUNTS);
	for (const account of found) {
		const { id, email } = account;
		if (!email || (await isAddressUnproven(db(), account))) continue;
		const occasion = crypto.randomUUID();
		const mail = { to: { accountId: id, address: email }, onceKey: occasion, ...passwordMail(account, 1) };
		await transaction(async (tx) => {
			await queueMail(tx, { kind: 'password_reset', ...mail });
			await recordChange(tx, null, { ...(await aboutAccount(tx, id)), action: 'password_link.reset_mailed' });
			// Without an e-mail, because the link itself is one.
			await notify(tx, [id], { kind: 'password_reset', occasion, page: SIGN_IN_PAGE, deskOnly: true });
		});
	}
}

/**
 * @param hours how long the link is valid, as in `mail-delivery.ts`: one hour if the owner asked for it
 * @param byRole whether a new role ended the account's former password
 */
export function passwordMail(
	{ name, username }: { name: string; username: string },
	hours: 1 | 24,
	byRole = false
): { subject: string; body: string } {
	const unexpected = hours === 1 ? 'abaikan e-mail ini: kata sandi lama tetap berlaku.' : 'beri tahu penyelia Anda.';
	const reason = byRole
		? 'Anda mendapat peran baru yang disetujui penyelia atau berlaku setelah 24 jam. Karena itu, kata sandi lama Anda, bila ada, tidak berlaku lagi. '
		: '';
	const reasonEn = byRole ? 'because of your new role your former password, if any, no longer works; ' : '';
	return {
		subject: 'Tautan untuk membuat kata sandi SPATULA',
		body: `Yth. ${name},

${reason}Buat kata sandi Anda di SPATULA, situs kantor untuk pengaduan, saran, dan penilaian layanan, melalui tautan ini. Nama pengguna Anda: ${username}
Tautan berlaku sekali, selama ${hours} jam:

${ACCOUNT_LINK}

Jangan teruskan e-mail ini kepada siapa pun. Jika Anda tidak menunggu tautan ini, ${unexpected}

--
E-mail ini dibuat otomatis dan tidak perlu dibalas.
In English: ${reasonEn}follow the link to set the password of your account ${username}. It works once, within ${hours} h. Do not forward this message.
`
	};
}

/**
 * Sends the owner of an account a link to confirm its e-mail address, so that a forgotten password can be reset there.
 * Does nothing if the site sends no e-mails or the account has no address.
 * @throws Invalid `email_proof_often` above the limit of links for the account
 */
export async function mailEmailProof(accountId: string): Promise<void> {
	const [account] = await db().select().from(accounts).where(eq(accounts.id, accountId));
	if (!account?.email || !resetsByMail()) return;
	if (!(await consume('reset_account', keyedHex('address', `proof ${accountId}`))))
		throw invalid('', 'email_proof_often', { max: BUDGETS.reset_account.points });
	const { name, email } = account;
	const mail = {
		onceKey: crypto.randomUUID(),
		to: { accountId, address: email },
		subject: 'Konfirmasi alamat e-mail akun SPATULA',
		body: `Yth. ${name},

Buka tautan ini di browser tempat Anda masuk, lalu tekan Konfirmasi. Tautan berlaku sampai besok:

${ACCOUNT_LINK}

Jika Anda tidak meminta tautan ini, abaikan e-mail ini.

--
E-mail ini dibuat otomatis dan tidak perlu dibalas.
In English: follow the link while signed in, and confirm your e-mail address. It is valid until tomorrow.
`
	};
	await transaction(async (tx) => {
		await queueMail(tx, { kind: 'email_proof', ...mail });
		const about = await aboutAccount(tx, accountId);
		await recordChange(tx, { accountId }, { ...about, action: 'account.email_proof_mailed' });
	});
}
