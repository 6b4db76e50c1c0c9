import { z } from 'zod';
import { mailServer, queueMail } from '#lib/server/channels/mail-queue.ts';
import { checked } from '#lib/server/checked.ts';
import { transaction, type Tx } from '#lib/server/db/index.ts';
import { invalid } from '#lib/server/errors.ts';
import { mailObstacle } from '#lib/server/people/access/apply.ts';
import { needsApproval } from '#lib/server/people/access/case-access.ts';
import { requestAccessChange } from '#lib/server/people/access/changes.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { aboutAccount, accountForAdmin, type AccountRow } from '#lib/server/people/administration.ts';
import { recordChange } from '#lib/server/people/audit.ts';
import { listPeople } from '#lib/server/people/directory.ts';
import type { PasswordLink } from '#lib/server/people/sign-in/credentials.ts';
import { openPasswordLinks } from '#lib/server/people/sign-in/password-links.ts';
import { passwordMail } from './password-reset.ts';

/**
 * Sends the link to set a password to the account's own address. If the account has access to cases or soon will, the
 * link is only requested, as by `createPasswordLink`.
 * @returns whether it waits for a supervisor
 * @throws NotFound if the actor does not administer the account · Invalid `access_no_mail`, `access_address_waits`
 */
export async function mailPasswordLink(actor: Actor, accountId: string): Promise<boolean> {
	return transaction(async (tx) => {
		const account = await accountForAdmin(tx, actor, accountId, 'administered');
		const obstacle = await mailObstacle(tx, { accountId, data: { address: account.email } });
		if (obstacle) throw invalid('', obstacle);
		return (await invite(tx, actor, account, 'mail')) === 'waiting';
	});
}

/** @returns the link to print, if there is one */
async function invite(
	tx: Tx,
	actor: Actor,
	{ id: accountId, name, username, email }: AccountRow,
	way: 'mail' | 'print'
): Promise<'waiting' | PasswordLink | undefined> {
	const result = await requestAccessChange(tx, actor, { kind: 'password_link', accountId }, way);
	if (result === 'waiting' || way === 'print' || !email) return result === 'waiting' ? result : result.link;
	const to = { accountId, address: email };
	await queueMail(tx, {
		kind: 'invitation',
		onceKey: crypto.randomUUID(),
		to,
		...passwordMail({ name, username }, 24)
	});
	await recordChange(tx, actor, { ...(await aboutAccount(tx, accountId)), action: 'password_link.mailed' });
	return undefined;
}

const allToInvite = async (actor: Actor) => (await listPeople(actor)).filter(({ toInvite }) => toInvite);

const wayTo = (email: string | null): 'mail' | 'print' => (mailServer() && email ? 'mail' : 'print');

/**
 * The administrator's accounts that have no password yet, by name, and how an invitation reaches each of them now.
 * `request`: a supervisor decides, because the account has access to cases or soon will.
 * `linkUntil`: until then a link works that was printed or sent before.
 */
export async function peopleToInvite(actor: Actor) {
	const links = await openPasswordLinks();
	return Promise.all(
		(await allToInvite(actor)).map(async ({ id, name, username, email }) => ({
			id,
			name,
			username,
			email,
			way: (await needsApproval(actor, id)) ? ('request' as const) : wayTo(email),
			linkUntil: links.get(id) ?? null
		}))
	);
}

const invitationSchema = z.object({ accounts: z.array(z.uuid(), { error: 'invite_none' }).min(1, 'invite_none') });

/**
 * Invites the chosen accounts that have no password yet, all or none of them: by e-mail, if the site sends e-mails and
 * the account has an address, else by a letter. For an account that has access to cases or soon will, the link is
 * requested.
 * @returns the links of the letters, which are not stored, and the number of e-mails and of requests
 * @throws Invalid `invite_none`
 */
export async function invitePeople(actor: Actor, raw: unknown) {
	const { accounts: chosen } = checked(invitationSchema, raw);
	const people = (await allToInvite(actor)).filter(({ id }) => chosen.includes(id));
	return transaction(async (tx) => {
		const letters: (PasswordLink & { name: string; username: string })[] = [];
		let [mailed, waiting] = [0, 0];
		for (const { id, name, username } of people) {
			const account = await accountForAdmin(tx, actor, id, 'administered');
			const result = await invite(tx, actor, account, wayTo(account.email));
			if (result === 'waiting') waiting += 1;
			else if (result) letters.push({ name, username, ...result });
			else mailed += 1;
		}
		return { letters, mailed, waiting };
	});
}
