import { setTimeout } from 'node:timers/promises';
import { desc, eq, sql } from 'drizzle-orm';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { latestChange, makeGuardedOffice } from '#lib/dev/testing/access.ts';
import { statementsOf } from '#lib/dev/testing/database.ts';
import { makeSession, makeUnit, makeUser } from '#lib/dev/testing/factories.ts';
import { runMailJobs, useMailServer } from '#lib/dev/testing/channels/mail.ts';
import { noticesTo } from '#lib/dev/testing/notices.ts';
import { inHours, logOf } from '#lib/dev/testing/outcomes.ts';
import { deliverMail } from '#lib/server/channels/mail-delivery.ts';
import { queueMail } from '#lib/server/channels/mail-queue.ts';
import { db, rowsOf, transaction } from '#lib/server/db/index.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { mails } from '#lib/server/db/schema/mails.ts';
import { rateLimits } from '#lib/server/db/schema/people.ts';
import { Invalid, NotFound } from '#lib/server/errors.ts';
import { queue } from '#lib/server/jobs/queue.ts';
import { randomSecret } from '#lib/server/keys.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { decideAccessChange } from '#lib/server/people/access/changes.ts';
import { grantRole } from '#lib/server/people/grant-roles.ts';
import { changeAccount } from '#lib/server/people/accounts.ts';
import { ownEmail, proveEmail } from '#lib/server/people/sign-in/email-proof.ts';
import { markedDevice, newDevice } from '#lib/server/people/sign-in/known-devices.ts';
import { readPasswordLink, usePasswordLink } from '#lib/server/people/sign-in/password-links.ts';
import { sessionActor } from '#lib/server/people/sign-in/session.ts';
import { notifyOfSignInChange } from './account-notices.ts';
import { mailEmailProof, requestPasswordReset, writePasswordReset } from './password-reset.ts';

const server = useMailServer();

let unitId: string;
beforeAll(async () => void (unitId = (await makeUnit()).id));
beforeEach(async () => void (await db().delete(rateLimits)));

async function person(change: Partial<typeof accounts.$inferInsert> = {}) {
	const { id, username, markGeneration } = await makeUser([[unitId, 'handler']], 'kopi susu tanpa gula');
	const email = `${username}@contoh.invalid`;
	await db()
		.update(accounts)
		.set({ email, ...change })
		.where(eq(accounts.id, id));
	return { id, username, email, markGeneration };
}

const ask = (login: string) => requestPasswordReset(login, 'here');

/** Runs the waiting jobs as a worker would. @returns the links that arrived in this test, oldest first */
async function linksSent(): Promise<string[]> {
	const jobs = await rowsOf<{ login: string }>(
		db(),
		sql`delete from pgboss.job where name = 'password-reset' returning data ->> 'login' as login`
	);
	for (const { login } of jobs) await writePasswordReset(login);
	for (const { id } of await db().select({ id: mails.id }).from(mails)) await runMailJobs(id);
	return server.emails().map(({ text }) => /\/sandi\/(\S+)/.exec(text)?.[1] ?? '');
}

test('the owner gets a link that works once, for one hour, and ends the sessions', async () => {
	const { id, username, email } = await person();
	const { sessionId } = await makeSession(id);
	await ask(` ${username.toUpperCase()} `);
	await ask(email);
	const [replaced = '', link = ''] = await linksSent();
	await expect(readPasswordLink(replaced)).rejects.toThrow(NotFound);
	await inHours(1, () => expect(readPasswordLink(link)).rejects.toThrow(NotFound));
	await usePasswordLink(link, 'pelabuhan mamuju lama');
	expect(await sessionActor(sessionId)).toBeUndefined();
	await expect(usePasswordLink(link, 'pelabuhan mamuju baru')).rejects.toThrow(NotFound);
	expect(JSON.stringify(await db().select().from(mails))).not.toContain(link);
});

test('the e-mail with the link does not wait behind a morning’s digests', async () => {
	const { id, username, email } = await person();
	await db().execute(sql`delete from pgboss.job where name in ('mail-deliver', 'password-reset')`);
	const digest = { kind: 'digest' as const, onceKey: '2026-12-01', to: { accountId: id, address: email } };
	await transaction((tx) => queueMail(tx, { ...digest, subject: 'Pagi', body: 'Pagi.' }));
	await ask(username);
	await writePasswordReset(username);
	const [job] = await queue().fetch<{ id: string }>('mail-deliver');
	const [first] = await db()
		.select({ kind: mails.kind })
		.from(mails)
		.where(eq(mails.id, job?.data.id ?? ''));
	expect(first?.kind).toBe('password_reset');
	await linksSent();
	await db().delete(mails);
});

test('a request does the same work for an unknown account, and only accounts with a password and an address get a link', async () => {
	const known = await person();
	const off = await person({ active: false });
	const bare = await person({ passwordHash: null });
	const mute = await person({ email: null });
	const counts = [];
	for (const login of [known.username, 'tidak.ada', off.username, bare.username, mute.username]) {
		counts.push((await statementsOf(() => ask(login))).length);
	}
	expect(new Set(counts).size).toBe(1);
	expect(await linksSent()).toHaveLength(1);
	expect(server.emails().map(({ to }) => to)).toEqual([known.email]);
});

test('an account gets at most three e-mails an hour, and guessed links open nothing', async () => {
	const { username } = await person();
	for (let n = 0; n < 10; n++) await ask(username);
	expect(await linksSent()).toHaveLength(3);
	const guesses = Array.from({ length: 200 }, () => readPasswordLink(randomSecret()));
	for (const { status } of await Promise.allSettled(guesses)) expect(status).toBe('rejected');
});

test('requests from one address use up only its own, not those of a browser on which staff have signed in', async () => {
	const { id, username, markGeneration } = await person();
	for (let n = 0; n < 21; n++) await ask(`tidak.ada.${n}`);
	await ask(username);
	await requestPasswordReset(username, 'here', newDevice());
	expect(await linksSent()).toEqual([]);
	const device = markedDevice(newDevice(), { id, markGeneration });
	for (let n = 0; n < 20; n++) await requestPasswordReset(`tidak.ada.${n}`, 'elsewhere', device);
	await requestPasswordReset(username, 'here', markedDevice(newDevice(), { id, markGeneration }));
	expect(await linksSent()).toHaveLength(1);
	await requestPasswordReset((await person()).username, 'elsewhere', device);
	expect(await linksSent()).toHaveLength(1);
});

test('an account with access to cases gets a link only at a proven address, and is notified; others need no proof', async () => {
	const office = await makeGuardedOffice();
	const { actor, id, username } = await makeUser([[office.unit.id, 'handler']], 'kopi susu tanpa gula');
	const email = `${username}@contoh.invalid`;
	const about = eq(accounts.id, id);
	await db().update(accounts).set({ email }).where(about);
	await ask(username);
	expect(await linksSent()).toEqual([]);
	await db().update(accounts).set({ provenEmail: 'lama@contoh.invalid' }).where(about);
	await ask(username);
	expect(await linksSent()).toEqual([]);
	// A supervisor approves the address. Without a decision it would stay unproven.
	await changeAccount(office.admin, id, { name: 'Contoh', email: `baru.${email}`, active: true });
	await decideAccessChange(office.head, (await latestChange(actor)).id, { decision: 'approve' });
	await ask(username);
	const [link = ''] = await linksSent();
	expect(await noticesTo(actor)).toContain('password_reset');
	expect((await logOf(username)).map(({ action }) => action)).toContain('password_link.reset_mailed');
	await db().update(accounts).set({ provenEmail: null }).where(about);
	await usePasswordLink(link, 'pelabuhan mamuju lama');
	expect(await db().select({ proven: accounts.provenEmail }).from(accounts).where(about)).toEqual([
		{ proven: `baru.${email}` }
	]);
});

test('a link that waits for the mail server is withdrawn once the account has access to cases', async () => {
	const office = await makeGuardedOffice();
	const { actor, id, username } = await makeUser([[office.unit.id, 'admin']], 'kopi susu tanpa gula');
	const about = eq(accounts.id, id);
	await db()
		.update(accounts)
		.set({ email: `${username}@contoh.invalid` })
		.where(about);
	const written = async () => {
		await writePasswordReset(username);
		return (await db().select().from(mails).where(eq(mails.accountId, id)).orderBy(desc(mails.createdAt)))[0]?.id ?? '';
	};
	const stateOf = async (mailId: string) => {
		await deliverMail(mailId, 1);
		return (await db().select().from(mails).where(eq(mails.id, mailId)))[0]?.state;
	};
	const early = await written();
	await grantRole(office.admin, id, { unitId: office.unit.id, role: 'handler' });
	const change = await latestChange(actor);
	const link = await decideAccessChange(office.head, change.id, { decision: 'approve', link: 'print' });
	expect(await stateOf(early)).toBe('withdrawn');
	// The printed link is not replaced.
	await usePasswordLink(link?.token ?? '', 'pelabuhan mamuju lama');
	await db()
		.update(accounts)
		.set({ provenEmail: `${username}@contoh.invalid` })
		.where(about);
	const late = await written();
	await db().update(accounts).set({ provenEmail: null }).where(about);
	expect(await stateOf(late)).toBe('withdrawn');
	expect(server.emails()).toEqual([]);
});

test('a link is withdrawn if the password is ended, also while the link is being made', async () => {
	const { id, username } = await makeUser([[unitId, 'admin']], 'kopi susu tanpa gula');
	const about = eq(accounts.id, id);
	await db()
		.update(accounts)
		.set({ email: `${username}@contoh.invalid` })
		.where(about);
	await writePasswordReset(username);
	const ofAccount = eq(mails.accountId, id);
	const [mail] = await db().select().from(mails).where(ofAccount);
	const [ended, committing] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
	const ending = transaction(async (tx) => {
		await tx.update(accounts).set({ passwordHash: null }).where(about);
		ended.resolve();
		await committing.promise;
	});
	await ended.promise;
	const delivered = deliverMail(mail?.id ?? '', 1);
	await Promise.race([delivered, setTimeout(500)]);
	committing.resolve();
	await Promise.all([ending, delivered]);
	expect(await db().select({ state: mails.state }).from(mails).where(ofAccount)).toEqual([{ state: 'withdrawn' }]);
	expect(server.emails()).toEqual([]);
});

test('the owner of an account proves its address by a link that only they can use, and then may reset the password there', async () => {
	const office = await makeGuardedOffice();
	const { actor, id, username } = await makeUser([[office.unit.id, 'handler']], 'kopi susu tanpa gula');
	const email = `${username}@contoh.invalid`;
	const setEmail = (address: string | null) => db().update(accounts).set({ email: address }).where(eq(accounts.id, id));
	const proofs = async () => {
		for (const { id: mailId } of await db().select({ id: mails.id }).from(mails)) await runMailJobs(mailId);
		return server.emails().flatMap(({ text }) => /\/me\/security\/email\/(\S+)/.exec(text)?.[1] ?? []);
	};
	await mailEmailProof(id);
	await setEmail(email);
	for (let n = 0; n < 3; n++) await mailEmailProof(id);
	await expect(mailEmailProof(id)).rejects.toThrow(Invalid);
	const links = await proofs();
	expect(links).toHaveLength(3);
	const [link = ''] = links;
	expect(JSON.stringify(await db().select().from(mails))).not.toContain(link);

	await expect(proveEmail(office.admin.accountId ?? '', link)).rejects.toThrow(NotFound);
	await expect(proveEmail(id, randomSecret(24))).rejects.toThrow(NotFound);
	await inHours(48, () => expect(proveEmail(id, link)).rejects.toThrow(NotFound));
	await setEmail('lain@contoh.invalid');
	await expect(proveEmail(id, link)).rejects.toThrow(NotFound);
	await setEmail(null);
	await expect(proveEmail(id, link)).rejects.toThrow(NotFound);
	await setEmail(email);
	expect(await ownEmail(id)).toEqual({ email, proven: false });
	await proveEmail(id, link);
	expect(await ownEmail(id)).toEqual({ email, proven: true });
	expect((await logOf(username)).map(({ action }) => action)).toEqual([
		...Array<string>(3).fill('account.email_proof_mailed'),
		'account.email_proven'
	]);
	await ask(username);
	await linksSent();
	expect(await noticesTo(actor)).toContain('password_reset');
});

test.each(['recovery_used', 'identity_linked', 'code_guessed', 'password_guessed', 'device_new'] as const)(
	'the owner is notified at the desk and by e-mail: %s',
	async (what) => {
		const { id, email } = await person();
		for (let n = 0; n < 2; n++) await notifyOfSignInChange({ accountId: id, at: '2026-12-01T00:00:00Z', what });
		for (const { id: mailId } of await db().select({ id: mails.id }).from(mails)) await runMailJobs(mailId);
		expect(server.emails().map(({ to }) => to)).toEqual([email]);
		expect(server.emails()[0]?.text).toContain('/me/security');
		expect(await noticesTo({ accountId: id } as Actor)).toEqual([what]);
	}
);
