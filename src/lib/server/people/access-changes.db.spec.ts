import { asc, eq } from 'drizzle-orm';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Role } from '#lib/cases/vocabulary.ts';
import { now, withClock } from '#lib/server/clock.ts';
import { db, transaction } from '#lib/server/db/index.ts';
import { accessChanges } from '#lib/server/db/schema/access-changes.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { auditEntries } from '#lib/server/db/schema/audit.ts';
import { apiTokens, roles } from '#lib/server/db/schema/people.ts';
import { overrideEnv } from '#lib/server/env.ts';
import { Conflict, Invalid, NotAllowed, NotFound } from '#lib/server/errors.ts';
import { addAbsence } from '#lib/server/people/absence.ts';
import {
	applyDueChanges,
	decideAccessChange,
	overtakeAllChanges,
	takeBackAccessChange
} from '#lib/server/people/access-changes.ts';
import { countAccessToDecide, listAccessChanges } from '#lib/server/people/access-list.ts';
import { changeAccount, createAccount } from '#lib/server/people/accounts.ts';
import { actorOf, systemActor, type Actor } from '#lib/server/people/actor.ts';
import { listPeople, personForAdmin } from '#lib/server/people/directory.ts';
import { provideAccount } from '#lib/server/people/first-account.ts';
import { changeOfficer } from '#lib/server/people/officers.ts';
import { createPasswordLink, usePasswordLink } from '#lib/server/people/password-links.ts';
import { grantRole, revokeRole } from '#lib/server/people/roles.ts';
import { createToken, revokeToken, tokenActor } from '#lib/server/people/tokens.ts';
import { useFreshDatabase } from '#lib/server/testing/database.ts';
import { makeActor, makeCase, makeOfficer, makeUnit } from '#lib/server/testing/factories.ts';

useFreshDatabase();

type Unit = Awaited<ReturnType<typeof makeUnit>>;
let province: Unit;
let unit: Unit;
let rootAdmin: Actor;
let admin: Actor;
let head: Actor;
let above: Actor;
let clerk: Actor;

beforeEach(async () => {
	province = await makeUnit();
	unit = await makeUnit({ parent: province });
	rootAdmin = await makeActor([[province.id, 'admin']]);
	admin = await makeActor([[unit.id, 'admin']]);
	head = await makeActor([[unit.id, 'supervisor']]);
	above = await makeActor([[province.id, 'supervisor']]);
	clerk = await makeActor([[unit.id, 'manager']]);
	await makeCase(unit);
});
afterEach(() => overrideEnv({ SMTP_URL: undefined, MAIL_FROM: undefined }));

const idOf = (actor: Actor) => actor.accountId ?? '';
const withMail = () => overrideEnv({ SMTP_URL: 'smtp://127.0.0.1:2525', MAIL_FROM: 'spatula@contoh.invalid' });
const withAddress = (actor: Actor) =>
	db()
		.update(accounts)
		.set({ email: `${idOf(actor)}@contoh.invalid` })
		.where(eq(accounts.id, idOf(actor)));
const later = <T>(hours: number, work: () => Promise<T>) => {
	const moment = new Date(now().getTime() + hours * 3_600_000);
	return withClock(() => moment, work);
};
const changesOf = (accountId: string) =>
	db()
		.select()
		.from(accessChanges)
		.where(eq(accessChanges.accountId, accountId))
		.orderBy(asc(accessChanges.requestedAt), asc(accessChanges.id));
const latest = async (actor: Actor) => (await changesOf(idOf(actor))).at(-1)!;
const rolesOf = async (actor: Actor): Promise<string[]> =>
	(
		await db()
			.select()
			.from(roles)
			.where(eq(roles.accountId, idOf(actor)))
	)
		.map(({ role }) => role)
		.sort();
const askRole = async (by: Actor, whom: Actor, role: Role = 'handler', unitId = unit.id) => {
	await grantRole(by, idOf(whom), { unitId, role });
	return latest(whom);
};
const codeOf = (work: Promise<unknown>) =>
	work.then(
		() => 'done',
		(error: unknown) => (error instanceof Invalid ? error.issues[0]?.code : error)
	);

test('before the first case of an office, or of one below it, a role is given at once', async () => {
	const young = await makeUnit({ parent: province });
	rootAdmin = (await actorOf(idOf(rootAdmin)))!;
	expect(await grantRole(rootAdmin, idOf(clerk), { unitId: young.id, role: 'supervisor' })).toBe(false);
	expect(await rolesOf(clerk)).toEqual(['manager', 'supervisor']);
	await makeCase(young);
	const other = await makeActor([[young.id, 'manager']]);
	expect(await grantRole(rootAdmin, idOf(other), { unitId: young.id, role: 'handler' })).toBe(true);
	expect(await grantRole(rootAdmin, idOf(other), { unitId: province.id, role: 'handler' })).toBe(true);
	expect(await grantRole(rootAdmin, idOf(other), { unitId: province.id, role: 'admin' })).toBe(false);
	expect(await rolesOf(other)).toEqual(['admin', 'manager']);
});

test('a supervisor of the unit or above approves at once; the same request asked twice is one', async () => {
	const asked = await askRole(admin, clerk);
	await grantRole(admin, idOf(clerk), { unitId: unit.id, role: 'handler' });
	expect(await changesOf(idOf(clerk))).toHaveLength(1);
	expect([await countAccessToDecide(head), await countAccessToDecide(above)]).toEqual([1, 1]);
	await decideAccessChange(above, asked.id, { decision: 'approve', link: 'print' });
	expect(await rolesOf(clerk)).toEqual(['handler', 'manager']);
	expect(await latest(clerk)).toMatchObject({ state: 'effective', decidedBy: idOf(above) });
	await expect(decideAccessChange(head, asked.id, { decision: 'decline' })).rejects.toThrow(Conflict);
	await expect(takeBackAccessChange(admin, asked.id)).rejects.toThrow(Conflict);
});

test('who asked, the account concerned, other offices, tokens and switched-off accounts approve nothing', async () => {
	const both = await makeActor([[unit.id, 'admin', 'supervisor']]);
	const asked = await askRole(both, both, 'handler');
	const elsewhere = await makeActor([[(await makeUnit()).id, 'supervisor', 'admin']]);
	await expect(decideAccessChange(both, asked.id, { decision: 'approve' })).rejects.toThrow(NotAllowed);
	await expect(decideAccessChange(clerk, asked.id, { decision: 'approve' })).rejects.toThrow(NotFound);
	await expect(decideAccessChange(elsewhere, asked.id, { decision: 'approve' })).rejects.toThrow(NotFound);
	await expect(decideAccessChange(admin, asked.id, { decision: 'approve' })).rejects.toThrow(NotAllowed);
	await expect(decideAccessChange({ ...head, scopes: [] }, asked.id, { decision: 'approve' })).rejects.toThrow(
		NotAllowed
	);
	const about = await askRole(admin, head, 'handler');
	await expect(decideAccessChange(head, about.id, { decision: 'approve' })).rejects.toThrow(NotAllowed);
	await decideAccessChange(head, about.id, { decision: 'decline' });
	expect(await rolesOf(head)).toEqual(['supervisor']);
	await changeAccount(rootAdmin, idOf(head), { name: 'Kepala Contoh' });
	expect(await actorOf(idOf(head))).toBeUndefined();
});

test('a supervisor marked absent may still answer: administrators mark people absent', async () => {
	await addAbsence(admin, idOf(head), { fromDay: '2020-01-01', toDay: '2099-01-01' });
	const asked = await askRole(admin, clerk);
	await decideAccessChange((await actorOf(idOf(head)))!, asked.id, { decision: 'decline' });
	expect(await rolesOf(clerk)).toEqual(['manager']);
});

test('a regency’s supervisor may stop, and not approve, what also opens the province’s cases', async () => {
	const wide = await makeActor([
		[province.id, 'handler'],
		[unit.id, 'handler']
	]);
	expect(await createPasswordLink(rootAdmin, idOf(wide))).toBeUndefined();
	const asked = await latest(wide);
	await expect(decideAccessChange(head, asked.id, { decision: 'approve', link: 'print' })).rejects.toThrow(NotAllowed);
	expect(await listAccessChanges(head, 'waiting')).toMatchObject([{ mayApprove: false, mayDecline: true }]);
	expect(await decideAccessChange(above, asked.id, { decision: 'approve', link: 'print' })).toBeDefined();
});

test('where nobody supervises all offices concerned, time alone is no consent while somebody supervises one', async () => {
	await revokeRole(rootAdmin, idOf(above), { unitId: province.id, role: 'supervisor' });
	const other = await makeUnit({ parent: province });
	await makeCase(other);
	const wide = await makeActor([
		[unit.id, 'handler'],
		[other.id, 'handler']
	]);
	await withAddress(wide);
	withMail();
	expect(await createPasswordLink(rootAdmin, idOf(wide))).toBeUndefined();
	await later(25, applyDueChanges);
	const asked = await latest(wide);
	expect(asked.state).toBe('waiting');
	await decideAccessChange(head, asked.id, { decision: 'decline' });
	expect((await latest(wide)).state).toBe('declined');
});

test('who removed the supervisors first gains nothing by waiting', async () => {
	await revokeRole(rootAdmin, idOf(above), { unitId: province.id, role: 'supervisor' });
	await revokeRole(admin, idOf(head), { unitId: unit.id, role: 'supervisor' });
	await askRole(admin, admin, 'handler');
	await later(25, applyDueChanges);
	expect(await rolesOf(admin)).toEqual(['admin']);
});

test('unanswered for 24 hours it takes effect, not a minute earlier, and once', async () => {
	await askRole(admin, admin, 'handler');
	await later(23.98, applyDueChanges);
	expect(await rolesOf(admin)).toEqual(['admin']);
	await later(24.02, applyDueChanges);
	await later(24.02, applyDueChanges);
	expect(await rolesOf(admin)).toEqual(['admin', 'handler']);
	expect(await latest(admin)).toMatchObject({ state: 'effective', decidedBy: null });
	const log = await db()
		.select()
		.from(auditEntries)
		.where(eq(auditEntries.unitId, unit.id))
		.orderBy(asc(auditEntries.id));
	expect(log.map(({ action }) => action)).toEqual(
		expect.arrayContaining(['access.waiting.role', 'role.granted', 'access.effective.role'])
	);
});

test('at the root with nobody else it takes effect after 24 hours; it does not where the deciders were removed', async () => {
	const lone = await makeUnit();
	const only = await makeActor([[lone.id, 'admin', 'supervisor']]);
	await makeCase(lone);
	await grantRole(only, idOf(only), { unitId: lone.id, role: 'handler' });
	expect((await latest(only)).deciders).toBe(0);
	await later(25, applyDueChanges);
	expect(await rolesOf(only)).toEqual(['admin', 'handler', 'supervisor']);

	await askRole(admin, clerk);
	await changeAccount(rootAdmin, idOf(above), { name: 'Penyelia Contoh' });
	await revokeRole(admin, idOf(head), { unitId: unit.id, role: 'supervisor' });
	await later(25, applyDueChanges);
	expect(await latest(clerk)).toMatchObject({ state: 'waiting' });
	expect((await latest(head)).kind).toBe('role_removed');
	expect((await latest(above)).kind).toBe('switched_off');
});

test('taken back, declined or asked by somebody who administers no longer, it never takes effect', async () => {
	const first = await askRole(admin, clerk, 'handler');
	await expect(takeBackAccessChange(head, first.id)).rejects.toThrow(NotAllowed);
	await takeBackAccessChange(admin, first.id);
	const second = await askRole(admin, clerk, 'handler');
	expect(second.id).not.toBe(first.id);
	await decideAccessChange(head, second.id, { decision: 'decline' });
	await askRole(admin, clerk, 'handler');
	await revokeRole(rootAdmin, idOf(admin), { unitId: unit.id, role: 'admin' });
	await later(25, applyDueChanges);
	expect((await changesOf(idOf(clerk))).map(({ state }) => state)).toEqual(['taken_back', 'declined', 'overtaken']);
	expect(await rolesOf(clerk)).toEqual(['manager']);
});

test('of a sweep and a decision at once one counts', async () => {
	const asked = await askRole(admin, admin, 'handler');
	const outcomes = await later(25, () =>
		Promise.allSettled([applyDueChanges(), decideAccessChange(head, asked.id, { decision: 'decline' })])
	);
	const declined = outcomes[1]?.status === 'fulfilled';
	expect(await rolesOf(admin)).toEqual(declined ? ['admin'] : ['admin', 'handler']);
});

test('another address overtakes the one asked for before, and the same again does not', async () => {
	const ask = (email: string) => changeAccount(admin, idOf(head), { name: 'Kepala Contoh', email, active: true });
	expect(await ask('satu@contoh.invalid')).toBe(true);
	expect(await ask('satu@contoh.invalid')).toBe(true);
	expect(await ask('dua@contoh.invalid')).toBe(true);
	expect((await changesOf(idOf(head))).map(({ state }) => state)).toEqual(['overtaken', 'waiting']);
	await decideAccessChange(above, (await latest(head)).id, { decision: 'approve' });
	const [account] = await db()
		.select()
		.from(accounts)
		.where(eq(accounts.id, idOf(head)));
	expect(account).toMatchObject({ name: 'Kepala Contoh', email: 'dua@contoh.invalid' });
	expect(JSON.stringify(await db().select().from(auditEntries))).not.toContain('dua@contoh');
});

test('a link is printed by the supervisor who approves, or waits: without mail nobody gets it by time alone', async () => {
	const handler = await makeActor([[unit.id, 'handler']]);
	expect(await createPasswordLink(admin, idOf(handler))).toBeUndefined();
	const asked = await latest(handler);
	expect(await codeOf(decideAccessChange(head, asked.id, { decision: 'approve' }))).toBe('access_link');
	expect(await codeOf(decideAccessChange(head, asked.id, { decision: 'approve', link: 'mail' }))).toBe(
		'access_no_mail'
	);
	await later(48, applyDueChanges);
	expect((await latest(handler)).state).toBe('waiting');
	const link = await decideAccessChange(head, asked.id, { decision: 'approve', link: 'print' });
	await usePasswordLink(link?.token ?? '', 'jalan trans sulawesi');
});

test('with mail the link goes to the account’s own address, after 24 hours too', async () => {
	withMail();
	const handler = await makeActor([[unit.id, 'handler']]);
	await withAddress(handler);
	await createPasswordLink(admin, idOf(handler));
	await later(25, applyDueChanges);
	expect(await latest(handler)).toMatchObject({ state: 'effective', link: 'mail' });
});

const changeAddress = (by: Actor, whom: Actor) =>
	changeAccount(by, idOf(whom), { name: 'Orang Contoh', email: 'lain@contoh.invalid', active: true });

test('a link goes by mail to the address that stood when it was asked for, and to no other', async () => {
	withMail();
	const handler = await makeActor([[unit.id, 'handler']]);
	await withAddress(handler);
	await changeAddress(admin, handler);
	await createPasswordLink(admin, idOf(handler));
	const asked = await latest(handler);
	expect(asked.kind).toBe('password_link');
	await later(25, applyDueChanges);
	expect((await changesOf(idOf(handler))).map(({ kind, state }) => [kind, state])).toEqual([
		['email', 'effective'],
		['password_link', 'waiting']
	]);
	expect(await listAccessChanges(head, 'waiting')).toMatchObject([{ byMail: false, addressChanged: true }]);
	const byMail = decideAccessChange(head, asked.id, { decision: 'approve', link: 'mail' });
	expect(await codeOf(byMail)).toBe('access_address_changed');
	await createPasswordLink(admin, idOf(handler));
	expect((await changesOf(idOf(handler))).map(({ state }) => state)).toEqual(['effective', 'overtaken', 'waiting']);
	expect(await listAccessChanges(head, 'waiting')).toMatchObject([{ byMail: true, addressChanged: false }]);
});

test('the link of a first role goes to no address that was changed while the role waited', async () => {
	withMail();
	await withAddress(clerk);
	await askRole(admin, clerk);
	expect(await changeAddress(admin, clerk)).toBe(true);
	await decideAccessChange(head, (await latest(clerk)).id, { decision: 'approve' });
	await later(25, applyDueChanges);
	expect(await rolesOf(clerk)).toEqual(['handler', 'manager']);
	const given = (await changesOf(idOf(clerk))).find(({ kind }) => kind === 'role');
	expect(given).toMatchObject({ state: 'effective', link: null });
});

test('taking a role away does not free the address for the link of the next one', async () => {
	const handler = await makeActor([[unit.id, 'manager', 'handler']]);
	await withAddress(handler);
	await revokeRole(admin, idOf(handler), { unitId: unit.id, role: 'handler' });
	expect(await changeAddress(admin, handler)).toBe(true);
	expect((await latest(handler)).state).toBe('waiting');
	expect(await later(31 * 24, () => changeAddress(admin, handler))).toBe(false);
});

test('a first role that opens cases ends the password that whoever made the account may know', async () => {
	const link = await createPasswordLink(admin, idOf(clerk));
	await usePasswordLink(link?.token ?? '', 'jalan trans sulawesi');
	const kept = await createPasswordLink(admin, idOf(clerk));
	const asked = await askRole(admin, clerk);
	expect(await createPasswordLink(admin, idOf(clerk))).toBeUndefined();
	const printed = await decideAccessChange(head, asked.id, { decision: 'approve', link: 'print' });
	const [account] = await db()
		.select()
		.from(accounts)
		.where(eq(accounts.id, idOf(clerk)));
	expect(account?.passwordHash).toBeNull();
	await expect(usePasswordLink(kept?.token ?? '', 'jalan trans sulawesi')).rejects.toThrow(NotFound);
	await usePasswordLink(printed?.token ?? '', 'pelabuhan mamuju lama');
});

const newcomer = () => ({ username: `baru${unit.code}`, name: 'Orang Contoh', unitId: unit.id });

test('a new account whose role waits is its administrator’s, and its link is shown to nobody before', async () => {
	const id = await createAccount(admin, { ...newcomer(), roles: ['handler'] });
	expect((await personForAdmin(admin, id)).administered).toBe(true);
	expect(await createPasswordLink(admin, id)).toBeUndefined();
});

test('an account whose only role was declined stays its administrator’s, who gives it another one or switches it off', async () => {
	const neighbour = await makeActor([[(await makeUnit({ parent: province })).id, 'admin']]);
	const id = await createAccount(admin, { ...newcomer(), roles: ['handler'] });
	const [asked] = await changesOf(id);
	await decideAccessChange(head, asked?.id ?? '', { decision: 'decline' });
	expect(await personForAdmin(admin, id)).toMatchObject({ administered: true, roles: [] });
	expect((await listPeople(neighbour)).map((person) => person.id)).not.toContain(id);
	expect(await grantRole(admin, id, { unitId: unit.id, role: 'manager' })).toBe(false);
	await revokeRole(admin, id, { unitId: unit.id, role: 'manager' });
	await changeAccount(admin, id, { name: 'Orang Contoh' });
	expect((await personForAdmin(admin, id)).active).toBe(false);
});

test('a role elsewhere takes an account from the administrator whose request was declined', async () => {
	const id = await createAccount(rootAdmin, { ...newcomer(), unitId: province.id, roles: ['manager'] });
	await grantRole(rootAdmin, id, { unitId: unit.id, role: 'handler' });
	expect((await personForAdmin(admin, id)).administered).toBe(false);
	const [asked] = await changesOf(id);
	await decideAccessChange(head, asked?.id ?? '', { decision: 'decline' });
	await expect(personForAdmin(admin, id)).rejects.toThrow(NotFound);
});

test('a token that reads cases opens nothing until it is approved; declined it has ended', async () => {
	const wanted = { name: 'Buku tamu', accountId: idOf(head), unitId: unit.id };
	const writes = await createToken(admin, { ...wanted, scopes: ['visits:write', 'cases:write'] });
	expect(writes.waiting).toBe(false);
	expect(await tokenActor(writes.token)).toBeDefined();
	const reads = await createToken(admin, { ...wanted, scopes: ['cases:read'] });
	expect([reads.waiting, await tokenActor(reads.token)]).toEqual([true, undefined]);
	await decideAccessChange(above, (await latest(head)).id, { decision: 'approve' });
	expect(await tokenActor(reads.token)).toBeDefined();
	const second = await createToken(admin, { ...wanted, scopes: ['escalations:read'] });
	await decideAccessChange(head, (await latest(head)).id, { decision: 'decline' });
	expect(await tokenActor(second.token)).toBeUndefined();
	const third = await createToken(admin, { ...wanted, scopes: ['cases:handle'] });
	await revokeToken(admin, third.id);
	expect((await latest(head)).state).toBe('overtaken');
	await later(25, applyDueChanges);
	for (const { token } of [second, third]) expect(await tokenActor(token)).toBeUndefined();
	expect(await db().select().from(apiTokens).where(eq(apiTokens.waiting, true))).toHaveLength(2);
});

test('an officer keeps the account until a supervisor lets it go; linking one needs nobody', async () => {
	const officer = await makeOfficer(unit.id);
	const saved = { name: officer.name, active: true };
	expect(await changeOfficer(admin, officer.id, { ...saved, accountId: idOf(clerk) })).toBe(false);
	expect(await changeOfficer(admin, officer.id, { ...saved, position: 'Kasir', accountId: idOf(admin) })).toBe(true);
	expect((await actorOf(idOf(clerk)))?.officerId).toBe(officer.id);
	await decideAccessChange(head, (await latest(clerk)).id, { decision: 'approve' });
	expect((await actorOf(idOf(clerk)))?.officerId).toBeNull();
	expect((await actorOf(idOf(admin)))?.officerId).toBe(officer.id);
});

test('the operator waits for nobody, and the people concerned find it in their list', async () => {
	const made = await provideAccount({
		username: `baru${unit.code}`,
		name: 'Orang Contoh',
		unit: unit.code,
		roles: ['supervisor'],
		password: true
	});
	expect(made.password).toBeDefined();
	expect((await listAccessChanges(head, 'ended')).map(({ kind, askedBy }) => [kind, askedBy])).toEqual(
		expect.arrayContaining([
			['role', null],
			['password_link', null]
		])
	);
	const system = await systemActor(['cases:read']);
	const wanted = { name: 'Pemantau', accountId: idOf(head), unitId: unit.id, scopes: ['cases:read'] };
	expect((await createToken(system, wanted)).waiting).toBe(false);
});

test('after a restore nothing that waited in the backup takes effect by itself', async () => {
	await askRole(admin, clerk);
	await transaction(overtakeAllChanges);
	await later(25, applyDueChanges);
	expect(await rolesOf(clerk)).toEqual(['manager']);
});

test('the lists show a change to those it concerns, with what each may do', async () => {
	await askRole(admin, clerk);
	const may = async (actor: Actor) =>
		(await listAccessChanges(actor, 'waiting')).map((one) => [one.mayApprove, one.mayDecline, one.mayTakeBack]);
	expect(await may(admin)).toEqual([[false, false, true]]);
	expect(await may(head)).toEqual([[true, true, false]]);
	expect(await may(clerk)).toEqual([[false, true, false]]);
	expect(await may(await makeActor([[(await makeUnit()).id, 'supervisor']]))).toEqual([]);
});
