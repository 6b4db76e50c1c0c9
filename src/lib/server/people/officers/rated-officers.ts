import { and, asc, eq, isNotNull, isNull, or } from 'drizzle-orm';
import { isUuid } from '#lib/text/uuid.ts';
import { db } from '#lib/server/db/index.ts';
import { officers, places, units } from '#lib/server/db/schema/units.ts';
import { NotFound } from '#lib/server/errors.ts';
import { officerPhoto } from './officer-photo.ts';

/** An officer as a citizen knows them: by name and by the desk they sit at. */
export interface RatedOfficer {
	id: string;
	name: string;
	/** Names of the desks that are this person's, in this office. */
	desks: string[];
	hasPhoto: boolean;
	/** Belongs to the office itself, not only to one of its desks: a report may name them. */
	ofUnit: boolean;
}

/** Who serves people at an office: its own active officers and those who have a desk there, by name. */
export async function officersAt(unitId: string): Promise<RatedOfficer[]> {
	const rows = await db()
		.select({
			id: officers.id,
			name: officers.name,
			unitId: officers.unitId,
			photoKey: officers.photoKey,
			desk: places.name
		})
		.from(officers)
		.leftJoin(places, and(eq(places.officerId, officers.id), eq(places.unitId, unitId), isNull(places.withdrawnAt)))
		.where(and(eq(officers.active, true), or(eq(officers.unitId, unitId), isNotNull(places.id))))
		.orderBy(asc(officers.name), asc(officers.id), asc(places.name));
	const found = new Map<string, RatedOfficer>();
	for (const row of rows) {
		const known = found.get(row.id);
		if (known) known.desks.push(row.desk ?? '');
		else {
			const { id, name, desk } = row;
			const hasPhoto = row.photoKey !== null;
			found.set(id, { id, name, desks: desk ? [desk] : [], hasPhoto, ofUnit: row.unitId === unitId });
		}
	}
	return [...found.values()];
}

/** The portrait (JPEG) beside an officer's name on the rating page. @throws NotFound */
export async function publicPortrait(officerId: string): Promise<Buffer> {
	const [shown] = isUuid(officerId)
		? await db()
				.select({ id: officers.id })
				.from(officers)
				.innerJoin(units, eq(units.id, officers.unitId))
				.where(and(eq(officers.id, officerId), eq(officers.active, true), eq(units.active, true)))
		: [];
	const photo = shown ? await officerPhoto(shown.id) : null;
	if (!photo) throw new NotFound(`portrait ${officerId}`);
	return photo;
}
