import { eq } from 'drizzle-orm';
import { beforeAll, expect, test } from 'vitest';
import { withClock } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import { auditEntries } from '#lib/server/db/schema/audit.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { passwordLinks } from '#lib/server/db/schema/people.ts';
import { Invalid, NotFound } from '#lib/server/errors.ts';
import type { Actor } from '../actor.ts';
import { createPasswordLink, forgetDeadLinks, readPasswordLink, usePasswordLink } from './password-links.ts';
import { sessionActor } from './session.ts';
import { signIn } from './sign-in.ts';
import { useFreshDatabase } from '#lib/dev/testing/database.ts';
import { makeActor, makeUnit } from '#lib/dev/testing/factories.ts';

useFreshDatabase();

const PASSWORD = 'jalan trans sulawesi';
let province: Awaited<ReturnType<typeof makeUnit>>;
let regency: Awaited<ReturnType<typeof makeUnit>>;
let admin: Actor;

beforeAll(async () => {
	province = await makeUnit();
	regency = await makeUnit({ parent: province });
	admin = await makeActor([[regency.id, 'admin']]);
});

const idOf = (actor: Actor) => actor.accountId ?? '';
const newPerson = async (unitId = regency.id) => idOf(await makeActor([[unitId, 'handler']]));
const failure = (work: Promise<unknown>) =>
	work.then(
		() => undefined,
		(error: unknown) => error
	);

/** Of an office without cases: shown at once. */
async function linkFor(actor: Actor, accountId: string) {
	const link = await createPasswordLink(actor, accountId);
	if (!link) throw new Error('the link waits for a supervisor');
	return link;
}

test('a link sets the password, signs out everywhere and is used up', async () => {
	const id = await newPerson();
	const first = await linkFor(admin, id);
	const username = await usePasswordLink(first.token, PASSWORD);
	const old = await signIn({ username, password: PASSWORD, address: 'a' });
	const { token } = await linkFor(admin, id);
	expect(await readPasswordLink(token)).toMatchObject({ username });
	await usePasswordLink(token, 'pelabuhan mamuju lama');
	expect(await sessionActor(old.sessionId)).toBeUndefined();
	expect(await failure(signIn({ username, password: PASSWORD, address: 'a' }))).toBeInstanceOf(Invalid);
	expect(await signIn({ username, password: 'pelabuhan mamuju lama', address: 'a' })).toBeDefined();
	expect(await failure(usePasswordLink(token, 'kata sandi ketiga kali'))).toBeInstanceOf(NotFound);
});

test('of twenty uses at once one succeeds, and its password is the one that counts', async () => {
	const id = await newPerson();
	const { token } = await linkFor(admin, id);
	const tries = Array.from({ length: 20 }, (_, n) => `percobaan serentak ${n}`);
	const answers = await Promise.allSettled(tries.map((password) => usePasswordLink(token, password)));
	const winners = tries.filter((_, n) => answers[n]?.status === 'fulfilled');
	expect(winners).toHaveLength(1);
	const [account] = await db().select().from(accounts).where(eq(accounts.id, id));
	expect(await signIn({ username: account?.username ?? '', password: winners[0] ?? '', address: 'b' })).toBeDefined();
	const log = await db().select().from(auditEntries).where(eq(auditEntries.action, 'password.set'));
	expect(log.filter((entry) => entry.subject === account?.username)).toHaveLength(1);
});

test('the token is stored hashed only, and a new link ends the one before', async () => {
	const id = await newPerson();
	const first = await linkFor(admin, id);
	const second = await linkFor(admin, id);
	expect(first.token.length).toBeGreaterThanOrEqual(22);
	expect(JSON.stringify(await db().select().from(passwordLinks))).not.toContain(second.token);
	expect(await failure(readPasswordLink(first.token))).toBeInstanceOf(NotFound);
	expect(await readPasswordLink(second.token)).toBeDefined();
});

test('a link dies after 24 hours and with its account', async () => {
	const id = await newPerson();
	const { token, expiresAt } = await linkFor(admin, id);
	const justBefore = new Date(expiresAt.getTime() - 1000);
	expect(
		await withClock(
			() => justBefore,
			() => readPasswordLink(token)
		)
	).toBeDefined();
	expect(
		await failure(
			withClock(
				() => expiresAt,
				() => usePasswordLink(token, PASSWORD)
			)
		)
	).toBeInstanceOf(NotFound);
	await db().update(accounts).set({ active: false }).where(eq(accounts.id, id));
	expect(await failure(usePasswordLink(token, PASSWORD))).toBeInstanceOf(NotFound);
});

test('a weak password is refused and the link stays good', async () => {
	const { token } = await linkFor(admin, await newPerson());
	expect(await failure(usePasswordLink(token, 'pendek'))).toBeInstanceOf(Invalid);
	expect(await failure(usePasswordLink(token, PASSWORD, `${PASSWORD}x`))).toBeInstanceOf(Invalid);
	await usePasswordLink(token, PASSWORD, PASSWORD);
});

test('an administrator makes links only for accounts that stand nowhere else', async () => {
	const stranger = await newPerson(province.id);
	const both = idOf(
		await makeActor([
			[regency.id, 'handler'],
			[province.id, 'supervisor']
		])
	);
	const handler = await makeActor([[regency.id, 'handler']]);
	expect(await failure(linkFor(admin, stranger))).toBeInstanceOf(NotFound);
	expect(await failure(linkFor(admin, both))).toBeInstanceOf(NotFound);
	expect(await failure(linkFor(handler, await newPerson()))).toBeInstanceOf(NotFound);
	const rootAdmin = await makeActor([[province.id, 'admin']]);
	expect(await linkFor(rootAdmin, both)).toBeDefined();
});

test('housekeeping removes dead links and leaves good ones', async () => {
	const { token: used } = await linkFor(admin, await newPerson());
	await usePasswordLink(used, PASSWORD);
	const { token: good } = await linkFor(admin, await newPerson());
	await forgetDeadLinks();
	expect(await readPasswordLink(good)).toBeDefined();
	const left = await db().select().from(passwordLinks);
	expect(left.every((link) => link.usedAt === null)).toBe(true);
});
