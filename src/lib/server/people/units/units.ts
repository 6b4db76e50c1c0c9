import { and, eq, ne, or } from 'drizzle-orm';
import { seenVersion } from '#lib/cases/schema.ts';
import { checked } from '#lib/server/checked.ts';
import { createOnce } from '#lib/server/db/create-once.ts';
import { db, oneRow, transaction, type Database, type Tx } from '#lib/server/db/index.ts';
import { lockKey } from '#lib/server/db/lock-key.ts';
import { units } from '#lib/server/db/schema/units.ts';
import { Conflict, Invalid, NotFound, invalid } from '#lib/server/errors.ts';
import { enqueue } from '#lib/server/jobs/queue.ts';
import type { Actor } from '../actor.ts';
import { accountsWithRole, requireAdmin, requireRootAdmin } from '../administration.ts';
import { recordChange, recordDifference } from '../audit.ts';
import { chainOf, referenceData } from '#lib/server/reference/reference.ts';
import { unitByIdOrName, unitTree, type Unit, type UnitInTree } from './find-unit.ts';
import { canBeDialled } from '#lib/text/phone.ts';
import { hoursAsSent, newUnitSchema, unitSchema, type UnitChange } from './unit-schema.ts';

/** Units the actor administers, in tree order. */
export async function unitsForAdmin(actor: Actor): Promise<UnitInTree[]> {
	return (await unitTree()).filter((unit) => actor.units.admin.includes(unit.id));
}

/** Returns a unit that the actor administers, by code, slug or id. @throws NotFound */
export async function unitForAdmin(actor: Actor, name: string): Promise<Unit> {
	const unit = await unitByIdOrName(name);
	if (!unit) throw new NotFound(`unit ${name}`);
	requireAdmin(actor, unit.id);
	return unit;
}

/** @throws Invalid with one issue for each of the two that another office has */
export async function requireFreeCodeAndSlug(
	tx: Tx,
	code: string | undefined,
	slug: string,
	except?: string
): Promise<void> {
	// A concurrent change could otherwise take the name after this check.
	await lockKey(tx, 'unit-names');
	const conflicting = await tx
		.select({ code: units.code, slug: units.slug })
		.from(units)
		.where(
			and(or(eq(units.slug, slug), code ? eq(units.code, code) : undefined), except ? ne(units.id, except) : undefined)
		);
	const issues = [
		...(conflicting.some((unit) => unit.code === code) ? [{ path: 'code', code: 'admin_code_taken' }] : []),
		...(conflicting.some((unit) => unit.slug === slug) ? [{ path: 'slug', code: 'admin_slug_taken' }] : [])
	];
	if (issues.length > 0) throw new Invalid(issues);
}

/** Converts form values to columns. Missing optional values become null, so that an emptied field is cleared. */
function columns(change: UnitChange) {
	const { address, phone, whatsapp, email, website, responsible, headOfficerId } = change;
	const { privacyAccountId, privacyName, privacyContact } = change;
	const contact = { address, phone, whatsapp, email, website, responsible, headOfficerId };
	const optional = { ...contact, privacyAccountId, privacyName, privacyContact };
	const emptied = Object.fromEntries(Object.entries(optional).map(([key, value]) => [key, value ?? null]));
	const { slug, name, timeZone, hours, accent, guestBookHidden, inboundHidden, ratingFaces } = change;
	return { slug, name, timeZone, hours, accent, guestBookHidden, inboundHidden, ratingFaces, ...emptied };
}

/**
 * Creates a unit. A root needs a root administrator (or `system` for the first one), any other unit an administrator of
 * its parent.
 * @returns the unit's id
 * @throws NotFound, NotAllowed · Invalid `admin_code_taken`, `admin_slug_taken`
 */
export const createUnit = (actor: Actor, raw: unknown): Promise<string> =>
	transaction((tx) => createOnce(tx, units, raw, (id) => insertUnit(tx, actor, raw, id)));

/** As `createUnit`, in the caller's transaction. */
export async function insertUnit(tx: Tx, actor: Actor, raw: unknown, givenId?: string): Promise<string> {
	const unit = checked(newUnitSchema, raw);
	const { code, parentId, ...rest } = unit;
	if (parentId) requireAdmin(actor, parentId);
	else await requireRootAdmin(actor);
	await requireFreeCodeAndSlug(tx, code, unit.slug);
	// Not from `referenceData()`: an import creates many offices in one transaction and would reload all data for each.
	const [parent] = parentId ? await tx.select({ path: units.path }).from(units).where(eq(units.id, parentId)) : [];
	const id = givenId ?? crypto.randomUUID();
	const path = `${parent?.path ?? '/'}${id}/`;
	// A new unit has no officers and no supervisors of its own yet.
	const values = {
		...columns({ ...rest, headOfficerId: undefined, privacyAccountId: undefined }),
		id,
		code,
		parentId: parentId ?? null,
		path
	};
	await tx.insert(units).values(values);
	const after = { code, ...columns(rest) };
	await recordChange(tx, actor, { unitId: id, action: 'unit.created', subject: code, after });
	return id;
}

/** The fields of a new unit that are as in another one, as the form sends them. */
export function defaultsFromParent({ timeZone, accent, hours, guestBookHidden, inboundHidden, ratingFaces }: Unit) {
	return { timeZone, accent, hours: hoursAsSent(hours), guestBookHidden, inboundHidden, ratingFaces };
}

/**
 * Changes a unit in the caller's transaction. If hours or time zone change, the caller must recompute running
 * deadlines.
 * @param raw the form, with the version from which it was made
 * @throws NotFound · Conflict `stale` · Invalid, for example `admin_slug_taken`, `admin_officer_elsewhere`,
 * `admin_privacy_account`, `admin_phone` (unless the number was stored before)
 */
export async function changeUnit(
	tx: Tx,
	actor: Actor,
	unitId: string,
	raw: unknown
): Promise<{ name: string; hoursChanged: boolean }> {
	requireAdmin(actor, unitId);
	const { version, ...change } = checked(unitSchema.extend({ version: seenVersion }), raw);
	const before = await tx.select().from(units).where(eq(units.id, unitId)).then(oneRow);
	const { phone } = change;
	if (phone && phone !== before.phone && !canBeDialled(phone)) throw invalid('phone', 'admin_phone');
	await requireFreeCodeAndSlug(tx, undefined, change.slug, unitId);
	if (change.headOfficerId) await requireOfficerOf(unitId, change.headOfficerId);
	const { privacyAccountId } = change;
	if (privacyAccountId && !(await supervisorsOver(before, tx)).some(({ id }) => id === privacyAccountId)) {
		throw invalid('privacyAccountId', 'admin_privacy_account');
	}
	const after = columns(change);
	const changed = await tx
		.update(units)
		.set({ ...after, version: version + 1 })
		.where(and(eq(units.id, unitId), eq(units.version, version)))
		.returning({ id: units.id });
	if (changed.length === 0) throw new Conflict('stale', { version: before.version });
	const about = { unitId, action: 'unit.changed' as const, subject: before.code };
	const keys = await recordDifference(tx, actor, about, before, after);
	// The cases that name the new head go to the office above.
	if (keys.includes('headOfficerId')) await enqueue(tx, 'officers-named', { unitId });
	return { name: change.name, hoursChanged: keys.includes('hours') || keys.includes('timeZone') };
}

async function requireOfficerOf(unitId: string, officerId: string): Promise<void> {
	const officer = (await referenceData()).officerById.get(officerId);
	if (officer?.unitId !== unitId) throw invalid('headOfficerId', 'admin_officer_elsewhere');
}

/**
 * Active supervisors of a unit and of the units above, by name. Only they can be responsible for its personal data,
 * because they already see its restricted cases: naming them opens no case to anybody.
 */
export const supervisorsOver = (unit: Pick<Unit, 'path'>, on: Database | Tx = db()) =>
	accountsWithRole(on, ['supervisor'], chainOf(unit));

/** Stores a unit's ids at LAPOR, and whether all its reports are recorded there. */
export async function storeLaporSettings(
	tx: Tx,
	unitId: string,
	settings: Partial<Pick<Unit, 'laporIds' | 'recordAllAtLapor'>>
): Promise<void> {
	await tx.update(units).set(settings).where(eq(units.id, unitId));
}
