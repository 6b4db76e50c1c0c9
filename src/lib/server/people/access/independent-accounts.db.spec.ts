import { beforeEach, expect, test } from 'vitest';
import type { Role } from '#lib/cases/vocabulary.ts';
import { idOf, makeActor, makeUnit } from '#lib/dev/testing/factories.ts';
import { atTime } from '#lib/dev/testing/office.ts';
import { failure } from '#lib/dev/testing/outcomes.ts';
import { enrolSecondFactor } from '#lib/dev/testing/sign-in/second-factor.ts';
import { transaction } from '#lib/server/db/index.ts';
import { changeAccount, createAccount } from '../accounts.ts';
import { actorOf, systemActor, type Actor } from '../actor.ts';
import { grantRole } from '../grant-roles.ts';
import { createPasswordLink, resetSecondFactor } from '../sign-in/password-links.ts';
import { requireIndependent } from './independent-accounts.ts';

let root: Awaited<ReturnType<typeof makeUnit>>;
let first: Actor;
let other: Actor;
beforeEach(async () => {
	root = await makeUnit();
	first = await makeActor([[root.id, 'admin']]);
	other = await makeActor([[root.id, 'admin']]);
});

const MADE = '2026-03-02T02:00:00Z';
const refused = (date = 'Rabu, 1 April 2026, 10.00 WITA') => ({
	name: 'NotAllowed',
	code: 'same_person',
	params: { date }
});
let made = 0;
async function newAccount(by: Actor): Promise<Actor> {
	const input = { username: `orang${++made}`, name: 'Orang Contoh', unitId: root.id, roles: ['admin'] };
	return (await actorOf(await createAccount(by, input)))!;
}
/** Why the two are no two persons; undefined if they are. */
const refusal = (one: Actor, two: Actor, role: Role = 'admin') =>
	failure(transaction((tx) => requireIndependent(tx, [idOf(one), idOf(two)], { role, unitId: root.id })));

test('an account that the other one created counts as a second person after 30 days', async () => {
	const second = await atTime(MADE, () => newAccount(first));
	for (const [one, two] of [
		[first, second],
		[second, first]
	] as const) {
		expect(await atTime('2026-04-01T01:59:59Z', () => refusal(one, two))).toMatchObject(refused());
		expect(await atTime('2026-04-01T02:00:00Z', () => refusal(one, two))).toBeUndefined();
	}
	expect(await atTime(MADE, () => refusal(first, other))).toBeUndefined();
});

test.each<[string, (id: string) => Promise<unknown>]>([
	['role', (id) => grantRole(first, id, { unitId: root.id, role: 'manager' })],
	['password link', (id) => createPasswordLink(first, id)],
	['address', (id) => changeAccount(first, id, { name: 'Orang Contoh', active: true, email: 'baru@contoh.invalid' })],
	['second factor', (id) => resetSecondFactor(first, id)],
	[
		'switched-off account',
		async (id) => {
			for (const reactivate of [false, true]) await changeAccount(first, id, { name: 'Orang Contoh', reactivate });
		}
	]
])('an account whose %s the other one changed is not a second person', async (_what, change) => {
	await enrolSecondFactor(idOf(other));
	expect(await atTime(MADE, () => refusal(first, other, 'manager'))).toBeUndefined();
	await atTime(MADE, () => change(idOf(other)));
	expect(await atTime(MADE, () => refusal(other, first, 'manager'))).toMatchObject(refused());
});

test('accounts of one maker are no two persons, also through accounts in between', async () => {
	const second = await atTime(MADE, () => newAccount(first));
	const third = await atTime('2026-03-05T02:00:00Z', () => newAccount(second));
	const fourth = await atTime('2026-03-05T02:00:00Z', () => newAccount(first));
	for (const [one, two] of [
		[first, third],
		[third, fourth]
	] as const)
		expect(await atTime('2026-03-06T02:00:00Z', () => refusal(one, two))).toMatchObject(refused());
	// They handled the same account, but not each other's.
	await atTime(MADE, () => createPasswordLink(other, idOf(fourth)));
	expect(await atTime(MADE, () => refusal(first, other))).toBeUndefined();
});

test('another role, a change of the name and what the operator did count not', async () => {
	const second = await atTime(MADE, async () => newAccount(await systemActor([])));
	await atTime(MADE, async () => {
		await grantRole(first, idOf(second), { unitId: root.id, role: 'manager' });
		await changeAccount(first, idOf(second), { name: 'Nama Lain', active: true });
		await createPasswordLink(await systemActor([]), idOf(second));
		expect(await refusal(first, second)).toBeUndefined();
		expect(await refusal(first, second, 'manager')).toMatchObject(refused());
	});
});
