import { eq } from 'drizzle-orm';
import { beforeEach, expect, test } from 'vitest';
import { addDays, instantAt, localDate } from '#lib/calendar/days.ts';
import { changesOf, latestChange, makeGuardedOffice, rolesOf, type GuardedOffice } from '#lib/dev/testing/access.ts';
import { idOf, makeActor, makeUnit } from '#lib/dev/testing/factories.ts';
import { atTime } from '#lib/dev/testing/office.ts';
import { inHours, logOf } from '#lib/dev/testing/outcomes.ts';
import { requestTo } from '#lib/dev/testing/request.ts';
import { importRoute } from '#lib/dev/testing/routes.ts';
import { writeTogether } from '#lib/dev/testing/waiting.ts';
import { now } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import { accessChanges } from '#lib/server/db/schema/access-changes.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { roles } from '#lib/server/db/schema/people.ts';
import { Invalid, NotFound } from '#lib/server/errors.ts';
import { accessTitle } from '#lib/words/access.ts';
import { actingTerms } from '#lib/words/office.ts';
import { actorOf, type Actor } from '../actor.ts';
import { changeAccount } from '../accounts.ts';
import { personForAdmin } from '../directory.ts';
import { grantActingRole, grantRole, revokeActingRole, revokeRole, rolesOf as ownRoles } from '../grant-roles.ts';
import { actingRolesEndingSoon, actingRolesOf } from './acting-heads.ts';
import { sweepActingRoles } from './acting-sweep.ts';
import { resetSecondFactor } from '../sign-in/password-links.ts';
import { applyDueChanges, decideAccessChange } from './changes.ts';
import { listAccessChanges } from './list.ts';

type AccessPage = { actions: { decide: (event: unknown) => Promise<unknown> } };

let office: GuardedOffice;
let deputy: Actor;
let today: string;

beforeEach(async () => {
	office = await makeGuardedOffice();
	deputy = await makeActor([[office.unit.id, 'handler']]);
	today = localDate(now(), office.unit.timeZone);
});

const terms = (from: number, to: number, more: object = {}) => ({
	unitId: office.unit.id,
	role: 'supervisor',
	kind: 'plh',
	order: 'SPT 12/2026',
	fromDay: addDays(today, from),
	toDay: addDays(today, to),
	...more
});
const ask = (from: number, to: number, more: object = {}, by = office.admin) =>
	grantActingRole(by, idOf(deputy), terms(from, to, more));
const approve = async () =>
	decideAccessChange(office.head, (await latestChange(deputy)).id, { decision: 'approve', link: 'print' });
const supervises = async () => ((await actorOf(idOf(deputy)))?.units.supervisor.length ?? 0) > 0;
const midnight = (days: number) => instantAt(addDays(today, days), '00:00', office.unit.timeZone);

async function codeOf(work: Promise<unknown>) {
	const cause = await work.then(
		() => undefined,
		(error: unknown) => error
	);
	return cause instanceof Invalid ? cause.issues.map(({ path, code }) => `${path} ${code}`) : cause;
}

test('a supervisor approves an acting head, who has the role from the first day to the last, and keeps their own role', async () => {
	expect(await ask(1, 2)).toBe(true);
	const [change] = await listAccessChanges(office.head, 'waiting', idOf(deputy));
	expect(change && accessTitle(change)).toMatch(/Plh\. Penyelia, .*SPT 12\/2026/);
	await approve();
	await sweepActingRoles();
	expect(await supervises()).toBe(false);
	await atTime(midnight(1), async () => {
		await sweepActingRoles();
		expect((await actorOf(idOf(deputy)))?.held).toContainEqual(
			expect.objectContaining({ role: 'supervisor', acting: 'plh', order: 'SPT 12/2026' })
		);
		expect(await supervises()).toBe(true);
		const person = await personForAdmin(office.admin, idOf(deputy));
		expect(person.roles.map(({ role, acting }) => [role, acting?.toDay])).toEqual([
			['handler', undefined],
			['supervisor', addDays(today, 2)]
		]);
	});
	const lastMoment = new Date(midnight(3).getTime() - 1);
	await atTime(lastMoment, async () => {
		await sweepActingRoles();
		expect(await supervises()).toBe(true);
	});
	await atTime(midnight(3), async () => {
		// Before the sweep has run, too.
		expect(await supervises()).toBe(false);
		expect(await sweepActingRoles()).toBe(true);
		expect(await rolesOf(deputy)).toEqual(['handler']);
		expect(await actingRolesOf(idOf(deputy))).toEqual([]);
		expect(await sweepActingRoles()).toBe(false);
	});
	const { username = '' } =
		(
			await db()
				.select()
				.from(accounts)
				.where(eq(accounts.id, idOf(deputy)))
		)[0] ?? {};
	const about = (await logOf(username)).map(({ action }) => action).filter((action) => /^(role|access)/.test(action));
	expect(about).toEqual([
		'access.waiting.role',
		'role.acting_granted',
		'access.effective.role',
		'role.acting_started',
		'role.acting_ended'
	]);
});

test('the letter with the password link of an acting head names role, office, days and order', async () => {
	const person = await makeActor([[office.unit.id, 'manager']]);
	await grantActingRole(office.admin, idOf(person), terms(0, 2));
	const { id } = await latestChange(person);
	const { actions } = (await importRoute<AccessPage>('(staff)/me/access/+page.server.ts'))!;
	const fields = { id, decision: 'approve', link: 'print', name: person.name, username: 'x' };
	const letter = await actions.decide(requestTo('/me/access', { actor: office.head, fields }));
	const days = actingTerms({ fromDay: today, toDay: addDays(today, 2), order: 'SPT 12/2026' });
	const role = `Peran Anda: Plh. Penyelia, ${office.unit.name} (${days}). Kata sandi Anda yang lama, bila ada,`;
	expect(letter).toMatchObject({ name: person.name, role: expect.stringContaining(role) as string });
});

test('an end in the past, days that overlap, a role that the account has anyway and missing terms are refused', async () => {
	expect(await codeOf(ask(-3, -1))).toEqual(['toDay last_day_past']);
	expect(await codeOf(ask(2, 1))).toEqual(['toDay admin_range']);
	expect(await codeOf(ask(0, 1, { role: 'handler' }))).toEqual(['role acting_has_role']);
	expect(await codeOf(ask(0, 1, { role: 'admin' }))).toEqual(['role admin_role']);
	expect(await codeOf(ask(0, 1, { kind: '', order: ' ' }))).toEqual(['kind acting_kind', 'order acting_order']);
	expect(await codeOf(grantActingRole(office.admin, idOf(deputy), {}))).toEqual([
		'unitId admin_unit',
		'role admin_role',
		'kind acting_kind',
		'order acting_order',
		'fromDay admin_date',
		'toDay admin_date'
	]);
	await ask(0, 2);
	await approve();
	for (const [from, to] of [
		[2, 4],
		[1, 1],
		[-1, 0]
	] as const)
		expect(await codeOf(ask(from, to))).toEqual(['fromDay acting_overlap']);
	expect(await ask(3, 4)).toBe(true);
	const elsewhere = await makeActor([[(await makeUnit()).id, 'admin']]);
	await expect(ask(5, 6, {}, elsewhere)).rejects.toThrow(NotFound);
});

test('a grant that nobody decided before its last day was over gives nothing', async () => {
	await ask(0, 0);
	await atTime(new Date(midnight(1).getTime() + 25 * 3_600_000), async () => {
		await applyDueChanges();
		await sweepActingRoles();
		expect(await supervises()).toBe(false);
		expect(await latestChange(deputy)).toMatchObject({ state: 'overtaken' });
	});
});

test('a permanent role that is granted meanwhile stays after the last day', async () => {
	await ask(0, 1, { kind: 'plt' });
	await approve();
	expect(await supervises()).toBe(true);
	expect(await grantRole(office.admin, idOf(deputy), { unitId: office.unit.id, role: 'supervisor' })).toBe(true);
	await approve();
	await atTime(midnight(2), async () => {
		await sweepActingRoles();
		expect(await supervises()).toBe(true);
	});
});

test('a grant goes on if the permanent role that was granted meanwhile is revoked', async () => {
	await ask(0, 1, { kind: 'plt' });
	await approve();
	const role = { unitId: office.unit.id, role: 'supervisor' };
	await grantRole(office.admin, idOf(deputy), role);
	await approve();
	await revokeRole(office.admin, idOf(deputy), role);
	expect(await supervises()).toBe(true);
	expect((await changesOf(idOf(deputy))).filter(({ kind }) => kind === 'role_removed')).toEqual([]);
	await atTime(midnight(2), async () => {
		await sweepActingRoles();
		expect(await rolesOf(deputy)).toEqual(['handler']);
	});
});

test('an administrator ends a grant at once, and a grant of a switched-off account does not start', async () => {
	await ask(0, 5);
	await approve();
	const [grant] = await actingRolesOf(idOf(deputy));
	const { kind, order, fromDay, toDay } = grant!;
	expect(await ownRoles(idOf(deputy))).toMatchObject([
		{ role: 'handler', acting: null },
		{ role: 'supervisor', acting: { kind, order, fromDay, toDay } }
	]);
	const stranger = await makeActor([[(await makeUnit()).id, 'admin']]);
	await expect(revokeActingRole(stranger, idOf(deputy), grant?.id ?? '')).rejects.toThrow(NotFound);
	expect(await actingRolesEndingSoon([office.unit.id])).toBe(0);
	await inHours(3 * 24, async () => expect(await actingRolesEndingSoon([office.unit.id])).toBe(1));
	await revokeActingRole(office.admin, idOf(deputy), grant?.id ?? '');
	expect(await supervises()).toBe(false);
	expect(await latestChange(deputy)).toMatchObject({ kind: 'role_removed' });
	await revokeActingRole(office.admin, idOf(deputy), grant?.id ?? '');
	expect((await changesOf(idOf(deputy))).filter(({ kind }) => kind === 'role_removed')).toHaveLength(1);
	await ask(1, 2);
	await approve();
	await db()
		.update(accounts)
		.set({ active: false })
		.where(eq(accounts.id, idOf(deputy)));
	await atTime(midnight(1), async () => {
		await sweepActingRoles();
		expect(await rolesOf(deputy)).toEqual(['handler']);
	});
});

const changeAddress = (by: Actor, whom: Actor) =>
	changeAccount(by, idOf(whom), { name: 'Plh. Contoh', email: 'lain@contoh.invalid', active: true });

test('an acting head is protected from approval until 30 days after the last day', async () => {
	const clerk = office.clerk;
	expect(await grantActingRole(office.admin, idOf(clerk), terms(3, 4))).toBe(true);
	await decideAccessChange(office.head, (await latestChange(clerk)).id, { decision: 'approve', link: 'print' });
	expect(await changeAddress(office.admin, clerk)).toBe(true);
	expect(await resetSecondFactor(office.admin, idOf(clerk))).toBe(true);
	await atTime(midnight(3), sweepActingRoles);
	await atTime(midnight(5), async () => {
		await sweepActingRoles();
		expect(await changeAddress(office.admin, clerk)).toBe(true);
	});
});

test('a grant that prolongs one keeps the role, also if it is approved before the sweep has ended the first', async () => {
	await ask(0, 0);
	await approve();
	await ask(1, 2);
	await atTime(midnight(1), async () => {
		await approve();
		expect(await supervises()).toBe(true);
		await sweepActingRoles();
		expect(await supervises()).toBe(true);
		expect(await latestChange(deputy)).toMatchObject({ kind: 'role', state: 'effective' });
	});
});

test('a request that only an acting head could decide keeps waiting after the last day', async () => {
	await ask(0, 0);
	await approve();
	for (const person of [office.head, office.above])
		await db()
			.delete(roles)
			.where(eq(roles.accountId, idOf(person)));
	await grantRole(office.admin, idOf(office.clerk), { unitId: office.unit.id, role: 'handler' });
	await atTime(new Date(midnight(1).getTime() + 25 * 3_600_000), async () => {
		await sweepActingRoles();
		await applyDueChanges();
		expect(await latestChange(office.clerk)).toMatchObject({ state: 'waiting' });
	});
});

test.runIf(process.env.TEST_DATABASE === 'postgres')(
	'if two requests with other days are made at once, the later one waits',
	async () => {
		await writeTogether(accessChanges, [() => ask(0, 5), () => ask(0, 9)]);
		const states = (await changesOf(idOf(deputy))).map(({ state }) => state);
		expect(states.toSorted()).toEqual(['overtaken', 'waiting']);
	}
);
