import { eq } from 'drizzle-orm';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Role } from '#lib/cases/vocabulary.ts';
import { db, transaction } from '#lib/server/db/index.ts';
import { incomingMessages } from '#lib/server/db/schema/channels.ts';
import { units } from '#lib/server/db/schema/units.ts';
import { now } from '#lib/server/clock.ts';
import { Conflict, NotAllowed, NotFound } from '#lib/server/errors.ts';
import { addAbsence } from '../absence.ts';
import { applyDueChanges, decideAccessChange, cancelWaitingChanges, takeBackAccessChange } from './changes.ts';
import { waitingDecisions } from '#lib/server/staff-notices/waiting-decisions.ts';
import { listAccessChanges } from './list.ts';
import { changeAccount } from '../accounts.ts';
import { actorOf, systemActor, type Actor } from '../actor.ts';
import { provideAccount } from '../first-account.ts';
import { createPasswordLink } from '../sign-in/password-links.ts';
import { grantRole, revokeRole } from '../grant-roles.ts';
import { createToken } from '../sign-in/tokens.ts';
import { makeConnection, receive } from '#lib/dev/testing/channels/incoming.ts';
import { makeActor, makeCase, makeUnit, idOf, accountRow } from '#lib/dev/testing/factories.ts';
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
import { inHours, logOf } from '#lib/dev/testing/outcomes.ts';
import { giveEmailAddress } from '#lib/dev/testing/notices.ts';

let { province, unit, rootAdmin, admin, head, above, clerk } = {} as GuardedOffice;
beforeEach(async () => {
	({ province, unit, rootAdmin, admin, head, above, clerk } = await makeGuardedOffice());
});
afterEach(withoutMail);

test('a role takes effect at once until the unit or a unit below has its first case', async () => {
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

test('a message in the shared inbox counts like a case once the office opened', async () => {
	const young = await makeUnit({ state: 'new' });
	const only = await makeActor([[young.id, 'admin']]);
	await receive(await makeConnection(young), 'sari@contoh.example', 'Antrean di loket terlalu lama.');
	const other = await makeActor([[young.id, 'manager']]);
	const ask = (role: Role) => grantRole(only, idOf(other), { unitId: young.id, role });
	expect(await ask('handler')).toBe(false);
	await transaction((tx) => tx.update(units).set({ state: 'open' }).where(eq(units.id, young.id)));
	expect(await ask('supervisor')).toBe(true);
	expect(await rolesOf(other)).toEqual(['handler', 'manager']);
});

test.each(['failed', 'machine'] as const)('a message that was set aside as %s counts too', async (state) => {
	const young = await makeUnit();
	const only = await makeActor([[young.id, 'admin']]);
	const { id: connectionId } = await makeConnection(young);
	const ask = (role: Role) => grantRole(only, idOf(only), { unitId: young.id, role });
	expect(await ask('supervisor')).toBe(false);
	const times = { sentAt: now(), receivedAt: now() };
	await db()
		.insert(incomingMessages)
		.values({ connectionId, unitId: young.id, onceKey: state, state, bytes: 10, ...times });
	expect(await ask('handler')).toBe(true);
	expect(await rolesOf(only)).toEqual(['admin', 'supervisor']);
});

test('practice in a trial is no first case, also for the office above', async () => {
	const top = await makeUnit({ state: 'new' });
	const young = await makeUnit({ parent: top, state: 'trial' });
	const only = await makeActor([[top.id, 'admin']]);
	await makeCase(young, {}, { visitor: only });
	const other = await makeActor([[young.id, 'manager']]);
	for (const { id: unitId } of [young, top])
		expect(await grantRole(only, idOf(other), { unitId, role: 'handler' })).toBe(false);
	expect(await createPasswordLink(only, idOf(other))).toBeDefined();
});

test('a supervisor of the unit or above approves at once; the same request twice is stored once', async () => {
	const change = await askRole(admin, clerk, unit.id);
	await grantRole(admin, idOf(clerk), { unitId: unit.id, role: 'handler' });
	expect(await changesOf(idOf(clerk))).toHaveLength(1);
	for (const decider of [head, above])
		expect((await waitingDecisions(decider)).access).toMatchObject([{ id: change.id }]);
	await decideAccessChange(above, change.id, { decision: 'approve', link: 'print' });
	expect(await rolesOf(clerk)).toEqual(['handler', 'manager']);
	expect(await latestChange(clerk)).toMatchObject({ state: 'effective', decidedBy: idOf(above) });
	await expect(decideAccessChange(head, change.id, { decision: 'decline' })).rejects.toThrow(Conflict);
	await expect(takeBackAccessChange(admin, change.id)).rejects.toThrow(Conflict);
});

test('the requester, the account concerned, other units, tokens and inactive accounts cannot approve', async () => {
	const both = await makeActor([[unit.id, 'admin', 'supervisor']]);
	const change = await askRole(both, both, unit.id, 'handler');
	const elsewhere = await makeActor([[(await makeUnit()).id, 'supervisor', 'admin']]);
	const approve = (by: Actor, { id } = change) => decideAccessChange(by, id, { decision: 'approve' });
	for (const one of [both, admin, { ...head, scopes: [] }]) await expect(approve(one)).rejects.toThrow(NotAllowed);
	for (const one of [clerk, elsewhere]) await expect(approve(one)).rejects.toThrow(NotFound);
	const about = await askRole(admin, head, unit.id, 'handler');
	await expect(approve(head, about)).rejects.toThrow(NotAllowed);
	await decideAccessChange(head, about.id, { decision: 'decline' });
	expect(await rolesOf(head)).toEqual(['supervisor']);
	await changeAccount(rootAdmin, idOf(head), { name: 'Kepala Contoh' });
	expect(await actorOf(idOf(head))).toBeUndefined();
});

test('a supervisor recorded as absent may still decide', async () => {
	await addAbsence(admin, idOf(head), { fromDay: '2020-01-01', toDay: '2099-01-01' });
	const change = await askRole(admin, clerk, unit.id);
	await decideAccessChange((await actorOf(idOf(head)))!, change.id, { decision: 'decline' });
	expect(await rolesOf(clerk)).toEqual(['manager']);
});

test('a regency’s supervisor may decline but not approve a change that also opens the province’s cases', async () => {
	const wide = await makeActor([
		[province.id, 'handler'],
		[unit.id, 'handler']
	]);
	expect(await createPasswordLink(rootAdmin, idOf(wide))).toBeUndefined();
	const change = await latestChange(wide);
	await expect(decideAccessChange(head, change.id, { decision: 'approve', link: 'print' })).rejects.toThrow(NotAllowed);
	expect(await listAccessChanges(head, 'waiting')).toMatchObject([{ mayApprove: false, mayDecline: true }]);
	expect((await waitingDecisions(head)).access).toMatchObject([{ id: change.id }]);
	expect(await decideAccessChange(above, change.id, { decision: 'approve', link: 'print' })).toBeDefined();
});

test('a change that nobody may approve keeps waiting while a supervisor of one of its units could decline', async () => {
	await revokeRole(rootAdmin, idOf(above), { unitId: province.id, role: 'supervisor' });
	const other = await makeUnit({ parent: province });
	await makeCase(other);
	const wide = await makeActor([
		[unit.id, 'handler'],
		[other.id, 'handler']
	]);
	await giveEmailAddress(wide);
	withMail();
	expect(await createPasswordLink(rootAdmin, idOf(wide))).toBeUndefined();
	await inHours(25, applyDueChanges);
	const change = await latestChange(wide);
	expect(change.state).toBe('waiting');
	await decideAccessChange(head, change.id, { decision: 'decline' });
	expect((await latestChange(wide)).state).toBe('declined');
});

test('a requester who removed the supervisors first gains no access by waiting', async () => {
	await revokeRole(rootAdmin, idOf(above), { unitId: province.id, role: 'supervisor' });
	await revokeRole(admin, idOf(head), { unitId: unit.id, role: 'supervisor' });
	await askRole(admin, admin, unit.id, 'handler');
	await inHours(25, applyDueChanges);
	expect(await rolesOf(admin)).toEqual(['admin']);
});

test('without a decision a change takes effect after 24 hours, not earlier, and only once', async () => {
	await askRole(admin, admin, unit.id, 'handler');
	await inHours(23.98, applyDueChanges);
	expect(await rolesOf(admin)).toEqual(['admin']);
	await inHours(24.02, applyDueChanges);
	await inHours(24.02, applyDueChanges);
	expect(await rolesOf(admin)).toEqual(['admin', 'handler']);
	expect(await latestChange(admin)).toMatchObject({ state: 'effective', decidedBy: null });
	const log = await logOf((await accountRow(admin)).username);
	expect(log.map(({ action }) => action)).toEqual(['access.waiting.role', 'role.granted', 'access.effective.role']);
});

test('a change takes effect after 24 hours if there were no deciders, but not if the deciders were removed', async () => {
	const lone = await makeUnit();
	const only = await makeActor([[lone.id, 'admin', 'supervisor']]);
	await makeCase(lone);
	await grantRole(only, idOf(only), { unitId: lone.id, role: 'handler' });
	await inHours(25, applyDueChanges);
	expect(await rolesOf(only)).toEqual(['admin', 'handler', 'supervisor']);

	await askRole(admin, clerk, unit.id);
	await changeAccount(rootAdmin, idOf(above), { name: 'Penyelia Contoh' });
	await revokeRole(admin, idOf(head), { unitId: unit.id, role: 'supervisor' });
	await inHours(25, applyDueChanges);
	expect(await latestChange(clerk)).toMatchObject({ state: 'waiting' });
	expect(await listAccessChanges(admin, 'waiting')).toMatchObject([{ takesEffectItself: false }]);
	expect((await latestChange(head)).kind).toBe('role_removed');
	expect((await latestChange(above)).kind).toBe('switched_off');
});

test('a change that was withdrawn, declined, or requested by a former administrator never takes effect', async () => {
	const first = await askRole(admin, clerk, unit.id, 'handler');
	await expect(takeBackAccessChange(head, first.id)).rejects.toThrow(NotAllowed);
	await takeBackAccessChange(admin, first.id);
	const second = await askRole(admin, clerk, unit.id, 'handler');
	expect(second.id).not.toBe(first.id);
	await decideAccessChange(head, second.id, { decision: 'decline' });
	await askRole(admin, clerk, unit.id, 'handler');
	await revokeRole(rootAdmin, idOf(admin), { unitId: unit.id, role: 'admin' });
	await inHours(25, applyDueChanges);
	expect((await changesOf(idOf(clerk))).map(({ state }) => state)).toEqual(['taken_back', 'declined', 'overtaken']);
	expect(await rolesOf(clerk)).toEqual(['manager']);
});

test('only one of a concurrent timeout and decision takes effect', async () => {
	const change = await askRole(admin, admin, unit.id, 'handler');
	const outcomes = await inHours(25, () =>
		Promise.allSettled([applyDueChanges(), decideAccessChange(head, change.id, { decision: 'decline' })])
	);
	const declined = outcomes[1].status === 'fulfilled';
	expect(await rolesOf(admin)).toEqual(declined ? ['admin'] : ['admin', 'handler']);
});

test('the operator’s changes need no approval, and supervisors see them in their list', async () => {
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
	const tokenInput = { name: 'Pemantau', accountId: idOf(head), unitId: unit.id, scopes: ['cases:read'] };
	expect((await createToken(system, tokenInput)).waiting).toBe(false);
});

test('a request ends when the operator gives the same role', async () => {
	await askRole(admin, clerk, unit.id);
	await askRole(admin, clerk, unit.id, 'supervisor');
	await grantRole(await systemActor([]), idOf(clerk), { unitId: unit.id, role: 'handler' });
	expect((await changesOf(idOf(clerk))).map(({ data, state }) => [data.role, state])).toEqual([
		['handler', 'overtaken'],
		['supervisor', 'waiting'],
		['handler', 'effective']
	]);
});

test('after a restore no change that waited in the backup takes effect', async () => {
	await askRole(admin, clerk, unit.id);
	await transaction((tx) => cancelWaitingChanges(tx));
	await inHours(25, applyDueChanges);
	expect(await rolesOf(clerk)).toEqual(['manager']);
});

test('the list shows a change to the people concerned, with what each may do', async () => {
	await askRole(admin, clerk, unit.id);
	const may = async (actor: Actor) =>
		(await listAccessChanges(actor, 'waiting')).map((one) => [one.mayApprove, one.mayDecline, one.mayTakeBack]);
	expect(await listAccessChanges(admin, 'waiting')).toMatchObject([{ takesEffectItself: true }]);
	expect(await may(admin)).toEqual([[false, false, true]]);
	expect(await may(head)).toEqual([[true, true, false]]);
	expect(await may(clerk)).toEqual([[false, true, false]]);
	expect(await may(await makeActor([[(await makeUnit()).id, 'supervisor']]))).toEqual([]);
});
