import { eq } from 'drizzle-orm';
import { beforeAll, expect, test } from 'vitest';
import { db } from '#lib/server/db/index.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { sessions } from '#lib/server/db/schema/people.ts';
import { NotFound } from '#lib/server/errors.ts';
import { sha256Hex } from '#lib/server/keys.ts';
import type { Actor } from '../actor.ts';
import { deleteExpiredSessions, sessionActor, signOut, signOutEverywhere } from './session.ts';
import { signIn } from './sign-in.ts';
import { useFreshDatabase } from '#lib/dev/testing/database.ts';
import { makeActor, makeUnit, idOf, makeUser } from '#lib/dev/testing/factories.ts';
import { logOf } from '#lib/dev/testing/outcomes.ts';

useFreshDatabase();

const PASSWORD = 'kopi susu tanpa gula';
const enter = (username: string) => signIn({ username, password: PASSWORD, address: 'here' });

let admin: Actor;
let unit: Awaited<ReturnType<typeof makeUnit>>;

const person = (held: Parameters<typeof makeActor>[0] = []) => makeUser(held, PASSWORD);
const sessionsOf = (id: string) => db().select().from(sessions).where(eq(sessions.userId, id));

beforeAll(async () => {
	unit = await makeUnit();
	admin = await makeActor([[unit.id, 'admin']]);
});

test('signing in opens a session, and its id is not stored in the database', async () => {
	const { id, username } = await person([[unit.id, 'handler']]);
	const { sessionId, actor } = await enter(` ${username.toUpperCase()} `);
	expect(actor.accountId).toBe(id);
	const rows = await sessionsOf(id);
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
	await db().update(sessions).set({ expiresAt: soon }).where(eq(sessions.userId, id));
	const seen = await sessionActor(sessionId);
	expect(seen?.fresh).toBe(true);
	expect(seen?.expiresAt.getTime()).toBeGreaterThan(soon.getTime() + 4 * day);
	const [row] = await sessionsOf(id);
	expect(row?.expiresAt).toEqual(seen?.expiresAt);
	expect((await sessionActor(sessionId))?.fresh).toBe(false);
});

test('an expired session is deleted when used, and housekeeping deletes the others', async () => {
	const { id, username } = await person();
	const first = await enter(username);
	await enter(username);
	const past = new Date('2020-01-01T00:00:00Z');
	await db().update(sessions).set({ expiresAt: past }).where(eq(sessions.userId, id));
	expect(await sessionActor(first.sessionId)).toBeUndefined();
	expect(await sessionsOf(id)).toHaveLength(1);
	await deleteExpiredSessions();
	expect(await sessionsOf(id)).toHaveLength(0);
});

test('the session of an inactive account ends at its next request', async () => {
	const { id, username } = await person();
	const { sessionId } = await enter(username);
	await db().update(accounts).set({ active: false }).where(eq(accounts.id, id));
	expect(await sessionActor(sessionId)).toBeUndefined();
	expect(await sessionsOf(id)).toHaveLength(0);
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
	expect(log).toMatchObject([
		{ action: 'account.signed_out_everywhere', actorId: admin.accountId, unitId: unit.id, reason: null }
	]);
});

test('a handler can end their own sessions but not those of another account', async () => {
	const { id, actor } = await person([[unit.id, 'handler']]);
	await signOutEverywhere(actor, id);
	await expect(signOutEverywhere(actor, idOf(admin))).rejects.toThrow(NotFound);
});
