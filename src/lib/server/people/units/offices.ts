import { db } from '#lib/server/db/index.ts';
import { NotFound } from '#lib/server/errors.ts';
import { findUnit, type Unit } from './find-unit.ts';
import { anyUnit, unitTree } from './units.ts';

/** An office as a citizen chooses it; `depth` 0 is a province. */
export interface OfficeChoice {
	slug: string;
	name: string;
	depth: number;
}

/** The offices that are open to citizens, a province before its regencies. */
export async function openOffices(): Promise<OfficeChoice[]> {
	return (await unitTree()).filter((unit) => unit.active).map(({ slug, name, depth }) => ({ slug, name, depth }));
}

/** The open office of that slug or code. @throws NotFound */
export async function openOffice(name: string): Promise<Unit> {
	const unit = await findUnit(db(), name);
	if (!unit) throw new NotFound(`office ${name}`);
	return unit;
}

/** The name of the office above; null for a root. */
export async function officeAbove(unit: Pick<Unit, 'parentId'>): Promise<string | null> {
	return unit.parentId ? ((await anyUnit(unit.parentId))?.name ?? null) : null;
}
