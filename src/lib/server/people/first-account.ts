import { z } from 'zod';
import { DEFAULT_WORKDAY_HOURS } from '#lib/calendar/workday-hours.ts';
import { ROLES } from '#lib/cases/vocabulary.ts';
import { checked } from '#lib/server/checked.ts';
import { transaction } from '#lib/server/db/index.ts';
import { NotFound } from '#lib/server/errors.ts';
import { randomSecret } from '#lib/server/keys.ts';
import { requestAccessChange } from './access/changes.ts';
import { createAccount, findAccount, newAccountSchema } from './accounts.ts';
import { systemActor } from './actor.ts';
import { createPasswordLink, usePasswordLink } from './sign-in/password-links.ts';
import { accountsWithSecondFactor } from './sign-in/second-factor.ts';
import { grantRole } from './grant-roles.ts';
import { placeholderName } from './units/opening.ts';
import { createUnit } from './units/units.ts';
import { unitByIdOrName, unitTree } from './units/find-unit.ts';
import { newUnitSchema } from './units/unit-schema.ts';

const inputSchema = z.object({
	username: z.string(),
	/** Needed for a new account. */
	name: z.string().optional(),
	/** Code or slug of the unit. In a database without units: the four-digit code of the root to create. */
	unit: z.string(),
	unitName: z.string().optional(),
	unitSlug: z.string().optional(),
	unitZone: z.string().optional(),
	unitEmail: z.string().optional(),
	/** E-mail address of the person. */
	email: z.string().optional(),
	roles: z.array(z.enum(ROLES, { error: 'admin_role' })).min(1),
	/** Set a generated password immediately instead of creating a link. */
	password: z.boolean()
});

export interface ProvidedAccount {
	username: string;
	/** A root unit was created. */
	unitMade: boolean;
	accountMade: boolean;
	/** The account existed and was switched off. */
	reactivated: boolean;
	/** The sign-in still asks for a code of an authenticator app. */
	asksCode: boolean;
	/** Exactly one of `linkToken` and `password` is set. They are shown once. */
	linkToken?: string;
	password?: string;
}

async function findOrCreateUnit(input: z.output<typeof inputSchema>): Promise<{ id: string; made: boolean }> {
	const found = await unitByIdOrName(input.unit);
	if (found) return { id: found.id, made: false };
	if ((await unitTree()).length > 0) throw new NotFound(`unit ${input.unit}`);
	const id = await createUnit(await systemActor([]), {
		code: input.unit,
		slug: input.unitSlug ?? `satker-${input.unit}`,
		name: input.unitName ?? placeholderName(input.unit),
		timeZone: input.unitZone ?? 'Asia/Makassar',
		email: input.unitEmail,
		hours: DEFAULT_WORKDAY_HOURS,
		accent: '#0b5cad'
	});
	return { id, made: true };
}

const personSchema = newAccountSchema.omit({ unitId: true });

/** Checks the first account and its office before an empty database is created for them. @throws Invalid */
export function checkFirstAccount(raw: unknown): void {
	const input = checked(inputSchema, raw);
	checked(personSchema, input);
	checked(z.object({ unit: newUnitSchema.shape.code }), input);
}

/**
 * Checks the data of a new account before anything is created. An existing account keeps its own.
 *
 * @returns the existing account
 * @throws Invalid
 */
export async function checkPerson(person: { username: string; [field: string]: unknown }) {
	const known = await findAccount(person.username);
	if (!known) checked(personSchema, person);
	return known;
}

/**
 * Creates an account with roles in a unit and a password link, as `system`, for the operator of the machine. An
 * existing account keeps its name and its second factor, becomes active again if it was not, and gets the roles and a new
 * link. A last administrator who lost the second factor regains access by a second account that this function creates.
 * The first call creates the root unit.
 * The change needs no approval even if the office has cases, because the operator can read the database anyway. The
 * account and the supervisors are notified, and the audit log records the change.
 * @throws Invalid · NotFound if there are units but not this one
 */
export async function provideAccount(raw: unknown): Promise<ProvidedAccount> {
	const input = checked(inputSchema, raw);
	const known = await checkPerson(input);
	const unit = await findOrCreateUnit(input);
	const system = await systemActor([]);
	const { username, name, email, roles } = input;
	const id = known?.id ?? (await createAccount(system, { username, name, email, unitId: unit.id, roles }));
	const reactivated = known?.active === false;
	if (reactivated) {
		await transaction((tx) => requestAccessChange(tx, system, { kind: 'reactivation', accountId: id }));
	}
	if (known) for (const role of roles) await grantRole(system, id, { unitId: unit.id, role });
	const link = await createPasswordLink(system, id);
	if (!link) throw new Error('a password link of the operator needs no approval, but none was created');
	const asksCode = (await accountsWithSecondFactor()).includes(id);
	const made = { unitMade: unit.made, accountMade: !known, reactivated };
	const provided = { username: username.trim().toLowerCase(), ...made, asksCode };
	if (!input.password) return { ...provided, linkToken: link.token };
	const password = randomSecret(12);
	await usePasswordLink(link.token, password);
	return { ...provided, password };
}
