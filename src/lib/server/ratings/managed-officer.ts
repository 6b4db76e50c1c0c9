import { eq } from 'drizzle-orm';
import { isUuid } from '#lib/text/uuid.ts';
import { db } from '#lib/server/db/index.ts';
import { officers, units } from '#lib/server/db/schema/units.ts';
import { NotFound } from '#lib/server/errors.ts';
import type { Actor } from '#lib/server/people/actor.ts';

export interface ManagedOfficer {
	id: string;
	name: string;
	/** False for somebody who left; the figures of the time before stay. */
	active: boolean;
	unit: { id: string; code: string; slug: string; name: string };
}

/**
 * An officer of a unit that the actor manages; the actor's own person is not there.
 *
 * @throws NotFound
 */
export async function managedOfficer(actor: Actor, id: string): Promise<ManagedOfficer> {
	const [officer] =
		isUuid(id) && id !== actor.officerId
			? await db()
					.select({
						id: officers.id,
						name: officers.name,
						active: officers.active,
						unit: { id: units.id, code: units.code, slug: units.slug, name: units.name }
					})
					.from(officers)
					.innerJoin(units, eq(units.id, officers.unitId))
					.where(eq(officers.id, id))
			: [];
	if (!officer || !actor.units.manager.includes(officer.unit.id)) throw new NotFound(id);
	return officer;
}
