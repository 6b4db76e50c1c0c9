import { randomBytes } from 'node:crypto';
import { eq } from 'drizzle-orm';
import type { Role } from '#lib/cases/vocabulary.ts';
import { now } from '#lib/server/clock.ts';
import { transaction } from '#lib/server/db/index.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { roles } from '#lib/server/db/schema/people.ts';
import { officers, units } from '#lib/server/db/schema/units.ts';
import { officeIn, type BuiltOffice } from './build-offices.ts';
import { DEMO_PEOPLE, usernameOf, type DemoPerson } from './staff.ts';
import { actorOf, type Actor } from '#lib/server/people/actor.ts';
import { recordChange } from '#lib/server/people/audit.ts';
import { hashPassword } from '#lib/server/people/sign-in/password.ts';
import { encodeCrockford } from '#lib/text/crockford.ts';

/** An account with its password, which is printed once when the demo is built. */
export interface DemoAccount {
	username: string;
	password: string;
	name: string;
	/** Slug of its office. */
	unit: string;
	roles: readonly Role[];
}

/**
 * A random password of 75 bits in three groups of lower-case letters and digits. Each installation has its own, so that no
 * demo opens with a known password.
 */
function newPassword(): string {
	const symbols = encodeCrockford(randomBytes(10)).toLowerCase().slice(0, 15);
	return [symbols.slice(0, 5), symbols.slice(5, 10), symbols.slice(10)].join('-');
}

/**
 * Creates the accounts with their roles, and links them to their officers.
 * @param usedAt when they were last used, so that the list of accounts does not show all of them as unused
 */
export async function buildAccounts(
	offices: readonly BuiltOffice[],
	usedAt: Date
): Promise<{ accounts: DemoAccount[]; actors: ReadonlyMap<string, Actor> }> {
	const newAccounts = await Promise.all(
		DEMO_PEOPLE.map(async (person) => {
			const password = newPassword();
			return { person, id: crypto.randomUUID(), password, passwordHash: await hashPassword(password) };
		})
	);
	await transaction(async (tx) => {
		for (const { person, id, passwordHash } of newAccounts) {
			const { username, name } = person;
			const office = officeIn(offices, person.office);
			const about = { unitId: office.id, subject: username };
			const email = addressOf(person);
			const address = { email, provenEmail: email };
			await tx.insert(accounts).values({ id, username, name, ...address, passwordHash, usedAt, createdAt: now() });
			await recordChange(tx, null, { ...about, action: 'account.created', after: { name } });
			for (const role of person.roles) {
				await tx.insert(roles).values({ accountId: id, unitId: office.id, role });
				await recordChange(tx, null, { ...about, action: 'role.granted', after: { role } });
			}
			// No regency names a responsible account, so the province's head also gets their requests about data.
			const isResponsible = username === usernameOf('provinceHead', person.office);
			if (isResponsible) await tx.update(units).set({ privacyAccountId: id }).where(eq(units.id, office.id));
			const officerId = officerOf(office, person);
			if (officerId) await tx.update(officers).set({ accountId: id }).where(eq(officers.id, officerId));
		}
	});
	const actors = new Map<string, Actor>();
	for (const { person, id } of newAccounts) {
		const actor = await actorOf(id);
		if (actor) actors.set(person.username, actor);
	}
	const demoAccounts = newAccounts.map(({ person, password }) => ({
		username: person.username,
		password,
		name: person.name,
		unit: person.office,
		roles: person.roles
	}));
	return { accounts: demoAccounts, actors };
}

/** E-mail address of a demo account: in the reserved domain `.invalid` for supervisors and administrators, or null. */
const addressOf = ({ username, roles: held }: DemoPerson): string | null =>
	held.includes('supervisor') || held.includes('admin') ? `${username}@contoh.invalid` : null;

function officerOf(office: BuiltOffice, person: DemoPerson): string | null {
	if (person.officer === 0) return office.headId;
	return office.officers.find(({ number }) => number === person.officer)?.id ?? null;
}
