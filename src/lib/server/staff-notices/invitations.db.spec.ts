import { beforeEach, expect, test } from 'vitest';
import { changesOf, makeGuardedOffice, withoutMail, type GuardedOffice } from '#lib/dev/testing/access.ts';
import { runMailJobs, useMailServer } from '#lib/dev/testing/channels/mail.ts';
import { makeActor, makeCase, makeUnit, idOf } from '#lib/dev/testing/factories.ts';
import { codesOf, logOf } from '#lib/dev/testing/outcomes.ts';
import { db } from '#lib/server/db/index.ts';
import { mails } from '#lib/server/db/schema/mails.ts';
import { NotFound } from '#lib/server/errors.ts';
import { createAccount } from '#lib/server/people/accounts.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { grantRole } from '#lib/server/people/grant-roles.ts';
import { readPasswordLink, usePasswordLink } from '#lib/server/people/sign-in/password-links.ts';
import { invitePeople, mailPasswordLink, peopleToInvite } from './invitations.ts';

const server = useMailServer();

let province: GuardedOffice['province'];
let unit: GuardedOffice['unit'];
let free: GuardedOffice['unit'];
/** Of an office with a case and of one without. */
let guarded: Actor;
let admin: Actor;
beforeEach(async () => {
	({ province, unit, admin: guarded } = await makeGuardedOffice());
	free = await makeUnit({ parent: province });
	admin = await makeActor([[free.id, 'admin']]);
});

let number = 0;
async function newPerson(by: Actor, { email, role = 'handler' }: { email?: string; role?: string } = {}) {
	const username = `orang.${++number}`;
	const unitId = by.units.admin[0];
	const id = await createAccount(by, { username, name: `Orang ${number}`, email, unitId, roles: [role] });
	return { id, username };
}
const withAddress = (by: Actor, role = 'handler') => newPerson(by, { email: `orang${number}@contoh.invalid`, role });
const rows = () => db().select().from(mails);
/** Sends the waiting e-mails. @returns the tokens of the links in those that arrived */
async function tokensSent(): Promise<string[]> {
	for (const { id } of await rows()) await runMailJobs(id);
	return server.emails().map(({ text }) => /\/sandi\/(\S+)/.exec(text)?.[1] ?? '');
}
const actionsOf = async (username: string) =>
	(await logOf(username)).map(({ action, actorId }) => [action, actorId]).slice(-1);

test('before the first case the link leaves in an e-mail to the account’s own address, and stands nowhere in the database', async () => {
	const { id, username } = await withAddress(admin);
	expect(await mailPasswordLink(admin, id)).toBe(false);
	expect(await actionsOf(username)).toEqual([['password_link.mailed', idOf(admin)]]);
	const [token = ''] = await tokensSent();
	expect(server.emails()[0]?.text).toContain(`Nama pengguna Anda: ${username}`);
	expect(JSON.stringify(await rows())).not.toContain(token);
	expect(await usePasswordLink(token, 'jalan trans sulawesi')).toBe(username);
});

test('a link is e-mailed only by an administrator of the account, and only if an e-mail can reach it', async () => {
	const { id } = await withAddress(admin);
	await expect(mailPasswordLink(guarded, id)).rejects.toThrow(NotFound);
	expect(await codesOf(mailPasswordLink(admin, (await newPerson(admin)).id))).toEqual(['access_no_mail']);
	withoutMail();
	expect(await codesOf(mailPasswordLink(admin, id))).toEqual(['access_no_mail']);
	expect(await rows()).toEqual([]);
});

test('an account with access to cases gets no link before a supervisor decides, also if it gets access only by then', async () => {
	const { id, username } = await withAddress(guarded);
	expect(await mailPasswordLink(guarded, id)).toBe(true);
	expect(await rows()).toEqual([]);
	expect((await changesOf(id)).map(({ kind, state }) => [kind, state])).toContainEqual(['password_link', 'waiting']);

	const clerk = await withAddress(guarded, 'manager');
	expect(await mailPasswordLink(guarded, clerk.id)).toBe(false);
	await grantRole(guarded, clerk.id, { unitId: unit.id, role: 'handler' });
	expect(await tokensSent()).toEqual([]);
	expect((await rows()).map(({ state }) => state)).toEqual(['withdrawn']);
	expect((await logOf(username)).map(({ action }) => action)).not.toContain('password_link.created');
});

test('people with an address get an e-mail, the others a letter, and guarded accounts a request', async () => {
	const root = await makeActor([
		[unit.id, 'admin'],
		[free.id, 'admin']
	]);
	const [mailed, printed, asked, left] = [
		await withAddress(admin),
		await newPerson(admin),
		await withAddress(guarded),
		await newPerson(admin)
	];
	const stranger = await newPerson(await makeActor([[(await makeUnit({ parent: province })).id, 'admin']]));
	const ways = async () => new Map((await peopleToInvite(root)).map(({ id, way }) => [id, way]));
	expect([...(await ways())].filter(([id]) => [mailed.id, printed.id, asked.id].includes(id)).sort()).toEqual(
		[
			[mailed.id, 'mail'],
			[printed.id, 'print'],
			[asked.id, 'request']
		].sort()
	);
	expect((await ways()).has(stranger.id)).toBe(false);

	expect(await codesOf(invitePeople(root, {}))).toEqual(['invite_none']);
	const accounts = [mailed, printed, asked, stranger].map(({ id }) => id);
	const { letters, ...others } = await invitePeople(root, { accounts });
	expect(others).toEqual({ mailed: 1, waiting: 1 });
	expect(letters).toMatchObject([{ username: printed.username }]);
	expect(await readPasswordLink(letters[0]?.token ?? '')).toMatchObject({ accountId: printed.id });
	expect(await actionsOf(printed.username)).toEqual([['password_link.created', idOf(root)]]);
	expect(await actionsOf(asked.username)).toEqual([['access.waiting.password_link', idOf(root)]]);
	for (const { username } of [left, stranger])
		expect((await logOf(username)).filter(({ action }) => action.startsWith('password'))).toEqual([]);

	const [token = ''] = await tokensSent();
	await usePasswordLink(token, 'jalan trans sulawesi');
	const after = await peopleToInvite(root);
	expect(after.map(({ id }) => id)).not.toContain(mailed.id);
	expect(after.find(({ id }) => id === printed.id)?.linkUntil).toEqual(letters[0]?.expiresAt);
	expect(after.find(({ id }) => id === left.id)?.linkUntil).toBeNull();
});

test('without a mail server everybody gets a letter, and a letter of an office with its first case is requested', async () => {
	withoutMail();
	const { id } = await withAddress(admin);
	expect((await invitePeople(admin, { accounts: [id] })).letters).toHaveLength(1);
	await makeCase(free);
	expect(await invitePeople(admin, { accounts: [id] })).toEqual({ letters: [], mailed: 0, waiting: 1 });
});
