import { eq, like, sql } from 'drizzle-orm';
import { beforeAll, expect, test } from 'vitest';
import { withClock } from '#lib/server/clock.ts';
import { db, rowsOf } from '#lib/server/db/index.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { rateLimits } from '#lib/server/db/schema/people.ts';
import { Invalid } from '#lib/server/errors.ts';
import { changeAccount } from '../accounts.ts';
import type { Actor } from '../actor.ts';
import type { Device } from './known-devices.ts';
import { SLOWDOWNS } from '#lib/server/rate-limits.ts';
import { createPasswordLink, usePasswordLink } from './password-links.ts';
import { signOutEverywhere } from './session.ts';
import { signIn } from './sign-in.ts';
import { makeActor, makeUnit, makeUser } from '#lib/dev/testing/factories.ts';
import { logOf } from '#lib/dev/testing/outcomes.ts';

const PASSWORD = 'kopi susu tanpa gula';
const OFFICE = 'the office';
const { points, waits } = SLOWDOWNS.sign_in_account;
const LONGEST = waits.at(-1);

let admin: Actor;
let unitId: string;

beforeAll(async () => {
	unitId = (await makeUnit()).id;
	admin = await makeActor([[unitId, 'admin']]);
});

const person = () => makeUser([[unitId, 'handler']], PASSWORD);

/**
 * One sign-in attempt with a clock that does not really wait.
 * @returns the result and the seconds it would have waited
 */
async function attempt(
	username: string,
	password: string,
	{ address = 'elsewhere', device }: { address?: string; device?: Device } = {}
) {
	let waited = 0;
	const pause = (milliseconds: number) => Promise.resolve(void (waited += milliseconds / 1000));
	const opened = await withClock(
		() => new Date(),
		() => signIn({ username, password, address, device }).catch((cause: unknown) => cause),
		pause
	);
	const issues = opened instanceof Invalid ? opened.issues : undefined;
	const marked = opened instanceof Error ? undefined : (opened as { device: Device }).device;
	return { waited, issues, device: marked };
}

async function fail(times: number, username: string, where: { address?: string; device?: Device } = {}) {
	const tries = [];
	for (let n = 0; n < times; n++) tries.push(await attempt(username, `salah nomor ${n}`, where));
	return tries;
}

test('an unknown account, a wrong password, an inactive account and one without password wait and respond alike', async () => {
	const [known, off, bare] = [await person(), await person(), await person()];
	await db().update(accounts).set({ active: false }).where(eq(accounts.id, off.id));
	await db().update(accounts).set({ passwordHash: null }).where(eq(accounts.id, bare.id));
	for (let n = 0; n < points + 2; n++) {
		const tries = [
			await attempt('tidak.ada', PASSWORD),
			await attempt(known.username, 'kopi susu dengan gula'),
			await attempt(off.username, PASSWORD),
			await attempt(bare.username, PASSWORD)
		];
		for (const one of tries) expect(one).toEqual(tries[0]);
		expect(tries[0]?.issues).toHaveLength(1);
	}
});

test('waits grow with each failure up to the longest and are shown; the right password is then accepted', async () => {
	const { username } = await person();
	const tries = await fail(points + waits.length + 3, username);
	const free = Array<number>(points).fill(0);
	expect(tries.map(({ waited }) => waited)).toEqual([...free, ...waits, LONGEST, LONGEST, LONGEST]);
	expect(tries[points - 2]?.issues).toEqual([{ path: '', code: 'sign_in_failed' }]);
	expect(tries[points - 1]?.issues).toEqual([{ path: '', code: 'sign_in_failed_slow', params: { seconds: waits[0] } }]);
	const right = await attempt(username, PASSWORD);
	expect(right.waited).toBe(LONGEST);
	expect(right.device).toBeDefined();
});

test('a known device waits only after its own failures, not after failures elsewhere', async () => {
	const { username } = await person();
	const { device } = await attempt(username, PASSWORD);
	await fail(points + 3, username);
	for (let n = 0; n < 3; n++) expect(await attempt(username, PASSWORD, { device })).toMatchObject({ waited: 0 });
	await fail(points + 1, username, { device });
	const slowed = await attempt(username, PASSWORD, { device });
	expect(slowed).toMatchObject({ waited: waits[1] });
	expect(slowed.device).toBeDefined();
});

test('one person’s failures slow neither other accounts at the same address nor known devices', async () => {
	const [clumsy, colleague] = [await person(), await person()];
	const { device } = await attempt(clumsy.username, PASSWORD, { address: OFFICE });
	await fail(points + 3, clumsy.username, { address: OFFICE });
	await fail(points + 3, clumsy.username, { address: OFFICE, device });
	const other = await attempt(colleague.username, PASSWORD, { address: OFFICE });
	expect(other).toMatchObject({ waited: 0, issues: undefined });
});

test('a shared computer is a known device for everybody who signed in there, and for nobody else', async () => {
	const [one, other, third] = [await person(), await person(), await person()];
	const { device: first } = await attempt(one.username, PASSWORD);
	const { device } = await attempt(other.username, PASSWORD, { device: first });
	for (const { username } of [one, other, third]) await fail(points + 1, username);
	expect((await attempt(one.username, PASSWORD, { device })).waited).toBe(0);
	expect((await attempt(other.username, PASSWORD, { device })).waited).toBe(0);
	expect((await attempt(third.username, PASSWORD, { device })).waited).toBe(waits[1]);
});

test('a new password, deactivation and signing out everywhere revoke all known devices', async () => {
	const { id, name, username } = await person();
	for (const revoke of [
		async () => usePasswordLink((await createPasswordLink(admin, id))?.token ?? '', PASSWORD),
		async () => {
			for (const reactivate of [false, true]) await changeAccount(admin, id, { name, reactivate });
		},
		() => signOutEverywhere(admin, id)
	]) {
		const { device } = await attempt(username, PASSWORD);
		await fail(points + 1, username);
		expect((await attempt(username, PASSWORD, { device })).waited).toBe(0);
		await revoke();
		expect((await attempt(username, PASSWORD, { device })).waited).toBeGreaterThan(0);
	}
});

test('the twentieth wrong password within a day, from any devices, is logged and notifies the owner, once', async () => {
	const { id, username } = await person();
	const jobs = async () => {
		const which = sql`data ->> 'what' = 'password_guessed' and data ->> 'accountId' in (${id}, '')`;
		return rowsOf(db(), sql`select data ->> 'accountId' as id from pgboss.job where ${which}`);
	};
	const guessed = async () => (await logOf(username)).filter(({ action }) => action === 'sign_in.guessed');
	const { device } = await attempt(username, PASSWORD);
	await fail(10, username);
	await fail(9, username, { device });
	await fail(25, 'tidak.ada.juga');
	expect([await jobs(), await guessed()]).toEqual([[], []]);
	await fail(3, username);
	expect(await jobs()).toEqual([{ id }]);
	expect(await guessed()).toMatchObject([{ actorId: null, unitId }]);
	expect((await attempt(username, PASSWORD)).device).toBeDefined();
});

test('failures are stored without name or address, and all usernames share at most 65,536 keys', async () => {
	await fail(1, 'nama.buatan', { address: '203.0.113.50' });
	const rows = await db().select().from(rateLimits).where(like(rateLimits.key, 'sign_in_%'));
	expect(rows.length).toBeGreaterThan(0);
	for (const { key } of rows) expect(key).toMatch(/^sign_in_account:[0-9a-f]{4}$|^sign_in_device:[0-9a-f]{64}$/);
});
