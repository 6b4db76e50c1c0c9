import { eq } from 'drizzle-orm';
import { beforeAll, expect, test } from 'vitest';
import { db } from '#lib/server/db/index.ts';
import { auditEntries } from '#lib/server/db/schema/audit.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { sessions } from '#lib/server/db/schema/people.ts';
import { NotFound } from '#lib/server/errors.ts';
import { sha256Hex } from '#lib/server/keys.ts';
import { actorOf, type Actor } from '../actor.ts';
import { hashPassword } from './password.ts';
import { forgetDeadSessions, sessionActor, signOut, signOutEverywhere } from './session.ts';
import { signIn } from './sign-in.ts';
import { useFreshDatabase } from '#lib/dev/testing/database.ts';
import { makeActor, makeUnit } from '#lib/dev/testing/factories.ts';

useFreshDatabase();

const PASSWORD = 'kopi susu tanpa gula';
const enter = (username: string) => signIn({ username, password: PASSWORD, address: 'here' });

let admin: Actor;
let unit: Awaited<ReturnType<typeof makeUnit>>;

async function person(held: Parameters<typeof makeActor>[0] = []) {
	const actor = await makeActor(held);
	const id = actor.accountId ?? '';
	const [row] = await db()
		.update(accounts)
		.set({ passwordHash: await hashPassword(PASSWORD) })
		.where(eq(accounts.id, id))
		.returning();
	return { id, username: row?.username ?? '', actor };
}

const failure = (work: Promise<unknown>) =>
	work.then(
		() => undefined,
		(error: unknown) => error
	);

beforeAll(async () => {
	unit = await makeUnit();
	admin = await makeActor([[unit.id, 'admin']]);
});

test('signing in opens a session whose id is nowhere in the database', async () => {
	const { id, username } = await person([[unit.id, 'handler']]);
	const { sessionId, actor } = await enter(` ${username.toUpperCase()} `);
	expect(actor.accountId).toBe(id);
	const rows = await db().select().from(sessions).where(eq(sessions.userId, id));
	expect(rows.map((row) => row.id)).toEqual([sha256Hex(sessionId)]);
	expect(JSON.stringify(await db().select().from(sessions))).not.toContain(sessionId);
	const signedIn = await sessionActor(sessionId);
	expect(signedIn).toMatchObject({ accountId: id, fresh: false });
	expect(signedIn?.actor.units.handler).toEqual([unit.id]);
});

test('the hash from a copied database opens nothing', async () => {
	const { username } = await person();
	const { sessionId } = await enter(username);
	expect(await sessionActor(sha256Hex(sessionId))).toBeUndefined();
	expect(await sessionActor(sessionId)).toBeDefined();
});

test('a session in the second half of its life is prolonged and says so', async () => {
	const { id, username } = await person();
	const { sessionId } = await enter(username);
	const day = 86_400_000;
	const soon = new Date(new Date().getTime() + 2 * day);
	await db().update(sessions).set({ expiresAt: soon }).where(eq(sessions.userId, id));
	const seen = await sessionActor(sessionId);
	expect(seen?.fresh).toBe(true);
	expect(seen?.expiresAt.getTime()).toBeGreaterThan(soon.getTime() + 4 * day);
	const [row] = await db().select().from(sessions).where(eq(sessions.userId, id));
	expect(row?.expiresAt).toEqual(seen?.expiresAt);
	expect((await sessionActor(sessionId))?.fresh).toBe(false);
});

test('a session that ran out is gone, and housekeeping removes the rest', async () => {
	const { id, username } = await person();
	const first = await enter(username);
	await enter(username);
	await db()
		.update(sessions)
		.set({ expiresAt: new Date('2020-01-01T00:00:00Z') })
		.where(eq(sessions.userId, id));
	expect(await sessionActor(first.sessionId)).toBeUndefined();
	expect(await db().select().from(sessions).where(eq(sessions.userId, id))).toHaveLength(1);
	await forgetDeadSessions();
	expect(await db().select().from(sessions).where(eq(sessions.userId, id))).toHaveLength(0);
});

test('switching an account off ends its sessions at the next request', async () => {
	const { id, username } = await person();
	const { sessionId } = await enter(username);
	await db().update(accounts).set({ active: false }).where(eq(accounts.id, id));
	expect(await sessionActor(sessionId)).toBeUndefined();
	expect(await actorOf(id)).toBeUndefined();
	expect(await db().select().from(sessions).where(eq(sessions.userId, id))).toHaveLength(0);
});

test('signing out ends this session and no other', async () => {
	const { username } = await person();
	const one = await enter(username);
	const other = await enter(username);
	await signOut(one.sessionId);
	expect(await sessionActor(one.sessionId)).toBeUndefined();
	expect(await sessionActor(other.sessionId)).toBeDefined();
});

test('an administrator ends all sessions of an account of the own unit, which the log tells', async () => {
	const { id, username } = await person([[unit.id, 'handler']]);
	const mine = [await enter(username), await enter(username)];
	await signOutEverywhere(admin, id);
	for (const { sessionId } of mine) expect(await sessionActor(sessionId)).toBeUndefined();
	const log = await db().select().from(auditEntries).where(eq(auditEntries.subject, username));
	expect(log).toMatchObject([
		{ action: 'account.signed_out_everywhere', actorId: admin.accountId, unitId: unit.id, reason: null }
	]);
});

test('a handler can end the own sessions and nobody else’s', async () => {
	const { id, actor } = await person([[unit.id, 'handler']]);
	const other = await person([[unit.id, 'handler']]);
	await signOutEverywhere(actor, id);
	expect(await failure(signOutEverywhere(actor, other.id))).toBeInstanceOf(NotFound);
});
