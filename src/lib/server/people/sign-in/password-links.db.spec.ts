import { eq } from 'drizzle-orm';
import { beforeAll, expect, test } from 'vitest';
import { MINUTE_MS } from '#lib/calendar/durations.ts';
import { db } from '#lib/server/db/index.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { passwordLinks } from '#lib/server/db/schema/people.ts';
import { Invalid, NotFound } from '#lib/server/errors.ts';
import { keyedHex } from '#lib/server/keys.ts';
import type { Actor } from '../actor.ts';
import { secondsToWait } from '#lib/server/rate-limits.ts';
import {
	createPasswordLink,
	deleteUnusablePasswordLinks,
	readPasswordLink,
	usePasswordLink
} from './password-links.ts';
import { sessionActor } from './session.ts';
import { signIn } from './sign-in.ts';
import { linkedSince, linkIdentity } from './single-sign-on.ts';
import { makeActor, makeUnit, idOf, accountRow } from '#lib/dev/testing/factories.ts';
import { logOf } from '#lib/dev/testing/outcomes.ts';
import { atTime } from '#lib/dev/testing/office.ts';

const PASSWORD = 'jalan trans sulawesi';
let province: Awaited<ReturnType<typeof makeUnit>>;
let regency: Awaited<ReturnType<typeof makeUnit>>;
let admin: Actor;

beforeAll(async () => {
	province = await makeUnit();
	regency = await makeUnit({ parent: province });
	admin = await makeActor([[regency.id, 'admin']]);
});

const newPerson = async (unitId = regency.id) => idOf(await makeActor([[unitId, 'handler']]));

/** For an account of an office without cases, where the link needs no approval. */
async function linkFor(actor: Actor, accountId: string) {
	const link = await createPasswordLink(actor, accountId);
	if (!link) throw new Error('the link waits for a supervisor');
	return link;
}

test('a link sets the password, ends all sessions and the linked identity, and can be used once', async () => {
	const id = await newPerson();
	const first = await linkFor(admin, id);
	const username = await usePasswordLink(first.token, PASSWORD);
	const old = await signIn({ username, password: PASSWORD, address: 'a' });
	await linkIdentity(id, { issuer: 'https://sso.contoh.go.id', subject: id, authenticatedAt: null });
	const { token } = await linkFor(admin, id);
	expect(await readPasswordLink(token)).toMatchObject({ username });
	await usePasswordLink(token, 'pelabuhan mamuju lama');
	expect(await linkedSince(id)).toBeNull();
	expect((await logOf(username)).map(({ action }) => action).slice(-2)).toEqual([
		'single_sign_on.unlinked',
		'password.set'
	]);
	expect(await sessionActor(old.sessionId)).toBeUndefined();
	await expect(signIn({ username, password: PASSWORD, address: 'a' })).rejects.toThrow(Invalid);
	expect(await signIn({ username, password: 'pelabuhan mamuju lama', address: 'a' })).toBeDefined();
	await expect(usePasswordLink(token, 'kata sandi ketiga kali')).rejects.toThrow(NotFound);
});

test('only one of eight concurrent uses succeeds, and its password is stored', async () => {
	const id = await newPerson();
	const { token } = await linkFor(admin, id);
	const tries = Array.from({ length: 8 }, (_, n) => `percobaan serentak ${n}`);
	const answers = await Promise.allSettled(tries.map((password) => usePasswordLink(token, password)));
	const winners = tries.filter((_, n) => answers[n]?.status === 'fulfilled');
	expect(winners).toHaveLength(1);
	const { username } = await accountRow(id);
	expect(await signIn({ username, password: winners[0] ?? '', address: 'b' })).toBeDefined();
	expect((await logOf(username)).filter(({ action }) => action === 'password.set')).toHaveLength(1);
});

test('the same form sent twice gets the same response for ten minutes, and sets the password once', async () => {
	const id = await newPerson();
	const { token } = await linkFor(admin, id);
	const { username } = await accountRow(id);
	const send = (password = PASSWORD) => usePasswordLink(token, password);
	expect(await Promise.all([send(), send()])).toEqual([username, username]);
	expect(await send()).toBe(username);
	expect((await logOf(username)).filter(({ action }) => action === 'password.set')).toHaveLength(1);
	await expect(send('pelabuhan mamuju lama')).rejects.toThrow(NotFound);
	const later = new Date(Date.now() + 10 * MINUTE_MS);
	await expect(atTime(later, () => send())).rejects.toThrow(NotFound);
});

test('passwords that are tried with a used link wait as those of a session, and do not slow the owner', async () => {
	const id = await newPerson();
	const { token } = await linkFor(admin, id);
	await usePasswordLink(token, PASSWORD);
	const toWait = (by: string) => secondsToWait('sign_in_device', keyedHex('address', `${by} ${id}`));
	expect(await toWait('link')).toBe(0);
	for (const guess of ['satu', 'dua', 'tiga', 'empat', 'lima'])
		await expect(usePasswordLink(token, `tebakan nomor ${guess}`)).rejects.toThrow(NotFound);
	expect(await toWait('link')).toBeGreaterThan(0);
	expect(await toWait('own')).toBe(0);
});

test('only the token’s hash is stored, and a new link invalidates the former one', async () => {
	const id = await newPerson();
	const first = await linkFor(admin, id);
	const second = await linkFor(admin, id);
	expect(first.token.length).toBeGreaterThanOrEqual(22);
	expect(JSON.stringify(await db().select().from(passwordLinks))).not.toContain(second.token);
	await expect(readPasswordLink(first.token)).rejects.toThrow(NotFound);
	expect(await readPasswordLink(second.token)).toBeDefined();
});

test('a link is invalid after 24 hours and when its account is inactive', async () => {
	const id = await newPerson();
	const { token, expiresAt } = await linkFor(admin, id);
	const justBefore = new Date(expiresAt.getTime() - 1000);
	expect(await atTime(justBefore, () => readPasswordLink(token))).toBeDefined();
	await expect(atTime(expiresAt, () => usePasswordLink(token, PASSWORD))).rejects.toThrow(NotFound);
	await db().update(accounts).set({ active: false }).where(eq(accounts.id, id));
	await expect(usePasswordLink(token, PASSWORD)).rejects.toThrow(NotFound);
});

test('after a refused weak password the link can still be used', async () => {
	const { token } = await linkFor(admin, await newPerson());
	await expect(usePasswordLink(token, 'pendek')).rejects.toThrow(Invalid);
	await expect(usePasswordLink(token, PASSWORD, `${PASSWORD}x`)).rejects.toThrow(Invalid);
	await usePasswordLink(token, PASSWORD, PASSWORD);
});

test('an administrator creates links only for accounts that belong to no other unit', async () => {
	const stranger = await newPerson(province.id);
	const both = await makeActor([
		[regency.id, 'handler'],
		[province.id, 'supervisor']
	]);
	const handler = await makeActor([[regency.id, 'handler']]);
	await expect(linkFor(admin, stranger)).rejects.toThrow(NotFound);
	await expect(linkFor(admin, idOf(both))).rejects.toThrow(NotFound);
	await expect(linkFor(handler, await newPerson())).rejects.toThrow(NotFound);
	const rootAdmin = await makeActor([[province.id, 'admin']]);
	expect(await linkFor(rootAdmin, idOf(both))).toBeDefined();
});

test('housekeeping deletes used links and keeps valid ones', async () => {
	const { token: used } = await linkFor(admin, await newPerson());
	await usePasswordLink(used, PASSWORD);
	const { token: good } = await linkFor(admin, await newPerson());
	await deleteUnusablePasswordLinks();
	expect(await readPasswordLink(good)).toBeDefined();
	const remaining = await db().select().from(passwordLinks);
	expect(remaining.every((link) => link.usedAt === null)).toBe(true);
});
