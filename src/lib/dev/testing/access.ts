import { asc, eq } from 'drizzle-orm';
import type { Role } from '#lib/cases/vocabulary.ts';
import { db } from '#lib/server/db/index.ts';
import { accessChanges } from '#lib/server/db/schema/access-changes.ts';
import { roles } from '#lib/server/db/schema/people.ts';
import { overrideEnv } from '#lib/server/env.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { grantRole } from '#lib/server/people/grant-roles.ts';
import { idOf, makeActor, makeCase, makeUnit } from './factories.ts';

export type GuardedOffice = Awaited<ReturnType<typeof makeGuardedOffice>>;

/** A regency office below a province. It has a case, so that changes that give access to cases need approval. */
export async function makeGuardedOffice() {
	const province = await makeUnit();
	const unit = await makeUnit({ parent: province });
	await makeCase(unit);
	return {
		province,
		unit,
		rootAdmin: await makeActor([[province.id, 'admin']]),
		admin: await makeActor([[unit.id, 'admin']]),
		head: await makeActor([[unit.id, 'supervisor']]),
		above: await makeActor([[province.id, 'supervisor']]),
		/** Has no access to cases yet. */
		clerk: await makeActor([[unit.id, 'manager']])
	};
}

/** The requested changes of an account, in order. */
export const changesOf = (accountId: string) =>
	db()
		.select()
		.from(accessChanges)
		.where(eq(accessChanges.accountId, accountId))
		.orderBy(asc(accessChanges.requestedAt), asc(accessChanges.id));

export const latestChange = async (actor: Actor) => (await changesOf(idOf(actor))).at(-1)!;

export async function rolesOf(actor: Actor): Promise<string[]> {
	const rows = await db()
		.select({ role: roles.role })
		.from(roles)
		.where(eq(roles.accountId, idOf(actor)));
	return rows.map(({ role }) => role).sort();
}

/** Requests a role with access to cases. @returns the pending change */
export async function askRole(by: Actor, whom: Actor, unitId: string, role: Role = 'handler') {
	await grantRole(by, idOf(whom), { unitId, role });
	return latestChange(whom);
}

/** Sets a mail server; `withoutMail` removes it. */
export const withMail = () => overrideEnv({ SMTP_URL: 'smtp://127.0.0.1:2525', MAIL_FROM: 'spatula@contoh.invalid' });
export const withoutMail = () => overrideEnv({ SMTP_URL: undefined, MAIL_FROM: undefined });
