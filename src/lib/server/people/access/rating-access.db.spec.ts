import { sql } from 'drizzle-orm';
import { beforeEach, expect, test } from 'vitest';
import { db, rowsOf } from '#lib/server/db/index.ts';
import { decideAccessChange } from './changes.ts';
import { changeAccount, createAccount } from '../accounts.ts';
import { actorOf, type Actor } from '../actor.ts';
import { grantRole, revokeRole } from '../grant-roles.ts';
import { changeOfficer } from '../officers/officers.ts';
import { createPasswordLink, resetSecondFactor } from '../sign-in/password-links.ts';
import { createToken, tokenActor } from '../sign-in/tokens.ts';
import { changesOf, latestChange, rolesOf } from '#lib/dev/testing/access.ts';
import { accountRow, idOf, makeActor, makeOfficerWithAccount, makeUnit } from '#lib/dev/testing/factories.ts';
import { rateOn } from '#lib/dev/testing/figures/rating-history.ts';

let province: Awaited<ReturnType<typeof makeUnit>>;
let unit: Awaited<ReturnType<typeof makeUnit>>;
let officerId: string;
let [rated, other, head, manager] = [] as unknown as [Actor, Actor, Actor, Actor];

beforeEach(async () => {
	province = await makeUnit();
	unit = await makeUnit({ parent: province });
	const [officer, account] = await makeOfficerWithAccount(unit.id, ['admin']);
	officerId = officer.id;
	rated = account;
	other = await makeActor([[unit.id, 'admin']]);
	head = await makeActor([[unit.id, 'supervisor']]);
	manager = await makeActor([[unit.id, 'manager']]);
});

const rate = () => rateOn(unit, '2026-03-02', { officer: officerId });
const token = (scopes: string[]) => ({ name: 'Papan', accountId: idOf(manager), unitId: unit.id, scopes });
const details = (changes: object = {}) => ({ name: 'Orang Contoh', active: true, ...changes });

test('before the first rating, and for administrators who are no officers, nothing waits', async () => {
	const clerk = await makeActor([[unit.id, 'handler']]);
	expect((await createToken(rated, token(['insight:read']))).waiting).toBe(false);
	expect(await grantRole(rated, idOf(clerk), { unitId: unit.id, role: 'manager' })).toBe(false);
	expect(await createPasswordLink(rated, idOf(manager))).toBeDefined();
	await rate();
	expect((await createToken(other, token(['insight:read']))).waiting).toBe(false);
	expect(await createPasswordLink(other, idOf(manager))).toBeDefined();
	expect(await resetSecondFactor(other, idOf(manager))).toBe(false);
	expect(await changeAccount(other, idOf(manager), details({ email: 'baru@contoh.invalid' }))).toBe(false);
	expect((await createToken(rated, token(['directory:read']))).waiting).toBe(false);
});

test('an officer who is rated gets no token or sign-in of a manager’s account without a supervisor', async () => {
	await rate();
	const made = await createToken(rated, token(['insight:read']));
	expect(made.waiting).toBe(true);
	expect(await tokenActor(made.token)).toBeUndefined();
	expect(await createPasswordLink(rated, idOf(manager))).toBeUndefined();
	expect(await resetSecondFactor(rated, idOf(manager))).toBe(true);
	expect(await changeAccount(rated, idOf(manager), details({ email: 'saya@contoh.invalid' }))).toBe(true);
	expect((await accountRow(manager)).email).toBeNull();
	await makeActor([[province.id, 'admin']]);
	await changeAccount(rated, idOf(manager), details({ active: undefined }));
	expect(await changeAccount(rated, idOf(manager), details({ reactivate: true }))).toBe(true);
	expect((await accountRow(manager)).active).toBe(false);
});

test('a manager whose role such an officer removed keeps the address, and gets a new password with the role', async () => {
	await rate();
	await revokeRole(rated, idOf(manager), { unitId: unit.id, role: 'manager' });
	expect(await changeAccount(rated, idOf(manager), details({ email: 'saya@contoh.invalid' }))).toBe(true);
	const second = await createAccount(rated, {
		username: `kedua${unit.code}`,
		name: 'Orang Contoh',
		unitId: unit.id,
		roles: ['handler']
	});
	expect(await createPasswordLink(rated, second)).toBeDefined();
	expect(await grantRole(rated, second, { unitId: unit.id, role: 'manager' })).toBe(true);
	expect(await createPasswordLink(rated, second)).toBeUndefined();
	const grant = (await changesOf(second)).find(({ kind }) => kind === 'role')!;
	const link = await decideAccessChange(head, grant.id, { decision: 'approve', link: 'print' });
	expect(link).toBeDefined();
	expect((await actorOf(second))?.units.manager).toEqual([unit.id]);
});

test('such an officer makes nobody an administrator who could read for them', async () => {
	await rate();
	expect(await grantRole(rated, idOf(head), { unitId: unit.id, role: 'admin' })).toBe(true);
	expect(await createPasswordLink(rated, idOf(other))).toBeUndefined();
	expect(await grantRole(other, idOf(head), { unitId: unit.id, role: 'admin' })).toBe(false);
});

test('the role covers units below; one’s own account needs no approval; one’s own officer record is not unlinked alone', async () => {
	await rate();
	const above = (await actorOf(idOf(await makeActor([[province.id, 'admin']]))))!;
	const linked = { ...above, accountId: rated.accountId };
	expect(await grantRole(linked, idOf(head), { unitId: province.id, role: 'manager' })).toBe(true);
	expect(await grantRole(rated, idOf(rated), { unitId: unit.id, role: 'manager' })).toBe(false);
	expect(await rolesOf(rated)).toEqual(['admin', 'manager']);
	expect(await changeOfficer(rated, officerId, { name: 'Petugas', active: true })).toBe(true);
	expect(await latestChange(rated)).toMatchObject({ kind: 'officer_link', state: 'waiting', unitIds: [unit.id] });
});

test('an account gets a notice of every token that somebody else makes for it', async () => {
	await createToken(other, token(['directory:read']));
	await createToken(other, { ...token(['directory:read']), accountId: idOf(other) });
	const told = sql`select data ->> 'accountId' as account from pgboss.job where name = 'token-made'
		and data ->> 'accountId' in (${idOf(manager)}, ${idOf(other)})`;
	expect(await rowsOf(db(), told)).toEqual([{ account: idOf(manager) }]);
});
