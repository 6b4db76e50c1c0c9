import { eq } from 'drizzle-orm';
import { DEFAULT_WORKDAY_HOURS } from '#lib/calendar/workday-hours.ts';
import type { Role } from '#lib/cases/vocabulary.ts';
import { db, transaction } from '#lib/server/db/index.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { roles } from '#lib/server/db/schema/people.ts';
import { officers, places, units } from '#lib/server/db/schema/units.ts';
import { openCase, type Opening } from '#lib/server/cases/open-case.ts';
import { actorOf, type Actor } from '#lib/server/people/actor.ts';
import { hashPassword } from '#lib/server/people/sign-in/password.ts';
import { openSession } from '#lib/server/people/sign-in/session.ts';

let count = 0;
const next = () => ++count;

/** Codes have four digits. The specs of a process share this module, but each has its own database. */
let codes = 0;
const nextCode = () => String(1000 + (codes++ % 9000));

/** The only row of a result. @throws Error if there is none */
function only<T>([row]: T[]): T {
	if (row === undefined) throw new Error('no row');
	return row;
}

/** Creates an office, below `parent` if given. */
export async function makeUnit({
	parent,
	...columns
}: Partial<typeof units.$inferInsert> & { parent?: { id: string; path: string } } = {}) {
	const id = crypto.randomUUID();
	const n = next();
	const inserted = await db()
		.insert(units)
		.values({
			id,
			code: nextCode(),
			slug: `kantor-${n}`,
			name: `Kantor Contoh ${n}`,
			parentId: parent?.id ?? null,
			path: `${parent?.path ?? '/'}${id}/`,
			timeZone: 'Asia/Makassar',
			hours: DEFAULT_WORKDAY_HOURS,
			state: 'open',
			...columns
		})
		.returning();
	return only(inserted);
}

/** Opens every office to the public, whatever it lacks. */
export const openAllOffices = () => transaction((tx) => tx.update(units).set({ state: 'open' }));

/** Creates an account with roles in units, and returns its actor. */
export async function makeActor(
	grants: readonly [unitId: string, ...roles: Role[]][],
	officerId?: string
): Promise<Actor> {
	const n = next();
	const inserted = await db()
		.insert(accounts)
		.values({ username: `akun${n}`, name: `Akun Contoh ${n}` })
		.returning();
	const accountId = only(inserted).id;
	const rows = grants.flatMap(([unitId, ...list]) => list.map((role) => ({ accountId, unitId, role })));
	if (rows.length > 0) await db().insert(roles).values(rows);
	if (officerId) await db().update(officers).set({ accountId }).where(eq(officers.id, officerId));
	const actor = await actorOf(accountId);
	if (!actor) throw new Error('no actor');
	return actor;
}

export const idOf = (actor: Actor): string => actor.accountId ?? '';

/** The row of an account. */
export async function accountRow(account: Actor | string) {
	const id = typeof account === 'string' ? account : idOf(account);
	return only(await db().select().from(accounts).where(eq(accounts.id, id)));
}

/** Opens a session of an account. */
export const makeSession = async (account: Actor | string, userAgent?: string, confirmedAt?: Date) =>
	openSession(db(), await accountRow(account), userAgent, confirmedAt);

/** Creates an account with roles that can sign in with a password. */
export async function makeUser(grants: Parameters<typeof makeActor>[0], password: string) {
	const actor = await makeActor(grants);
	const passwordHash = await hashPassword(password);
	const changed = await db()
		.update(accounts)
		.set({ passwordHash })
		.where(eq(accounts.id, idOf(actor)))
		.returning();
	return { actor, ...only(changed) };
}

/** Creates an officer. */
export async function makeOfficer(unitId: string, name = `Petugas Contoh ${next()}`) {
	return only(await db().insert(officers).values({ unitId, name }).returning());
}

/** Creates an officer with an account that has these roles in the office. */
export async function makeOfficerWithAccount(unitId: string, grants: Role[] = ['handler'], name?: string) {
	const officer = await makeOfficer(unitId, name);
	return [officer, await makeActor([[unitId, ...grants]], officer.id)] as const;
}

/** Creates a place with a printed code. */
export async function makePlace(unitId: string, options: { kind?: string; officerId?: string; code?: string } = {}) {
	const n = next();
	const inserted = await db()
		.insert(places)
		.values({
			unitId,
			code: options.code ?? `P${String(n).padStart(5, '0')}`,
			kind: options.kind ?? 'box',
			name: `Kotak ${n}`,
			officerId: options.officerId ?? null
		})
		.returning();
	return only(inserted);
}

/** The input of a report, as a citizen sends it. */
export function caseOf(unit: { code: string }, changes: Record<string, unknown> = {}): Record<string, unknown> {
	return {
		unit: unit.code,
		kind: 'complaint',
		body: 'Antrean di loket tidak bergerak selama satu jam.',
		identity: 'none',
		submission_id: crypto.randomUUID(),
		...changes
	};
}

type OpeningByForm = Extract<Opening, { by: 'form' }>;

/** Opens a case with the input of the form. */
export async function makeCase(
	unit: { code: string },
	changes: Record<string, unknown> = {},
	opening: Partial<OpeningByForm> | Exclude<Opening, OpeningByForm> = {}
) {
	return openCase(caseOf(unit, changes), opening.actor ? opening : { by: 'form', channel: 'web', ...opening });
}
