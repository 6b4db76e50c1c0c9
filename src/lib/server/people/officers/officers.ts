import { and, asc, desc, eq, getTableColumns, inArray, isNotNull, isNull, ne, or, sql } from 'drizzle-orm';
import { z } from 'zod';
import { checked } from '#lib/server/checked.ts';
import { db, transaction, type Tx, type Reader } from '#lib/server/db/index.ts';
import { isId } from '#lib/server/db/is-id.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { officers, places, units } from '#lib/server/db/schema/units.ts';
import { Invalid, NotFound } from '#lib/server/errors.ts';
import { removeOfficerFromDesks } from '#lib/server/places/places.ts';
import { requestAccessChange } from '../access/changes.ts';
import { holds, type Actor } from '../actor.ts';
import { accountForAdmin, requireAdmin } from '../administration.ts';
import { recordChange, recordDifference } from '../audit.ts';
import { flagField, idField, lineField, nameField } from '../form-fields.ts';

export type Officer = typeof officers.$inferSelect;

/** Written with commas between; each of three letters or more, which two would find in half of all reports. */
const nicknamesField = z
	.string()
	.trim()
	.max(200, 'admin_line')
	.default('')
	.transform((text) => [...new Set(text.split(/\s*,\s*/).filter(Boolean))])
	.refine((all) => all.every((one) => one.length >= 3), 'admin_nickname');

const officerSchema = z.object({
	name: nameField,
	position: lineField(120),
	nicknames: nicknamesField,
	accountId: idField('admin_account').optional(),
	active: flagField
});
type OfficerChange = z.output<typeof officerSchema>;

/** An officer of one of the administrator's units. @throws NotFound */
export async function officerForAdmin(actor: Actor, officerId: string, on: Reader = db()): Promise<Officer> {
	const [officer] = await on.select().from(officers).where(isId(officers.id, officerId));
	if (!officer || !holds(actor, officer.unitId, 'admin')) throw new NotFound(`officer ${officerId}`);
	return officer;
}

/** The officers of the administrator's units, or of one of them, by unit code and name; inactive ones last. */
export async function listOfficers(actor: Actor, unitId?: string) {
	if (unitId) requireAdmin(actor, unitId);
	return db()
		.select({ ...getTableColumns(officers), unitName: units.name, account: accounts.username })
		.from(officers)
		.innerJoin(units, eq(units.id, officers.unitId))
		.leftJoin(accounts, eq(accounts.id, officers.accountId))
		.where(inArray(officers.unitId, unitId ? [unitId] : [...actor.units.admin]))
		.orderBy(desc(officers.active), asc(units.code), asc(officers.name), asc(officers.id));
}

/** An account belongs to one officer, and linking it is its administrator's: the link decides which cases it can't see. */
async function refuseAccount(tx: Tx, actor: Actor, change: OfficerChange, officer?: Officer): Promise<void> {
	if (!change.accountId || change.accountId === officer?.accountId) return;
	await accountForAdmin(tx, actor, change.accountId, 'administered');
	const taken = await tx
		.select({ id: officers.id })
		.from(officers)
		.where(and(eq(officers.accountId, change.accountId), officer ? ne(officers.id, officer.id) : undefined));
	if (taken.length > 0) throw new Invalid([{ path: 'accountId', code: 'admin_account_linked' }]);
}

const columns = ({ name, position, nicknames, accountId, active }: OfficerChange) => ({
	name,
	position: position ?? null,
	nicknames,
	accountId: accountId ?? null,
	active
});

/** Adds an officer to a unit. @returns the id @throws NotFound · Invalid `admin_account_linked` */
export async function createOfficer(actor: Actor, unitId: string, raw: unknown): Promise<string> {
	requireAdmin(actor, unitId);
	const officer = checked(officerSchema, raw);
	return transaction(async (tx) => {
		await refuseAccount(tx, actor, officer);
		const values = columns(officer);
		const [made] = await tx
			.insert(officers)
			.values({ unitId, ...values })
			.returning({ id: officers.id });
		await recordChange(tx, actor, { unitId, action: 'officer.created', subject: officer.name, after: values });
		return made?.id ?? '';
	});
}

/**
 * Changes an officer. One who left is switched off, never deleted: ratings and cases keep naming the person. Desks that were the
 * officer's alone are then nobody's. Taking the account away from an officer opens the cases that name the officer to it, so it
 * may wait for a supervisor.
 * @returns whether part of the change waits
 * @throws NotFound · Invalid `admin_account_linked`
 */
export async function changeOfficer(actor: Actor, officerId: string, raw: unknown): Promise<boolean> {
	const change = checked(officerSchema, raw);
	return transaction(async (tx) => {
		const before = await officerForAdmin(actor, officerId, tx);
		await refuseAccount(tx, actor, change, before);
		const { accountId: to, ...values } = columns(change);
		// Linking an account only closes cases to it; taking it away asks first.
		const after = { ...values, accountId: before.accountId ?? to };
		await tx.update(officers).set(after).where(eq(officers.id, officerId));
		if (before.active && !after.active) await removeOfficerFromDesks(tx, officerId);
		const { unitId } = before;
		const about = { unitId, action: 'officer.changed', subject: before.name };
		await recordDifference(tx, actor, about, before, after);
		if (before.accountId === null || before.accountId === to) return false;
		const unlink = { kind: 'officer_link' as const, accountId: before.accountId, officerId, unitId, to };
		return (await requestAccessChange(tx, actor, unlink)) === 'waiting';
	});
}

/**
 * Who serves people at an office: its own active officers and those who have a desk there, by name. `desks`: names of the
 * person's desks in this office. `ofUnit`: belongs to the office itself, so a report may name them.
 */
export async function officersAt(unitId: string) {
	const { id, name, photoKey } = officers;
	return db()
		.select({
			id,
			name,
			desks: sql<string[]>`array_remove(array_agg(${places.name} order by ${places.name}), null)`,
			hasPhoto: sql<boolean>`${photoKey} is not null`,
			ofUnit: sql<boolean>`${officers.unitId} = ${unitId}`
		})
		.from(officers)
		.leftJoin(places, and(eq(places.officerId, id), eq(places.unitId, unitId), isNull(places.withdrawnAt)))
		.where(and(eq(officers.active, true), or(eq(officers.unitId, unitId), isNotNull(places.id))))
		.groupBy(id)
		.orderBy(asc(name), asc(id));
}
export type RatedOfficer = Awaited<ReturnType<typeof officersAt>>[number];
