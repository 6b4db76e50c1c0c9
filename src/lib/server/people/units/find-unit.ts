import { NotFound, OfficeClosed } from '#lib/server/errors.ts';
import { chainOf, referenceData, type Unit, type UnitInTree } from '#lib/server/reference/reference.ts';
import type { Actor } from '../actor.ts';
import { officeHours } from './office-hours.ts';
import { isInTrial, mayPractise } from './trial.ts';

export type { Unit, UnitInTree };

/** Finds a unit by code (`1203`) or slug in any case (`main-office`). */
export async function findUnit(name: string): Promise<Unit | undefined> {
	return (await referenceData()).unitByCodeOrSlug.get(name.toLowerCase());
}

/** As `findUnit`, limited to `ids`. @throws NotFound if the unit does not exist or is not among `ids` */
export async function requireUnitWithin(name: string, ids: readonly string[]): Promise<Unit> {
	const unit = await findUnit(name);
	if (!unit || !ids.includes(unit.id)) throw new NotFound();
	return unit;
}

/** Orders units by code, as lists of several offices do. */
export const byCode = (a: Unit, b: Unit): number => a.code.localeCompare(b.code);

/** All units, parents before children, siblings by code. */
export const unitTree = async (): Promise<readonly UnitInTree[]> => (await referenceData()).units;

/** Finds a unit by code (`1203`), slug in any case (`main-office`) or id. */
export async function unitByIdOrName(name: string): Promise<Unit | undefined> {
	const { unitById, unitByCodeOrSlug } = await referenceData();
	return unitById.get(name) ?? unitByCodeOrSlug.get(name.toLowerCase());
}

/** Whether the office is open to the public. Any other takes no ratings, reports or visits, except for practice. */
export const isOpenToPublic = ({ state }: Pick<Unit, 'state'>): boolean => state === 'open';

/** Whether the people of the office can record reports there: it is open to the public, or in trial. */
export const takesReports = (unit: Pick<Unit, 'state'>): boolean => isOpenToPublic(unit) || isInTrial(unit);

/** Whether the office is open or was: reporters of a closed one still write about their earlier reports. */
export const hasOpened = ({ state }: Pick<Unit, 'state'>): boolean => state === 'open' || state === 'closed';

/** Offices that are open to the public, a province (`depth` 0) before its regencies. */
export async function openOffices() {
	return (await unitTree()).filter(isOpenToPublic).map(({ slug, name, depth }) => ({ slug, name, depth }));
}

/** Finds an office by slug or code that is open to `by`. @throws NotFound · OfficeClosed */
export async function openOffice(name: string, by?: Actor | null): Promise<Unit> {
	const unit = await findUnit(name);
	if (!unit) throw new NotFound(`office ${name}`);
	return requireOpen(unit, by);
}

/** What the office has, else the nearest office above that has it; undefined if none has. */
export async function nearestAbove<T>(
	unit: Pick<Unit, 'path'>,
	pick: (unit: Unit) => T | null | undefined
): Promise<NonNullable<T> | undefined> {
	const { unitById } = await referenceData();
	for (const id of chainOf(unit).reverse()) {
		const near = unitById.get(id);
		const found = near && pick(near);
		if (found !== null && found !== undefined) return found;
	}
	return undefined;
}

/**
 * Returns the office.
 * @param by the signed-in person who may practise at an office in trial
 * @throws OfficeClosed with the offices to which citizens can turn instead
 */
export async function requireOpen(unit: Unit, by?: Actor | null): Promise<Unit> {
	if (isOpenToPublic(unit) || (await mayPractise(unit, by))) return unit;
	const nearest = await nearestAbove(unit, (one) => (isOpenToPublic(one) ? one : null));
	throw new OfficeClosed(
		unit.name,
		nearest ? [{ slug: nearest.slug, name: nearest.name, depth: 0 }] : await openOffices(),
		hasOpened(unit)
	);
}

/** The logo that an office shows: its own, else that of the nearest office above; null if there is none. */
export async function logoOf({ path }: Pick<Unit, 'path'>): Promise<Unit['logo']> {
	return (await nearestAbove({ path }, ({ logo }) => logo)) ?? null;
}

/** What citizens see of an office on every page: its name, logo and how to reach it. */
export async function officeHeader(unit: Unit) {
	const { name, slug, accent, timeZone, address, phone, whatsapp, email, website } = unit;
	const logo = await logoOf(unit);
	return {
		name,
		slug,
		accent,
		timeZone,
		address,
		phone,
		whatsapp,
		email,
		website,
		hours: await officeHours(unit),
		logo: logo && { hash: logo.hash, width: logo.width, height: logo.height }
	};
}

/** Name of the parent unit; null for a root. */
export async function officeAbove(unit: Pick<Unit, 'parentId'>): Promise<string | null> {
	return unit.parentId ? ((await referenceData()).unitById.get(unit.parentId)?.name ?? null) : null;
}

/** The unit a person works for: that of their officer record, otherwise the highest unit where they have a role. */
export async function homeUnit(actor: Actor) {
	const { units, unitById, officerById } = await referenceData();
	const officer = officerById.get(actor.officerId ?? '');
	const ids = new Set(Object.values(actor.units).flat());
	const home = officer ? unitById.get(officer.unitId) : highest(units.filter(({ id }) => ids.has(id)));
	return home && { id: home.id, name: home.name, accent: home.accent, timeZone: home.timeZone };
}

/** The pages that the offices of a person use. The menu does not list the others. */
export async function pagesInUse({ units: held }: Actor) {
	const { unitById, surveys } = await referenceData();
	const offices = [...held.handler, ...held.supervisor].flatMap((id) => unitById.get(id) ?? []);
	return {
		guestBook: offices.some(({ guestBookHidden }) => !guestBookHidden),
		inbound: offices.some(({ inboundHidden }) => !inboundHidden),
		survey: held.manager.some((id) => surveys.has(id))
	};
}

/** The unit nearest to the root, and of several the first in tree order. */
const highest = (units: readonly UnitInTree[]) => units.toSorted((a, b) => a.depth - b.depth)[0];

/** Time zone of the first root unit, used for data across units. */
export async function firstZone(): Promise<string> {
	return (await referenceData()).units[0]?.timeZone ?? 'UTC';
}
