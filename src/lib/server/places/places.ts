import { referenceData } from '#lib/server/reference/reference.ts';
import { randomBytes } from 'node:crypto';
import { and, asc, desc, eq, getTableColumns, inArray, isNull, lt, sql } from 'drizzle-orm';
import { z } from 'zod';
import { placeCodeFromBytes, parsePlaceCode } from '#lib/text/place-code.ts';
import { localDate } from '#lib/calendar/days.ts';
import { checked } from '#lib/server/checked.ts';
import { now } from '#lib/server/clock.ts';
import { createOnce } from '#lib/server/db/create-once.ts';
import { db, transaction, type Tx } from '#lib/server/db/index.ts';
import { isId } from '#lib/server/db/is-id.ts';
import { lockKey } from '#lib/server/db/lock-key.ts';
import { officers, places, units, placeScans } from '#lib/server/db/schema/units.ts';
import { Conflict, NotFound, invalid } from '#lib/server/errors.ts';
import { logFailedWrite } from '#lib/server/db/free-space.ts';
import { requireSeen, seenValues } from '#lib/server/stale-form.ts';
import { holds, type Actor } from '#lib/server/people/actor.ts';
import { isInTrial } from '#lib/server/people/units/trial.ts';
import { requireAdmin } from '#lib/server/people/administration.ts';
import { recordChange, recordDifference } from '#lib/server/people/audit.ts';
import { nameField } from '#lib/server/people/form-fields.ts';

const PLACE_KINDS = ['box', 'desk', 'kiosk', 'poster'] as const;

export type Place = typeof places.$inferSelect;

const placeSchema = z.object({
	name: nameField,
	kind: z.enum(PLACE_KINDS, { error: 'admin_place_kind' }),
	/** Officer to whom a desk belongs, if any. The rating form then shows this officer first. */
	officerId: z.uuid('admin_officer').optional()
});
type PlaceChange = z.output<typeof placeSchema>;
const PLACE_FIELDS = Object.keys(placeSchema.shape);

/** What the form of a place was loaded with (see `requireSeen`). */
export const seenOfPlace = (place: Place): string => seenValues(place, PLACE_FIELDS);

/** Returns a place of a unit that the actor administers. `tx`: the transaction that changes it. @throws NotFound */
export async function placeForAdmin(actor: Actor, placeId: string, tx?: Tx): Promise<Place> {
	const place = tx
		? (await tx.select().from(places).where(isId(places.id, placeId)))[0]
		: (await referenceData()).placeById.get(placeId);
	if (!place || !holds(actor, place.unitId, 'admin')) throw new NotFound(`place ${placeId}`);
	return place;
}

/**
 * Condition for the scans that the reader may count. Officers may count only past days: a new scan of today would show
 * that the visitor who just left has opened the form for ratings. The date at an office is never before that in UTC.
 */
export const readableScans = ({ officerId }: Actor) =>
	officerId === null ? undefined : lt(placeScans.day, localDate(now(), 'UTC'));

/**
 * The places of the administrator's units, or of one of them, with their number of scans. Places in use come first,
 * then by unit and name.
 * @throws NotFound if the actor does not administer the unit
 */
export async function listPlaces(actor: Actor, unitId?: string) {
	if (unitId) requireAdmin(actor, unitId);
	const ofPlace = and(eq(placeScans.placeId, places.id), readableScans(actor));
	const scans = sql<number>`(select coalesce(sum(count), 0)::int from place_scans where ${ofPlace})`;
	return db()
		.select({ ...getTableColumns(places), unitName: units.name, officer: officers.name, scans })
		.from(places)
		.innerJoin(units, eq(units.id, places.unitId))
		.leftJoin(officers, eq(officers.id, places.officerId))
		.where(inArray(places.unitId, unitId ? [unitId] : [...actor.units.admin]))
		.orderBy(desc(isNull(places.withdrawnAt)), asc(units.code), asc(places.name), asc(places.createdAt));
}

async function requireValidOfficer(unitId: string, { kind, officerId }: PlaceChange): Promise<void> {
	if (!officerId) return;
	if (kind !== 'desk') throw invalid('officerId', 'admin_officer_needs_desk');
	const officer = (await referenceData()).officerById.get(officerId);
	if (!officer?.active || officer.unitId !== unitId) throw invalid('officerId', 'admin_officer_elsewhere');
}

/** Stores a place with an unused random code. With 64 million codes a second attempt is already rare. */
async function withUnusedCode(store: (code: string) => Promise<Place[]>): Promise<Place> {
	for (let attempt = 0; attempt < 5; attempt++) {
		const [stored] = await store(placeCodeFromBytes(randomBytes(8)));
		if (stored) return stored;
	}
	throw new Error('no free place code found: try again');
}

const insertWithCode = (tx: Tx, values: Omit<typeof places.$inferInsert, 'code'>): Promise<Place> =>
	withUnusedCode((code) =>
		tx
			.insert(places)
			.values({ ...values, code, createdAt: now() })
			.onConflictDoNothing({ target: places.code })
			.returning()
	);

/**
 * Creates a place with a new code. @throws NotFound · Invalid `admin_officer_needs_desk`, `admin_officer_elsewhere`,
 * `admin_same_place`
 */
export const createPlace = (actor: Actor, unitId: string, raw: unknown): Promise<Place> =>
	transaction(async (tx) => {
		const created = await createOnce(tx, places, raw, async (id) => {
			await requireNewPlaceName(tx, actor, unitId, checked(placeSchema, raw).name);
			return insertPlace(tx, actor, unitId, raw, id);
		});
		return typeof created === 'string' ? placeForAdmin(actor, created, tx) : created;
	});

/** As `createPlace`, in the caller's transaction. */
export async function insertPlace(tx: Tx, actor: Actor, unitId: string, raw: unknown, id?: string): Promise<Place> {
	requireAdmin(actor, unitId);
	const place = checked(placeSchema, raw);
	await requireValidOfficer(unitId, place);
	const made = await insertWithCode(tx, { id, ...place, unitId, officerId: place.officerId ?? null });
	await recordChange(tx, actor, { unitId, action: 'place.created', subject: made.code, after: place });
	return made;
}

/**
 * Refuses the name of another place in use at the office. Capitals make no difference. Until the transaction ends, no
 * other place of the office gets a name.
 * @throws NotFound if the actor does not administer the office · Invalid, by default `admin_same_place`
 */
export async function requireNewPlaceName(
	tx: Tx,
	actor: Actor,
	unitId: string,
	name: string,
	refusal: 'admin_same_place' | 'import_same_place' = 'admin_same_place'
): Promise<void> {
	requireAdmin(actor, unitId);
	await lockKey(tx, `place-names/${unitId}`);
	const sameAs = sql`lower(${places.name}) = lower(${name.trim()})`;
	const inUse = and(eq(places.unitId, unitId), isNull(places.withdrawnAt), sameAs);
	const [namesake] = await tx.select({ id: places.id }).from(places).where(inUse);
	if (namesake) throw invalid('name', refusal);
}

/** Locks a place, so that two changes of it run one after the other. */
async function lockPlace(tx: Tx, placeId: string): Promise<void> {
	await tx.select({ id: places.id }).from(places).where(isId(places.id, placeId)).for('no key update');
}

/**
 * Changes the name, kind and officer of a place; the printed code stays. @throws as `createPlace` · Conflict `stale`,
 * or `place_withdrawn`
 */
export async function changePlace(actor: Actor, placeId: string, raw: unknown): Promise<void> {
	const change = checked(placeSchema, raw);
	await transaction(async (tx) => {
		await lockPlace(tx, placeId);
		const before = await placeForAdmin(actor, placeId, tx);
		if (before.withdrawnAt) throw placeWithdrawn();
		const after = { ...change, officerId: change.officerId ?? null };
		requireSeen(raw, before, after, PLACE_FIELDS);
		await requireValidOfficer(before.unitId, change);
		const { name } = change;
		// A place may keep a name that it shares from before.
		if (name.toLowerCase() !== before.name.toLowerCase()) await requireNewPlaceName(tx, actor, before.unitId, name);
		await tx.update(places).set(after).where(eq(places.id, placeId));
		const about = { unitId: before.unitId, action: 'place.changed' as const, subject: before.code };
		await recordDifference(tx, actor, about, before, after);
	});
}

/** Locks a place in use whose code the actor saw. @throws NotFound · Conflict `place_withdrawn` for a former code */
async function placeInUse(tx: Tx, actor: Actor, { id, code }: PlaceWithCode): Promise<Place> {
	await lockPlace(tx, id);
	const place = await placeForAdmin(actor, id, tx);
	if (place.withdrawnAt || place.code !== code) throw placeWithdrawn();
	return place;
}
type PlaceWithCode = Pick<Place, 'id' | 'code'>;

export const placeWithdrawn = () => new Conflict('invalid-move', { reason: 'place_withdrawn' });

/** Gives an officer's desks to another officer of the office, or to nobody, and logs each. */
export async function giveDesks(tx: Tx, actor: Actor, from: string, to: string | null): Promise<void> {
	const desks = and(eq(places.officerId, from), isNull(places.withdrawnAt));
	const given = await tx.update(places).set({ officerId: to }).where(desks).returning();
	for (const { unitId, code } of given) {
		const about = { unitId, action: 'place.changed' as const, subject: code };
		await recordDifference(tx, actor, about, { officerId: from }, { officerId: to });
	}
}

/** Withdraws a place's code permanently. @throws NotFound · Conflict if the code is already withdrawn */
export async function withdrawPlace(actor: Actor, seen: PlaceWithCode): Promise<void> {
	await transaction(async (tx) => {
		const { id, unitId, code } = await placeInUse(tx, actor, seen);
		await tx.update(places).set({ withdrawnAt: now() }).where(eq(places.id, id));
		await recordChange(tx, actor, { unitId, action: 'place.withdrawn', subject: code });
	});
}

/**
 * Gives a place a new code and withdraws the old one, for example after its sheet was lost, copied or pasted over. The
 * next sheet has the next number. The place stays the same row, so its roster, devices, visits, routing rules and
 * figures stay with it. The old code gets a row of its own.
 * @throws NotFound · Conflict if the code is already withdrawn
 */
export async function renewPlace(actor: Actor, seen: PlaceWithCode): Promise<Place> {
	return transaction(async (tx) => {
		const { id, ...former } = await placeInUse(tx, actor, seen);
		const renewed = await withUnusedCode((code) =>
			tx
				.update(places)
				.set({ code, sheetNo: former.sheetNo + 1 })
				.where(and(eq(places.id, id), sql`not exists (select from places p where p.code = ${code})`))
				.returning()
		);
		await tx.insert(places).values({ ...former, withdrawnAt: now(), replacedBy: id });
		const after = { code: renewed.code };
		const { unitId, code: subject } = former;
		await recordChange(tx, actor, { unitId, action: 'place.renewed', subject, after });
		return renewed;
	});
}

/** A place as found by a citizen's scan. */
export interface ScannedPlace extends Pick<Place, 'id' | 'code' | 'kind' | 'name' | 'officerId'> {
	unit: { id: string; slug: string; name: string };
}

type CodeAnswer =
	| { found: ScannedPlace }
	/** A code that was printed and later withdrawn. */
	| { withdrawn: { unit: ScannedPlace['unit'] } }
	| { unknown: true };

/** The place with the new code, if this is the row of a code that was replaced; otherwise the same place. */
export const placeWithNewCode = async (place: Place): Promise<Place> =>
	(await referenceData()).placeById.get(place.replacedBy ?? '') ?? place;

/**
 * Finds the place of a printed code, scanned or typed in any case and grouping.
 * @param earlier the code was scanned earlier, so it still counts if it was replaced since
 */
export async function placeByCode(typed: string, { earlier = false } = {}): Promise<CodeAnswer> {
	const parsed = parsePlaceCode(typed);
	if (!parsed) return { unknown: true };
	const known = await referenceData();
	const scanned = known.placeByCode.get(parsed);
	const place = scanned && earlier ? await placeWithNewCode(scanned) : scanned;
	const office = known.unitById.get(place?.unitId ?? '');
	if (!place || !office) return { unknown: true };
	const unit = { id: office.id, slug: office.slug, name: office.name };
	if (place.withdrawnAt) return { withdrawn: { unit } };
	const { id, kind, name, officerId, code } = place;
	return { found: { id, kind, name, officerId, code, unit } };
}

/**
 * Counts a scan on the current date in the unit's time zone. Neither time of day nor address is stored. If the scan
 * can't be stored, for example because the disk is full, it is only logged: the next page needs no database.
 */
export async function countScan(placeId: string): Promise<void> {
	const { placeById, unitById } = await referenceData();
	const unit = unitById.get(placeById.get(placeId)?.unitId ?? '');
	if (!unit || isInTrial(unit)) return;
	await db()
		.insert(placeScans)
		.values({ placeId, day: localDate(now(), unit.timeZone), count: 1 })
		.onConflictDoUpdate({
			target: [placeScans.placeId, placeScans.day],
			set: { count: sql`${placeScans.count} + 1` }
		})
		.catch(logFailedWrite('a scan was not counted'));
}
