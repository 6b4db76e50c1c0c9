import { queueMail } from '#lib/server/channels/mail-queue.ts';
import { transaction, type Tx } from '#lib/server/db/index.ts';
import { Invalid } from '#lib/server/errors.ts';
import { mailObstacle } from '#lib/server/people/access/apply.ts';
import { requestAccessChange } from '#lib/server/people/access/changes.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { aboutAccount, accountForAdmin } from '#lib/server/people/administration.ts';
import { recordChange } from '#lib/server/people/audit.ts';
import type { PasswordLink } from '#lib/server/people/sign-in/credentials.ts';
import { passwordMail } from './password-reset.ts';

/**
 * Sends the link to set a password to the account's own address. If the account opens cases or soon will, the link is
 * only requested, as by `createPasswordLink`.
 * @returns whether it waits for a supervisor
 * @throws NotFound if the actor does not administer the account · Invalid `access_no_mail`
 */
export async function mailPasswordLink(actor: Actor, accountId: string): Promise<boolean> {
	return transaction(async (tx) => {
		const { email } = await accountForAdmin(tx, actor, accountId, 'administered');
		const obstacle = await mailObstacle(tx, { accountId, data: { address: email } });
		if (obstacle) throw new Invalid([{ path: '', code: obstacle }]);
		return (await invite(tx, actor, accountId, 'mail')) === 'waiting';
	});
}

/** @returns the link to print, if there is one */
async function invite(
	tx: Tx,
	actor: Actor,
	accountId: string,
	way: 'mail' | 'print'
): Promise<'waiting' | PasswordLink | undefined> {
	const { name, email } = await accountForAdmin(tx, actor, accountId, 'administered');
	const result = await requestAccessChange(tx, actor, { kind: 'password_link', accountId }, way);
	if (result === 'waiting' || way === 'print' || !email) return result === 'waiting' ? result : result.link;
	const to = { accountId, address: email };
	await queueMail(tx, { kind: 'invitation', onceKey: crypto.randomUUID(), to, ...passwordMail(name, 24) });
	await recordChange(tx, actor, { ...(await aboutAccount(tx, accountId)), action: 'password_link.mailed' });
	return undefined;
}
