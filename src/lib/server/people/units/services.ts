import { asc, eq, inArray } from 'drizzle-orm';
import { z } from 'zod';
import { SERVICE_KINDS } from '#lib/cases/vocabulary.ts';
import { checked } from '#lib/server/checked.ts';
import { db, transaction } from '#lib/server/db/index.ts';
import { services, units } from '#lib/server/db/schema/units.ts';
import { Invalid, NotFound } from '#lib/server/errors.ts';
import { holds, type Actor } from '../actor.ts';
import { requireAdmin } from '../administration.ts';
import { recordChange } from '../audit.ts';
import { recordDifference } from '../differing.ts';
import { flagField, nameField } from '../form-fields.ts';
import { isId } from '../ids.ts';
import { standardSchema } from './service-standard-schema.ts';

export type Service = typeof services.$inferSelect;

const serviceSchema = z.object({
	name: nameField,
	nameEn: nameField,
	active: flagField,
	/** Absent where the form's part about the standard was left empty. */
	standard: standardSchema.optional().transform((standard) => standard ?? null)
});
const newServiceSchema = serviceSchema.extend({ kind: z.enum(SERVICE_KINDS, { error: 'admin_service_kind' }) });

/** The services of the administrator's units, in the order of unit codes. */
export async function listServices(actor: Actor): Promise<(Service & { unitName: string })[]> {
	const rows = await db()
		.select({ service: services, unitName: units.name })
		.from(services)
		.innerJoin(units, eq(units.id, services.unitId))
		.where(inArray(services.unitId, [...actor.units.admin]))
		.orderBy(asc(units.code), asc(services.name));
	return rows.map(({ service, unitName }) => ({ ...service, unitName }));
}

/** A service of one of the administrator's units. @throws NotFound */
export async function serviceForAdmin(actor: Actor, serviceId: string): Promise<Service> {
	const [service] = isId(serviceId) ? await db().select().from(services).where(eq(services.id, serviceId)) : [];
	if (!service || !holds(actor, service.unitId, 'admin')) throw new NotFound(`service ${serviceId}`);
	return service;
}

/** Adds a service; a unit has at most one of each kind. @throws NotFound · Invalid `admin_service_kind_taken` */
export async function createService(actor: Actor, unitId: string, raw: unknown): Promise<string> {
	requireAdmin(actor, unitId);
	const service = checked(newServiceSchema, raw);
	return transaction(async (tx) => {
		const [made] = await tx
			.insert(services)
			.values({ unitId, ...service })
			.onConflictDoNothing({ target: [services.unitId, services.kind] })
			.returning({ id: services.id });
		if (!made) throw new Invalid([{ path: 'kind', code: 'admin_service_kind_taken' }]);
		await recordChange(tx, actor, { unitId, action: 'service.created', subject: service.name, after: service });
		return made.id;
	});
}

/** Changes a service: its names, its published standard, whether it is offered. @throws NotFound */
export async function changeService(actor: Actor, serviceId: string, raw: unknown): Promise<void> {
	const change = checked(serviceSchema, raw);
	const before = await serviceForAdmin(actor, serviceId);
	await transaction(async (tx) => {
		await tx.update(services).set(change).where(eq(services.id, serviceId));
		const about = { unitId: before.unitId, action: 'service.changed', subject: before.name };
		await recordDifference(tx, actor, about, before, change);
	});
}
