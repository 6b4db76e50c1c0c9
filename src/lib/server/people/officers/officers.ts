import { referenceData } from '#lib/server/reference/reference.ts';
import { and, asc, desc, eq, getTableColumns, inArray, isNull, sql } from 'drizzle-orm';
import { z } from 'zod';
import { isPhotoShown } from '#lib/privacy/photo.ts';
import { checked } from '#lib/server/checked.ts';
import { createOnce } from '#lib/server/db/create-once.ts';
import { db, storedRow, transaction, type Tx } from '#lib/server/db/index.ts';
import { isId } from '#lib/server/db/is-id.ts';
import { lockKey } from '#lib/server/db/lock-key.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { officers, units } from '#lib/server/db/schema/units.ts';
import { NotFound, invalid } from '#lib/server/errors.ts';
import { enqueue } from '#lib/server/jobs/queue.ts';
import { requireSeen, seenValues } from '#lib/server/stale-form.ts';
import { giveDesks } from '#lib/server/places/places.ts';
import { isLinked } from '../access/apply.ts';
import { recordRemoval, requestAccessChange } from '../access/changes.ts';
import { holds, type Actor } from '../actor.ts';
import { accountForAdmin, requireAdmin } from '../administration.ts';
import { recordChange, recordDifference } from '../audit.ts';
import { flagField, lineField, nameField } from '../form-fields.ts';

export type Officer = typeof officers.$inferSelect;

/** Separated by commas; each has at least three letters, because two letters would match half of all reports. */
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
	accountId: z.uuid('admin_account').optional(),
	active: flagField
});
type OfficerChange = z.output<typeof officerSchema>;
const OFFICER_FIELDS = Object.keys(officerSchema.shape);

/** What the form of an officer was loaded with (see `requireSeen`). */
export const seenOfOfficer = (officer: Officer): string => seenValues(officer, OFFICER_FIELDS);

/** Returns an officer of a unit that the actor administers. `tx`: the transaction that changes it. @throws NotFound */
export async function officerForAdmin(actor: Actor, officerId: string, tx?: Tx): Promise<Officer> {
	const officer = tx
		? (await tx.select().from(officers).where(isId(officers.id, officerId)))[0]
		: (await referenceData()).officerById.get(officerId);
	if (!officer || !holds(actor, officer.unitId, 'admin')) throw new NotFound(`officer ${officerId}`);
	return officer;
}

/** Officers of the administrator's units, or of one of them, active ones first, then by unit code and name. */
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

/**
 * Refuses an account that is linked to another active officer or that the actor does not administer. The link decides
 * which cases are hidden from the account. So an officer who moved to another office gets a second record there, and the
 * former one, no longer active, keeps its account.
 */
async function requireLinkableAccount(tx: Tx, actor: Actor, change: OfficerChange, officer?: Officer): Promise<void> {
	if (!change.accountId) return;
	const isOwn = change.accountId === officer?.accountId;
	if (!isOwn) await accountForAdmin(tx, actor, change.accountId, 'administered');
	if (!change.active || (isOwn && officer.active)) return;
	if (await isLinked(tx, change.accountId, officer?.id)) throw invalid('accountId', 'admin_account_linked');
}

const columns = ({ name, position, nicknames, accountId, active }: OfficerChange) => ({
	name,
	position: position ?? null,
	nicknames,
	accountId: accountId ?? null,
	active
});

/**
 * Citizens choose an officer by name, so a second one of the same name at the office needs the person's confirmation.
 * Until the transaction ends, no other officer is created at the office.
 */
export async function requireNewName(
	tx: Tx,
	actor: Actor,
	unitId: string,
	raw: unknown,
	refusal: 'admin_officer_same_name' | 'import_same_name' = 'admin_officer_same_name'
): Promise<void> {
	requireAdmin(actor, unitId);
	await lockKey(tx, `officer-names/${unitId}`);
	const { name, sameName } = raw as { name?: unknown; sameName?: unknown };
	if (sameName) return;
	const sameAs = sql`lower(${officers.name}) = lower(${String(name ?? '').trim()})`;
	const [namesake] = await tx
		.select({ id: officers.id })
		.from(officers)
		.where(and(eq(officers.unitId, unitId), eq(officers.active, true), sameAs));
	if (namesake) throw invalid('sameName', refusal);
}

/**
 * Creates an officer in a unit, and has them proposed in its ongoing cases. @returns the id @throws NotFound · Invalid
 * `admin_account_linked`, `admin_officer_same_name` unless confirmed by `sameName`
 */
export const createOfficer = (actor: Actor, unitId: string, raw: unknown): Promise<string> =>
	transaction((tx) =>
		createOnce(tx, officers, raw, async (givenId) => {
			await requireNewName(tx, actor, unitId, raw);
			const id = await insertOfficer(tx, actor, unitId, raw, givenId);
			await enqueue(tx, 'officers-named', { unitId });
			return id;
		})
	);

/** As `createOfficer`, in the caller's transaction. The caller enqueues the job `officers-named` of the office. */
export async function insertOfficer(
	tx: Tx,
	actor: Actor,
	unitId: string,
	raw: unknown,
	givenId?: string
): Promise<string> {
	requireAdmin(actor, unitId);
	const officer = checked(officerSchema, raw);
	await requireLinkableAccount(tx, actor, officer);
	const values = columns(officer);
	const { id } = await tx
		.insert(officers)
		.values({ id: givenId, unitId, ...values })
		.returning({ id: officers.id })
		.then(storedRow);
	await recordChange(tx, actor, {
		unitId,
		action: 'officer.created',
		subject: officer.name,
		after: { record: id, ...values }
	});
	await noteLink(tx, actor, id, values.accountId);
	return id;
}

/**
 * Links a new account to an officer, in the caller's transaction. @returns the officer's unit
 * @throws NotFound · Invalid `admin_officer_linked` if the officer has an account
 */
export async function linkAccount(tx: Tx, actor: Actor, officerId: string, accountId: string): Promise<string> {
	const { name: subject, unitId } = await officerForAdmin(actor, officerId, tx);
	const withoutAccount = and(eq(officers.id, officerId), isNull(officers.accountId));
	const linked = await tx.update(officers).set({ accountId }).where(withoutAccount).returning({ id: officers.id });
	if (linked.length === 0) throw invalid('officerId', 'admin_officer_linked');
	const about = { unitId, action: 'officer.changed' as const, subject, after: { record: officerId } };
	await recordDifference(tx, actor, about, { accountId: null }, { accountId });
	await noteLink(tx, actor, officerId, accountId);
	return unitId;
}

/** Notes the loss of access to reports that name the officer, so that supervisors are notified. */
async function noteLink(tx: Tx, actor: Actor, officerId: string, accountId: string | null): Promise<void> {
	if (accountId !== null) await recordRemoval(tx, actor, { kind: 'officer_linked', accountId, officerId });
}

/**
 * Changes an officer. An officer who left is deactivated, never deleted, because ratings and cases refer to the
 * officer. Deactivation removes the officer from their desks. Unlinking the account lets it see cases that name the
 * officer, so this may wait for a supervisor's approval.
 * @returns whether part of the change waits
 * @throws NotFound · Conflict `stale` · Invalid `admin_account_linked`
 */
export async function changeOfficer(actor: Actor, officerId: string, raw: unknown): Promise<boolean> {
	const change = checked(officerSchema, raw);
	return transaction(async (tx) => {
		await tx.select({ id: officers.id }).from(officers).where(isId(officers.id, officerId)).for('no key update');
		const before = await officerForAdmin(actor, officerId, tx);
		requireSeen(raw, before, columns(change), OFFICER_FIELDS);
		await requireLinkableAccount(tx, actor, change, before);
		const { accountId: to, ...values } = columns(change);
		// Linking an account only hides cases from it, so supervisors are only notified. Unlinking is requested below.
		const after = { ...values, accountId: before.accountId ?? to };
		await tx.update(officers).set(after).where(eq(officers.id, officerId));
		if (before.active && !after.active) await giveDesks(tx, actor, officerId, null);
		const { unitId } = before;
		const about = { unitId, action: 'officer.changed' as const, subject: before.name, after: { record: officerId } };
		await recordDifference(tx, actor, about, before, after);
		await enqueue(tx, 'officers-named', { unitId });
		if (before.accountId === null) await noteLink(tx, actor, officerId, to);
		if (before.accountId === null || before.accountId === to) return false;
		const unlink = { kind: 'officer_link' as const, accountId: before.accountId, officerId, unitId, to };
		return (await requestAccessChange(tx, actor, unlink)) === 'waiting';
	});
}

/** The active officers of a unit, by name, each with the names of the officer's desks. */
export async function officersAt(unitId: string) {
	const { officers, places } = await referenceData();
	const inUse = places.filter((place) => place.unitId === unitId && place.withdrawnAt === null);
	const serving = officers.filter((officer) => officer.active && officer.unitId === unitId);
	return serving.map((officer) => {
		const { id, name } = officer;
		const desks = inUse.filter(({ officerId }) => officerId === id).map((place) => place.name);
		return { id, name, desks, hasPhoto: isPhotoShown(officer) };
	});
}
export type RatedOfficer = Awaited<ReturnType<typeof officersAt>>[number];
