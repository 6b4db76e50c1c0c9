import { eq, sql } from 'drizzle-orm';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { db, rowsOf, transaction } from '#lib/server/db/index.ts';
import { auditEntries } from '#lib/server/db/schema/audit.ts';
import { apiTokens } from '#lib/server/db/schema/people.ts';
import { NotAllowed, NotFound } from '#lib/server/errors.ts';
import { applyDueChanges, decideAccessChange } from './changes.ts';
import { listAccessChanges } from './list.ts';
import { changeAccount, createAccount } from '../accounts.ts';
import { actorOf, systemActor, type Actor } from '../actor.ts';
import { listPeople, personForAdmin } from '../directory.ts';
import { changeOfficer, insertOfficer } from '../officers/officers.ts';
import { issuePasswordLink } from '../sign-in/credentials.ts';
import { createPasswordLink, readPasswordLink, usePasswordLink } from '../sign-in/password-links.ts';
import { grantActingRole, grantRole, revokeRole } from '../grant-roles.ts';
import { createToken, revokeToken, tokenActor } from '../sign-in/tokens.ts';
import { makeActor, makeOfficer, makeUnit, idOf, accountRow } from '#lib/dev/testing/factories.ts';
import {
	askRole,
	changesOf,
	latestChange,
	makeGuardedOffice,
	rolesOf,
	type GuardedOffice,
	withMail,
	withoutMail
} from '#lib/dev/testing/access.ts';
import { codesOf, inHours } from '#lib/dev/testing/outcomes.ts';
import { giveEmailAddress } from '#lib/dev/testing/notices.ts';

let { province, unit, rootAdmin, admin, head, above, clerk } = {} as GuardedOffice;
beforeEach(async () => {
	({ province, unit, rootAdmin, admin, head, above, clerk } = await makeGuardedOffice());
});
afterEach(withoutMail);

const changeAddress = (by: Actor, whom: Actor) =>
	changeAccount(by, idOf(whom), { name: 'Orang Contoh', email: 'lain@contoh.invalid', active: true });
const newcomer = () => ({ username: `baru${unit.code}`, name: 'Orang Contoh', unitId: unit.id });

test('a requested address replaces an earlier request with another address; an identical request changes nothing', async () => {
	const ask = (email: string) => changeAccount(admin, idOf(head), { name: 'Kepala Contoh', email, active: true });
	expect(await ask('satu@contoh.invalid')).toBe(true);
	expect(await ask('satu@contoh.invalid')).toBe(true);
	expect(await ask('dua@contoh.invalid')).toBe(true);
	expect((await changesOf(idOf(head))).map(({ state }) => state)).toEqual(['overtaken', 'waiting']);
	await decideAccessChange(above, (await latestChange(head)).id, { decision: 'approve' });
	expect(await accountRow(head)).toMatchObject({ name: 'Kepala Contoh', email: 'dua@contoh.invalid' });
	expect(JSON.stringify(await db().select().from(auditEntries))).not.toContain('dua@contoh');
});

test('an approved link is printed by the supervisor; without e-mail it keeps waiting', async () => {
	const handler = await makeActor([[unit.id, 'handler']]);
	expect(await createPasswordLink(admin, idOf(handler))).toBeUndefined();
	const change = await latestChange(handler);
	expect(await codesOf(decideAccessChange(head, change.id, { decision: 'approve' }))).toEqual(['access_link']);
	expect(await codesOf(decideAccessChange(head, change.id, { decision: 'approve', link: 'mail' }))).toEqual([
		'access_no_mail'
	]);
	await inHours(48, applyDueChanges);
	expect((await latestChange(handler)).state).toBe('waiting');
	const link = await decideAccessChange(head, change.id, { decision: 'approve', link: 'print' });
	await usePasswordLink(link?.token ?? '', 'jalan trans sulawesi');
});

test('a requested link ends when the account gets its password otherwise, such as with its first role', async () => {
	const id = await createAccount(admin, { ...newcomer(), roles: ['handler'] });
	await createPasswordLink(admin, id);
	const role = (await changesOf(id)).find(({ kind }) => kind === 'role');
	const link = await decideAccessChange(head, role?.id ?? '', { decision: 'approve', link: 'print' });
	await usePasswordLink(link?.token ?? '', 'jalan trans sulawesi');
	expect((await changesOf(id)).map(({ kind, state }) => [kind, state])).toEqual([
		['role', 'effective'],
		['password_link', 'overtaken']
	]);
});

test('a link is sent only to the address the account had at the time of the request', async () => {
	withMail();
	const handler = await makeActor([[unit.id, 'handler']]);
	await giveEmailAddress(handler);
	await changeAddress(admin, handler);
	await createPasswordLink(admin, idOf(handler));
	const change = await latestChange(handler);
	expect(change.kind).toBe('password_link');
	// Until the new address is decided about, the present one gets no link: it may be the one that is corrected.
	const tooEarly = decideAccessChange(head, change.id, { decision: 'approve', link: 'mail' });
	expect(await codesOf(tooEarly)).toEqual(['access_address_waits']);
	expect(await listAccessChanges(head, 'waiting')).toMatchObject([
		{ kind: 'email' },
		{ byMail: false, addressWaits: true }
	]);
	await inHours(25, applyDueChanges);
	expect((await changesOf(idOf(handler))).map(({ kind, state }) => [kind, state])).toEqual([
		['email', 'effective'],
		['password_link', 'waiting']
	]);
	expect(await listAccessChanges(head, 'waiting')).toMatchObject([{ byMail: false, addressChanged: true }]);
	const byMail = decideAccessChange(head, change.id, { decision: 'approve', link: 'mail' });
	expect(await codesOf(byMail)).toEqual(['access_address_changed']);
	await createPasswordLink(admin, idOf(handler));
	expect((await changesOf(idOf(handler))).map(({ state }) => state)).toEqual(['effective', 'overtaken', 'waiting']);
	expect(await listAccessChanges(head, 'waiting')).toMatchObject([{ byMail: true, addressChanged: false }]);
	await inHours(50, applyDueChanges);
	expect(await latestChange(handler)).toMatchObject({ state: 'effective', link: 'mail' });
});

const MAILED = { mailedTo: 'salah@contoh.invalid' };
test.each(['at once', 'approved', 'undecided', 'by the operator'])(
	'a change of the address (%s) ends the link that was sent before',
	async (way) => {
		const person = way === 'at once' ? clerk : await makeActor([[unit.id, 'handler']]);
		const { token } = await transaction((tx) => issuePasswordLink(tx, idOf(person), null, MAILED));
		expect(await changeAddress(way === 'by the operator' ? await systemActor([]) : admin, person)).toBe(
			/approved|undecided/.test(way)
		);
		if (way === 'approved') await decideAccessChange(head, (await latestChange(person)).id, { decision: 'approve' });
		await inHours(way === 'undecided' ? 25 : 0, async () => {
			await applyDueChanges();
			expect((await accountRow(person)).email).toBe('lain@contoh.invalid');
		});
		await expect(readPasswordLink(token)).rejects.toThrow(NotFound);
	}
);

test('a change of the address keeps a printed link, which was handed over', async () => {
	const link = await createPasswordLink(admin, idOf(clerk));
	await changeAddress(admin, clerk);
	expect(await readPasswordLink(link?.token ?? '')).toMatchObject({ accountId: idOf(clerk) });
});

test('the link of a first role is not sent to an address changed while the role waited', async () => {
	withMail();
	await giveEmailAddress(clerk);
	await askRole(admin, clerk, unit.id);
	expect(await changeAddress(admin, clerk)).toBe(true);
	await decideAccessChange(head, (await latestChange(clerk)).id, { decision: 'approve' });
	await inHours(25, applyDueChanges);
	expect(await rolesOf(clerk)).toEqual(['handler', 'manager']);
	const roleChange = (await changesOf(idOf(clerk))).find(({ kind }) => kind === 'role');
	expect(roleChange).toMatchObject({ state: 'effective', link: null });
});

test('a first role whose link cannot be sent does not end a password in use without a decision', async () => {
	const link = await createPasswordLink(admin, idOf(clerk));
	await usePasswordLink(link?.token ?? '', 'jalan trans sulawesi');
	const change = await askRole(admin, clerk, unit.id);
	await inHours(48, applyDueChanges);
	expect((await latestChange(clerk)).state).toBe('waiting');
	expect((await accountRow(clerk)).passwordHash).not.toBeNull();
	expect(await decideAccessChange(head, change.id, { decision: 'approve', link: 'print' })).toBeDefined();
});

test('after a role was removed, an address change still needs approval for 30 days', async () => {
	const handler = await makeActor([[unit.id, 'manager', 'handler']]);
	await giveEmailAddress(handler);
	await revokeRole(admin, idOf(handler), { unitId: unit.id, role: 'handler' });
	expect(await changeAddress(admin, handler)).toBe(true);
	expect((await latestChange(handler)).state).toBe('waiting');
	expect(await inHours(31 * 24, () => changeAddress(admin, handler))).toBe(false);
});

test('a first role with access to cases ends the password that the account’s creator may know', async () => {
	const link = await createPasswordLink(admin, idOf(clerk));
	await usePasswordLink(link?.token ?? '', 'jalan trans sulawesi');
	const earlierLink = await createPasswordLink(admin, idOf(clerk));
	const change = await askRole(admin, clerk, unit.id);
	expect(await createPasswordLink(admin, idOf(clerk))).toBeUndefined();
	const newLink = await decideAccessChange(head, change.id, { decision: 'approve', link: 'print' });
	expect((await accountRow(clerk)).passwordHash).toBeNull();
	await expect(usePasswordLink(earlierLink?.token ?? '', 'jalan trans sulawesi')).rejects.toThrow(NotFound);
	await usePasswordLink(newLink?.token ?? '', 'pelabuhan mamuju lama');
});

test('a role that creates a link is decided where the account has its other roles, by their administrators only', async () => {
	const elsewhere = [
		await makeActor([
			[province.id, 'handler'],
			[unit.id, 'handler']
		]),
		await makeActor([
			[province.id, 'admin'],
			[unit.id, 'manager']
		])
	];
	for (const whom of elsewhere) {
		const role = { unitId: unit.id, role: 'supervisor' };
		await expect(grantRole(admin, idOf(whom), role)).rejects.toThrow(NotFound);
		const acting = { kind: 'plh', order: 'SPT 1/2026', fromDay: '2099-01-01', toDay: '2099-01-02' };
		await expect(grantActingRole(admin, idOf(whom), { ...role, ...acting })).rejects.toThrow(NotFound);
		expect(await grantRole(rootAdmin, idOf(whom), role)).toBe(true);
		const { id } = await latestChange(whom);
		const approval = { decision: 'approve', link: 'print' };
		await expect(decideAccessChange(head, id, approval)).rejects.toThrow(NotAllowed);
		expect(await decideAccessChange(above, id, approval)).toBeDefined();
	}
});

test('a requested role is overtaken when the account meanwhile got a role elsewhere', async () => {
	const change = await askRole(admin, clerk, unit.id);
	await grantRole(rootAdmin, idOf(clerk), { unitId: province.id, role: 'admin' });
	expect(await decideAccessChange(head, change.id, { decision: 'approve', link: 'print' })).toBeUndefined();
	expect(await latestChange(clerk)).toMatchObject({ state: 'overtaken' });
});

test('an account whose only role waits or was declined stays with its administrator, who never sees its link', async () => {
	const neighbour = await makeActor([[(await makeUnit({ parent: province })).id, 'admin']]);
	const id = await createAccount(admin, { ...newcomer(), roles: ['handler'] });
	expect((await personForAdmin(admin, id)).administered).toBe(true);
	expect(await createPasswordLink(admin, id)).toBeUndefined();
	const [change] = await changesOf(id);
	await decideAccessChange(head, change?.id ?? '', { decision: 'decline' });
	expect(await personForAdmin(admin, id)).toMatchObject({ administered: true, roles: [] });
	expect((await listPeople(neighbour)).map((person) => person.id)).not.toContain(id);
	expect(await grantRole(admin, id, { unitId: unit.id, role: 'manager' })).toBe(false);
	await revokeRole(admin, id, { unitId: unit.id, role: 'manager' });
	await changeAccount(admin, id, { name: 'Orang Contoh' });
	expect((await personForAdmin(admin, id)).active).toBe(false);
});

test('after a declined request, an account with a role elsewhere no longer belongs to the administrator', async () => {
	const id = await createAccount(rootAdmin, { ...newcomer(), unitId: province.id, roles: ['manager'] });
	await grantRole(rootAdmin, id, { unitId: unit.id, role: 'handler' });
	expect((await personForAdmin(admin, id)).administered).toBe(false);
	const [change] = await changesOf(id);
	await decideAccessChange(head, change?.id ?? '', { decision: 'decline' });
	await expect(personForAdmin(admin, id)).rejects.toThrow(NotFound);
});

test('a token that reads cases works only after approval, and ends when declined', async () => {
	const tokenInput = { name: 'Buku tamu', accountId: idOf(head), unitId: unit.id };
	const writes = await createToken(admin, { ...tokenInput, scopes: ['visits:write', 'cases:write'] });
	expect(writes.waiting).toBe(false);
	expect(await tokenActor(writes.token)).toBeDefined();
	const reads = await createToken(admin, { ...tokenInput, scopes: ['cases:read'] });
	expect([reads.waiting, await tokenActor(reads.token)]).toEqual([true, undefined]);
	await decideAccessChange(above, (await latestChange(head)).id, { decision: 'approve' });
	expect(await tokenActor(reads.token)).toBeDefined();
	const second = await createToken(admin, { ...tokenInput, scopes: ['escalations:read'] });
	await decideAccessChange(head, (await latestChange(head)).id, { decision: 'decline' });
	expect(await tokenActor(second.token)).toBeUndefined();
	const third = await createToken(admin, { ...tokenInput, scopes: ['cases:handle'] });
	await revokeToken(admin, third.id);
	expect((await latestChange(head)).state).toBe('overtaken');
	await inHours(25, applyDueChanges);
	for (const { token } of [second, third]) expect(await tokenActor(token)).toBeUndefined();
	expect(await db().select().from(apiTokens).where(eq(apiTokens.waiting, true))).toHaveLength(2);
});

test('unlinking an officer’s account waits for a supervisor; linking one does not', async () => {
	const officer = await makeOfficer(unit.id);
	const saved = { name: officer.name, active: true };
	expect(await changeOfficer(admin, officer.id, { ...saved, accountId: idOf(clerk) })).toBe(false);
	expect(await changeOfficer(admin, officer.id, { ...saved, position: 'Kasir', accountId: idOf(admin) })).toBe(true);
	expect((await actorOf(idOf(clerk)))?.officerId).toBe(officer.id);
	await decideAccessChange(head, (await latestChange(clerk)).id, { decision: 'approve' });
	expect((await actorOf(idOf(clerk)))?.officerId).toBeNull();
	expect((await actorOf(idOf(admin)))?.officerId).toBe(officer.id);
});

// The embedded database runs one transaction at a time.
test.runIf(process.env.TEST_DATABASE === 'postgres')(
	'an approved link to an account that a colleague links to another officer meanwhile changes nothing',
	async () => {
		const { id, name } = await makeOfficer(unit.id);
		const saved = { name, active: true };
		await changeOfficer(admin, id, { ...saved, accountId: idOf(clerk) });
		await changeOfficer(admin, id, { ...saved, accountId: idOf(admin) });
		const [linked, commit] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
		const linking = transaction(async (tx) => {
			await insertOfficer(tx, admin, unit.id, { ...saved, accountId: idOf(admin) });
			linked.resolve();
			await commit.promise;
		});
		await linked.promise;
		const approving = decideAccessChange(head, (await latestChange(clerk)).id, { decision: 'approve' });
		const waiting = sql`select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
		await expect.poll(() => rowsOf(db(), waiting)).toHaveLength(1);
		commit.resolve();
		await Promise.all([linking, approving]);
		expect((await actorOf(idOf(clerk)))?.officerId).toBe(id);
		expect((await latestChange(clerk)).state).toBe('overtaken');
	}
);
