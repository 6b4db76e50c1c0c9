import { and, eq } from 'drizzle-orm';
import { beforeAll, expect, test } from 'vitest';
import { localDate } from '#lib/calendar/days.ts';
import { DAY_MS } from '#lib/calendar/durations.ts';
import { db } from '#lib/server/db/index.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { actingRoles, apiTokens, roles, sessions } from '#lib/server/db/schema/people.ts';
import { NotFound } from '#lib/server/errors.ts';
import { sha256Hex } from '#lib/server/keys.ts';
import { addAbsence, absencesOf, removeAbsence } from './absence.ts';
import { changeAccount, createAccount } from './accounts.ts';
import { actorOf, holds, type Actor } from './actor.ts';
import { accountForAdmin } from './administration.ts';
import { listPeople, personForAdmin } from './directory.ts';
import { createPasswordLink, readPasswordLink } from './sign-in/password-links.ts';
import { grantRole, revokeRole } from './grant-roles.ts';
import { createToken, tokenActor } from './sign-in/tokens.ts';
import { makeActor, makeOfficer, makeUnit, idOf, accountRow } from '#lib/dev/testing/factories.ts';
import { codesOf, logOf } from '#lib/dev/testing/outcomes.ts';

let province: Awaited<ReturnType<typeof makeUnit>>;
let regency: Awaited<ReturnType<typeof makeUnit>>;
let other: Awaited<ReturnType<typeof makeUnit>>;
let rootAdmin: Actor;
let admin: Actor;

beforeAll(async () => {
	province = await makeUnit();
	regency = await makeUnit({ parent: province });
	other = await makeUnit({ parent: province });
	rootAdmin = await makeActor([[province.id, 'admin']]);
	admin = await makeActor([[regency.id, 'admin']]);
});

const actionsOn = async (subject: string) => (await logOf(subject)).map(({ action }) => action);
const sessionsOf = (id: string) => db().select().from(sessions).where(eq(sessions.accountId, id));

test('creates an account with a lower-case username and its roles, and logs them', async () => {
	const id = await createAccount(admin, {
		username: ' Siti.Rahma ',
		name: 'Siti Rahma',
		unitId: regency.id,
		roles: ['handler', 'supervisor']
	});
	const actor = await actorOf(id);
	expect(actor && holds(actor, regency.id, 'supervisor')).toBe(true);
	expect(await actionsOn('siti.rahma')).toEqual(['account.created', 'role.granted', 'role.granted']);
});

test('an officer’s account needs no role, and is administered by the officer’s unit', async () => {
	const officer = await makeOfficer(regency.id);
	const whole = {
		username: 'petugas.baru',
		name: 'Petugas Baru',
		unitId: regency.id,
		officerId: officer.id
	};
	const id = await createAccount(admin, whole);
	expect((await accountForAdmin(db(), admin, id, 'administered')).username).toBe('petugas.baru');
	expect((await actorOf(id))?.officerId).toBe(officer.id);
	expect(await actionsOn(officer.name)).toEqual(['officer.changed']);
	const second = createAccount(admin, { ...whole, username: 'petugas.kedua' });
	expect(await codesOf(second)).toEqual(['admin_officer_linked']);
	const inRegency = await makeOfficer(regency.id);
	const atProvince = { ...whole, username: 'petugas.provinsi', unitId: province.id, officerId: inRegency.id };
	expect(await codesOf(createAccount(rootAdmin, atProvince))).toEqual(['admin_officer_elsewhere']);
	const unnamed = { unitId: regency.id, officerId: inRegency.id };
	const named = await createAccount(admin, { ...unnamed, username: 'petugas.keempat' });
	expect((await accountForAdmin(db(), admin, named, 'administered')).name).toBe(inRegency.name);
	const elsewhere = await makeOfficer(other.id);
	const foreign = createAccount(admin, { ...whole, username: 'petugas.ketiga', officerId: elsewhere.id });
	await expect(foreign).rejects.toThrow(NotFound);
});

test.each([
	[{ username: 'SITI.RAHMA' }, ['admin_username_taken']],
	[{ username: 'ab' }, ['admin_username']],
	[{ username: 'dengan spasi' }, ['admin_username']],
	[{ email: 'bukan alamat' }, ['admin_email']],
	[{ roles: undefined }, ['admin_role_or_officer']],
	[{ roles: ['dewa'] }, [expect.any(String)]]
])('a new account with %o is refused', async (changes, codes) => {
	const whole = { username: 'orang.baru', name: 'Orang Baru', unitId: regency.id, roles: ['handler'], ...changes };
	expect(await codesOf(createAccount(admin, whole))).toEqual(codes);
	expect(await db().select().from(accounts).where(eq(accounts.username, 'orang.baru'))).toEqual([]);
});

test('an administrator cannot create accounts or grant roles outside the units they administer', async () => {
	const whole = { username: 'orang.luar', name: 'Orang Luar', unitId: other.id, roles: ['handler'] };
	await expect(createAccount(admin, whole)).rejects.toThrow(NotFound);
	const clerk = await makeActor([[regency.id, 'handler']]);
	await expect(grantRole(admin, idOf(clerk), { unitId: province.id, role: 'admin' })).rejects.toThrow(NotFound);
	await expect(grantRole(clerk, idOf(clerk), { unitId: regency.id, role: 'admin' })).rejects.toThrow(NotFound);
	const stranger = await makeActor([[other.id, 'handler']]);
	await expect(grantRole(admin, idOf(stranger), { unitId: regency.id, role: 'handler' })).rejects.toThrow(NotFound);
});

test('a planned acting role at the office above moves the account’s administration there at once', async () => {
	const person = await makeActor([[regency.id, 'handler']]);
	const administered = () =>
		accountForAdmin(db(), admin, idOf(person), 'administered').then(
			() => true,
			() => false
		);
	const listed = async () => (await personForAdmin(admin, idOf(person))).administered;
	expect([await administered(), await listed()]).toEqual([true, true]);
	const [from, to] = [new Date(Date.now() + DAY_MS), new Date(Date.now() + 2 * DAY_MS)];
	const days = { fromDay: localDate(from, 'UTC'), toDay: localDate(to, 'UTC'), startsAt: from, endsAt: to };
	const grant = { accountId: idOf(person), unitId: province.id, role: 'supervisor', kind: 'plh', order: '1', ...days };
	await db().insert(actingRoles).values(grant);
	expect([await administered(), await listed()]).toEqual([false, false]);
	await db().update(actingRoles).set({ endedAt: new Date() });
	expect([await administered(), await listed()]).toEqual([true, true]);
});

test('a role in a unit also applies to every unit below it and to no unit above', async () => {
	const person = await makeActor([]);
	await grantRole(rootAdmin, idOf(person), { unitId: province.id, role: 'manager' });
	await grantRole(rootAdmin, idOf(person), { unitId: regency.id, role: 'handler' });
	const actor = await actorOf(idOf(person));
	expect(actor?.units.manager).toEqual(expect.arrayContaining([province.id, regency.id, other.id]));
	expect(actor?.units.handler).toEqual([regency.id]);
	await revokeRole(rootAdmin, idOf(person), { unitId: province.id, role: 'manager' });
	expect((await actorOf(idOf(person)))?.units.manager).toEqual([]);
});

test('granting a role twice and revoking a missing role write no log entry', async () => {
	const person = await makeActor([[regency.id, 'handler']]);
	await grantRole(admin, idOf(person), { unitId: regency.id, role: 'handler' });
	await revokeRole(admin, idOf(person), { unitId: regency.id, role: 'manager' });
	expect(await actionsOn((await accountRow(person)).username)).toEqual([]);
});

test('the last administrator of the root cannot be removed, even by two concurrent requests', async () => {
	const second = await makeActor([[province.id, 'admin']]);
	const removals = await Promise.allSettled([
		revokeRole(rootAdmin, idOf(rootAdmin), { unitId: province.id, role: 'admin' }),
		revokeRole(second, idOf(second), { unitId: province.id, role: 'admin' })
	]);
	expect(removals.map((result) => result.status).sort()).toEqual(['fulfilled', 'rejected']);
	const remaining = await db()
		.select()
		.from(roles)
		.where(and(eq(roles.unitId, province.id), eq(roles.role, 'admin')));
	expect(remaining).toHaveLength(1);
	await db()
		.insert(roles)
		.values([second, rootAdmin].map((one) => ({ accountId: idOf(one), unitId: province.id, role: 'admin' })))
		.onConflictDoNothing();
	await revokeRole(rootAdmin, idOf(second), { unitId: province.id, role: 'admin' });
	const off = { name: 'Admin Utama', active: false };
	expect(await codesOf(changeAccount(rootAdmin, idOf(rootAdmin), off))).toEqual(['admin_own_account']);
	const system = { ...rootAdmin, accountId: null };
	expect(await codesOf(changeAccount(system, idOf(rootAdmin), off))).toEqual(['admin_last_admin']);
});

test('an administrator who never had a password does not replace the last one who can sign in', async () => {
	const about = eq(accounts.id, idOf(rootAdmin));
	const role = { unitId: province.id, role: 'admin' };
	await db().update(accounts).set({ passwordHash: 'x' }).where(about);
	const invited = await makeActor([[province.id, 'admin']]);
	expect(await codesOf(revokeRole(rootAdmin, idOf(rootAdmin), role))).toEqual(['admin_last_admin']);
	await revokeRole(rootAdmin, idOf(invited), role);
	await db().update(accounts).set({ passwordHash: null }).where(about);
});

test('deactivating an account ends its sessions; reactivating it restores no earlier session, token or password link', async () => {
	const person = await makeActor([[regency.id, 'handler']]);
	const id = idOf(person);
	const session = (name: string) => ({
		id: `${name}-${id}`,
		accountId: id,
		expiresAt: new Date('2099-01-01T00:00:00Z')
	});
	const switchTo = (reactivate: boolean) => changeAccount(admin, id, { name: 'Petugas Contoh', reactivate });
	const tokenInput = { name: 'Buku tamu', accountId: id, unitId: regency.id, scopes: ['cases:read'] };
	const { token } = await createToken(admin, tokenInput);
	const link = await createPasswordLink(admin, id);
	await db().insert(sessions).values(session('before'));
	expect(await tokenActor(token)).toBeDefined();

	await switchTo(false);
	expect(await sessionsOf(id)).toEqual([]);
	expect(await actorOf(id)).toBeUndefined();
	// As if created by a sign-in that was still running.
	await db().insert(sessions).values(session('late'));
	const [late] = await db()
		.insert(apiTokens)
		.values({ tokenHash: sha256Hex('late'), name: 'Lama', accountId: id, unitId: regency.id, scopes: ['cases:read'] })
		.returning();
	await switchTo(true);

	expect(await actorOf(id)).toBeDefined();
	expect(await sessionsOf(id)).toEqual([]);
	expect(await tokenActor(token)).toBeUndefined();
	expect(await tokenActor('late')).toBeUndefined();
	await expect(readPasswordLink(link?.token ?? '')).rejects.toThrow(NotFound);
	expect(await actionsOn('Buku tamu')).toEqual(['token.created', 'token.revoked']);
	expect(await actionsOn(late?.name ?? '')).toEqual(['token.revoked']);
	const { token: fresh } = await createToken(admin, tokenInput);
	expect(await tokenActor(fresh)).toBeDefined();
});

test('an administrator sees an account that also belongs to another unit, and changes its roles here but not its name', async () => {
	const both = await makeActor([
		[regency.id, 'handler'],
		[other.id, 'handler']
	]);
	const seen = (await listPeople(admin)).find((person) => person.id === idOf(both));
	expect(seen).toMatchObject({ administered: false });
	expect(Object.fromEntries(seen?.roles.map((role) => [role.unitId, role.mine]) ?? [])).toEqual({
		[regency.id]: true,
		[other.id]: false
	});
	await expect(changeAccount(admin, idOf(both), { name: 'Nama Lain', active: true })).rejects.toThrow(NotFound);
	await revokeRole(admin, idOf(both), { unitId: regency.id, role: 'handler' });
	expect((await listPeople(admin)).some((person) => person.id === idOf(both))).toBe(false);
});

test('an account without a unit belongs to the root administrator, an officer’s account to the officer’s unit', async () => {
	const bare = await makeActor([]);
	const officer = await makeOfficer(regency.id);
	const officersOwn = await makeActor([], officer.id);
	const forRegency = (await listPeople(admin)).map((person) => person.id);
	expect(forRegency).not.toContain(idOf(bare));
	expect(forRegency).toContain(idOf(officersOwn));
	expect((await listPeople(rootAdmin)).map((person) => person.id)).toContain(idOf(bare));
});

test('an absence can be added by the person or an administrator, is shown in the list, and can be removed', async () => {
	const person = await makeActor([[regency.id, 'supervisor']]);
	await addAbsence(person, idOf(person), { fromDay: '2000-01-01', toDay: '2099-12-31' });
	expect((await listPeople(admin)).find((one) => one.id === idOf(person))?.absentToday).toBe(true);
	const [absence] = await absencesOf(idOf(person));
	const stranger = await makeActor([[other.id, 'admin']]);
	await expect(removeAbsence(stranger, idOf(person), absence?.id ?? '')).rejects.toThrow(NotFound);
	for (let sent = 0; sent < 2; sent++) await removeAbsence(admin, idOf(person), absence?.id ?? '');
	expect((await listPeople(admin)).find((one) => one.id === idOf(person))?.absentToday).toBe(false);
	const reversed = { fromDay: '2026-02-02', toDay: '2026-02-01' };
	expect(await codesOf(addAbsence(person, idOf(person), reversed))).toEqual(['admin_range']);
	const unknown = { fromDay: '2026-02-30', toDay: '2026-03-01' };
	expect(await codesOf(addAbsence(person, idOf(person), unknown))).toEqual(['admin_date']);
});
