import { eq, sql } from 'drizzle-orm';
import { beforeAll, describe, expect, test } from 'vitest';
import { db, rowsOf, transaction } from '#lib/server/db/index.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { sessions } from '#lib/server/db/schema/people.ts';
import { now } from '#lib/server/clock.ts';
import { Invalid, NotFound } from '#lib/server/errors.ts';
import { sha256Hex } from '#lib/server/keys.ts';
import type { Actor } from '../actor.ts';
import type { Device } from './known-devices.ts';
import { changeOwnPassword } from './password-links.ts';
import { linkedSince, linkIdentity, signInByIdentity } from './single-sign-on.ts';
import {
	deleteExpiredSessions,
	endOwnSession,
	endSessions,
	sessionActor,
	sessionsOf,
	signOut,
	signOutEverywhere
} from './session.ts';
import { signIn } from './sign-in.ts';
import { makeActor, makeUnit, idOf, makeUser } from '#lib/dev/testing/factories.ts';
import { logOf } from '#lib/dev/testing/outcomes.ts';

const PASSWORD = 'kopi susu tanpa gula';
const enter = (username: string) => signIn({ username, password: PASSWORD, address: 'here' });

let admin: Actor;
let unit: Awaited<ReturnType<typeof makeUnit>>;

const person = (held: Parameters<typeof makeActor>[0] = []) => makeUser(held, PASSWORD);
const jobsOf = (id: string) =>
	sql`select data from pgboss.job where name = 'sign-in-changed' and data ->> 'accountId' = ${id}`;
const storedSessions = (id: string) => db().select().from(sessions).where(eq(sessions.accountId, id));

beforeAll(async () => {
	unit = await makeUnit();
	admin = await makeActor([[unit.id, 'admin']]);
});

test('signing in opens a session, and its id is not stored in the database', async () => {
	const { id, username } = await person([[unit.id, 'handler']]);
	const { sessionId, actor } = await enter(` ${username.toUpperCase()} `);
	expect(actor.accountId).toBe(id);
	const rows = await storedSessions(id);
	expect(rows.map((row) => row.id)).toEqual([sha256Hex(sessionId)]);
	expect(JSON.stringify(await db().select().from(sessions))).not.toContain(sessionId);
	expect(await sessionActor(sha256Hex(sessionId))).toBeUndefined();
	const signedIn = await sessionActor(sessionId);
	expect(signedIn).toMatchObject({ accountId: id, fresh: false });
	expect(signedIn?.actor.units.handler).toEqual([unit.id]);
});

test('a session in the second half of its lifetime is extended and returned as `fresh`', async () => {
	const { id, username } = await person();
	const { sessionId } = await enter(username);
	const day = 86_400_000;
	const soon = new Date(new Date().getTime() + 2 * day);
	await db().update(sessions).set({ expiresAt: soon }).where(eq(sessions.accountId, id));
	const seen = await sessionActor(sessionId);
	expect(seen?.fresh).toBe(true);
	expect(seen?.expiresAt.getTime()).toBeGreaterThan(soon.getTime() + 4 * day);
	const [row] = await storedSessions(id);
	expect(row?.expiresAt).toEqual(seen?.expiresAt);
	expect((await sessionActor(sessionId))?.fresh).toBe(false);
});

test('an expired session is deleted when used, and housekeeping deletes the others', async () => {
	const { id, username } = await person();
	const first = await enter(username);
	await enter(username);
	const past = new Date('2020-01-01T00:00:00Z');
	await db().update(sessions).set({ expiresAt: past }).where(eq(sessions.accountId, id));
	expect(await sessionActor(first.sessionId)).toBeUndefined();
	expect(await storedSessions(id)).toHaveLength(1);
	await deleteExpiredSessions();
	expect(await storedSessions(id)).toHaveLength(0);
});

test('the session of an inactive account ends at its next request', async () => {
	const { id, username } = await person();
	const { sessionId } = await enter(username);
	await db().update(accounts).set({ active: false }).where(eq(accounts.id, id));
	expect(await sessionActor(sessionId)).toBeUndefined();
	expect(await storedSessions(id)).toHaveLength(0);
});

test('signing in and out is logged with the device, and the owner is notified of each new one after the first', async () => {
	const { id, username } = await person([[unit.id, 'handler']]);
	const userAgent = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0';
	const from = (device?: Device) => signIn({ username, password: PASSWORD, address: 'here', userAgent, device });
	const first = await from();
	for (let n = 0; n < 2; n++) await signOut(first.sessionId);
	await from(first.device);
	await from();
	const [by, device] = [{ actorId: id, unitId: unit.id }, 'Firefox, Windows'];
	expect(await logOf(username)).toMatchObject([
		{ ...by, action: 'sign_in.entered', after: { device, known: false } },
		{ ...by, action: 'sign_in.left', after: { device } },
		{ ...by, action: 'sign_in.entered', after: { device, known: true } },
		{ ...by, action: 'sign_in.entered', after: { device, known: false } }
	]);
	expect(await rowsOf(db(), jobsOf(id))).toMatchObject([{ data: { what: 'device_new', device } }]);
});

test('a device is not new because the password was changed since the last sign-in', async () => {
	const { id, username } = await person();
	const { sessionId, device } = await enter(username);
	const password = 'pelabuhan mamuju lama';
	await changeOwnPassword(id, { current: PASSWORD, password, again: password }, sha256Hex(sessionId));
	await signIn({ username, password, address: 'here', device });
	expect((await logOf(username)).at(-1)).toMatchObject({ action: 'sign_in.entered', after: { known: true } });
	expect(await rowsOf(db(), jobsOf(id))).toEqual([]);
});

test('signing out ends only this session', async () => {
	const { username } = await person();
	const one = await enter(username);
	const other = await enter(username);
	await signOut(one.sessionId);
	expect(await sessionActor(one.sessionId)).toBeUndefined();
	expect(await sessionActor(other.sessionId)).toBeDefined();
});

test('an administrator ends all sessions of an account in their unit, and this is logged', async () => {
	const { id, username } = await person([[unit.id, 'handler']]);
	const mine = [await enter(username), await enter(username)];
	await signOutEverywhere(admin, id);
	for (const { sessionId } of mine) expect(await sessionActor(sessionId)).toBeUndefined();
	const log = await logOf(username);
	expect(log.slice(mine.length)).toMatchObject([
		{ action: 'account.signed_out_everywhere', actorId: admin.accountId, unitId: unit.id, reason: null }
	]);
});

// Need several transactions at the same time, which the embedded database doesn't have.
describe.runIf(process.env.TEST_DATABASE === 'postgres')(
	'a sign-in while the sessions of the account are ended',
	() => {
		const waiting = async (count: number) => {
			const locks = sql`select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
			await expect.poll(() => rowsOf(db(), locks)).toHaveLength(count);
		};

		test('is refused if its password was checked before', async () => {
			const { id, username } = await person();
			const [ended, commit] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
			const ending = transaction(async (tx) => {
				await endSessions(tx, id);
				ended.resolve();
				await commit.promise;
			});
			await ended.promise;
			const entering = enter(username).catch((cause: Invalid) => cause.issues);
			await waiting(1);
			commit.resolve();
			await ending;
			expect(await entering).toEqual([{ path: '', code: 'sign_in_failed' }]);
			expect(await storedSessions(id)).toEqual([]);
		});

		test('leaves no session if it comes just before', async () => {
			const { id, username, actor } = await person();
			const [locked, commit] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
			const locking = transaction(async (tx) => {
				await tx.select().from(accounts).where(eq(accounts.id, id)).for('update');
				locked.resolve();
				await commit.promise;
			});
			await locked.promise;
			const entering = enter(username);
			await waiting(1);
			const ending = signOutEverywhere(actor, id);
			await waiting(2);
			commit.resolve();
			await Promise.all([locking, entering, ending]);
			expect(await storedSessions(id)).toEqual([]);
		});
	}
);

test('a handler can end their own sessions but not those of another account', async () => {
	const { id, actor } = await person([[unit.id, 'handler']]);
	await signOutEverywhere(actor, id);
	await expect(signOutEverywhere(actor, idOf(admin))).rejects.toThrow(NotFound);
});

test('people see the devices on which they are signed in, and end one of them but none of another account', async () => {
	const [{ id, username, actor }, other] = [await person(), await person()];
	const agents = [
		'Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Mobile Safari/537.36',
		'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/130.0.0.0 Safari/537.36 Edg/130.0.0.0'
	];
	const opened = [];
	for (const userAgent of agents)
		opened.push(await signIn({ username, password: PASSWORD, address: 'here', userAgent }));
	expect((await sessionsOf(id)).map(({ device }) => device).sort()).toEqual(['Chrome, Android', 'Edge, Windows']);
	const phone = sha256Hex(opened[0]?.sessionId ?? '');
	await endOwnSession(other.actor, other.id, phone);
	expect(await sessionsOf(id)).toHaveLength(2);
	await endOwnSession(actor, id, phone);
	await endOwnSession(actor, id, phone);
	expect((await sessionsOf(id)).map(({ device }) => device)).toEqual(['Edge, Windows']);
	const log = (await logOf(username)).map(({ action }) => action);
	expect(log).toEqual(['sign_in.entered', 'sign_in.entered', 'account.session_ended']);
});

test('a new password of one’s own needs the current one and ends the other sessions, links and the linked identity', async () => {
	const { id, username } = await person();
	const [here, elsewhere] = [await enter(username), await enter(username)];
	const session = sha256Hex(here.sessionId);
	const change = (current: string, password: string, again = password) =>
		changeOwnPassword(id, { current, password, again }, session).catch((cause: Invalid) => cause.issues[0]?.code);
	const fresh = 'pelabuhan mamuju lama';
	expect(await change('kopi susu dengan gula', fresh)).toBe('password_wrong');
	expect(await change(PASSWORD, 'pendek')).toBe('admin_password_short');
	expect(await change(PASSWORD, fresh, 'pelabuhan lain')).toBe('admin_password_differs');
	expect(await sessionActor(elsewhere.sessionId)).toBeDefined();
	await linkIdentity(id, { issuer: 'https://sso.contoh.go.id', subject: id, authenticatedAt: null });
	expect(await change(PASSWORD, fresh)).toBeUndefined();
	expect(await sessionActor(here.sessionId)).toBeDefined();
	expect(await sessionActor(elsewhere.sessionId)).toBeUndefined();
	expect(await linkedSince(id)).toBeNull();
	await expect(enter(username)).rejects.toThrow(Invalid);
	for (let n = 0; n < 3; n++) await change(`tebakan nomor ${n}`, fresh);
	expect(await change('tebakan lagi', fresh)).toBe('password_wrong_slow');
});

test('a provider whose clock is ahead confirms the password only until now', async () => {
	const { id } = await person();
	const authenticatedAt = new Date(now().getTime() + 3_600_000);
	const identity = { issuer: 'https://sso.contoh.go.id', subject: id, authenticatedAt };
	await linkIdentity(id, identity);
	const entered = await signInByIdentity(identity, {});
	const found = await sessionActor(entered?.sessionId ?? '');
	expect(found?.session.confirmedAt.getTime()).toBeLessThanOrEqual(now().getTime());
});
