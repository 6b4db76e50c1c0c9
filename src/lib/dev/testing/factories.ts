import { randomUUID } from 'node:crypto';
import { eq } from 'drizzle-orm';
import { DEFAULT_WORKDAY_HOURS } from '#lib/calendar/workday-hours.ts';
import type { Role } from '#lib/cases/vocabulary.ts';
import { db } from '#lib/server/db/index.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { roles } from '#lib/server/db/schema/people.ts';
import { officers, places, units } from '#lib/server/db/schema/units.ts';
import { openCase, type OpeningContext } from '#lib/server/cases/open-case.ts';
import { actorOf, type Actor } from '#lib/server/people/actor.ts';
import { hashPassword } from '#lib/server/people/sign-in/password.ts';

let count = 0;
const next = () => ++count;

/** The one row that a statement has to give. */
function only<T>([row]: T[]): T {
	if (row === undefined) throw new Error('no row');
	return row;
}

/** An office; below `parent` where one is given. */
export async function makeUnit(
	given: { parent?: { id: string; path: string }; code?: string; slug?: string; timeZone?: string } = {}
) {
	const id = randomUUID();
	const n = next();
	const made = await db()
		.insert(units)
		.values({
			id,
			code: given.code ?? String(1000 + n),
			slug: given.slug ?? `kantor-${n}`,
			name: `Kantor Contoh ${n}`,
			parentId: given.parent?.id ?? null,
			path: `${given.parent?.path ?? '/'}${id}/`,
			timeZone: given.timeZone ?? 'Asia/Makassar',
			hours: DEFAULT_WORKDAY_HOURS
		})
		.returning();
	return only(made);
}

/** A person with roles in units, as an actor. */
export async function makeActor(
	held: readonly [unitId: string, ...roles: Role[]][],
	officerId?: string
): Promise<Actor> {
	const n = next();
	const made = await db()
		.insert(accounts)
		.values({ username: `akun${n}`, name: `Akun Contoh ${n}` })
		.returning();
	const accountId = only(made).id;
	const rows = held.flatMap(([unitId, ...list]) => list.map((role) => ({ accountId, unitId, role })));
	if (rows.length > 0) await db().insert(roles).values(rows);
	if (officerId) await db().update(officers).set({ accountId }).where(eq(officers.id, officerId));
	const actor = await actorOf(accountId);
	if (!actor) throw new Error('no actor');
	return actor;
}

export const idOf = (actor: Actor): string => actor.accountId ?? '';

/** The account's row. */
export async function accountRow(account: Actor | string) {
	const id = typeof account === 'string' ? account : idOf(account);
	return only(await db().select().from(accounts).where(eq(accounts.id, id)));
}

/** A person with roles who can sign in with a password. */
export async function makeUser(held: Parameters<typeof makeActor>[0], password: string) {
	const actor = await makeActor(held);
	const passwordHash = await hashPassword(password);
	const changed = await db()
		.update(accounts)
		.set({ passwordHash })
		.where(eq(accounts.id, idOf(actor)))
		.returning();
	return { actor, ...only(changed) };
}

/** Somebody who is rated. */
export async function makeOfficer(unitId: string, name = `Petugas Contoh ${next()}`) {
	return only(await db().insert(officers).values({ unitId, name }).returning());
}

/** Somebody who is rated and has an account with these roles in the office. */
export async function makeOfficerWithAccount(unitId: string, held: Role[] = ['handler'], name?: string) {
	const officer = await makeOfficer(unitId, name);
	return [officer, await makeActor([[unitId, ...held]], officer.id)] as const;
}

/** A place with a printed code. */
export async function makePlace(unitId: string, given: { kind?: string; officerId?: string; code?: string } = {}) {
	const n = next();
	const made = await db()
		.insert(places)
		.values({
			unitId,
			code: given.code ?? `P${String(n).padStart(5, '0')}`,
			kind: given.kind ?? 'box',
			name: `Kotak ${n}`,
			officerId: given.officerId ?? null
		})
		.returning();
	return only(made);
}

/** A report as a citizen sends it. */
export function caseOf(unit: { code: string }, changes: Record<string, unknown> = {}): Record<string, unknown> {
	return {
		unit: unit.code,
		kind: 'complaint',
		body: 'Antrean di loket tidak bergerak selama satu jam.',
		identity: 'none',
		submission_id: randomUUID(),
		...changes
	};
}

/** Opens a case by its form. */
export async function makeCase(
	unit: { code: string },
	changes: Record<string, unknown> = {},
	context: Partial<OpeningContext> = {}
) {
	return openCase(caseOf(unit, changes), { channel: 'web', actor: null, ...context });
}
