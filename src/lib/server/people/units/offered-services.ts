import { and, asc, eq } from 'drizzle-orm';
import type { ServiceStandard } from '#lib/cases/service-standard.ts';
import type { ServiceKind } from '#lib/cases/vocabulary.ts';
import { db } from '#lib/server/db/index.ts';
import { services } from '#lib/server/db/schema/units.ts';

/** A service that an office offers, with its published standard where one is known. */
export interface OfferedService {
	kind: ServiceKind;
	name: string;
	nameEn: string;
	standard: ServiceStandard | null;
}

/** What an office offers, by name. */
export async function servicesOf(unitId: string): Promise<OfferedService[]> {
	const rows = await db()
		.select({ kind: services.kind, name: services.name, nameEn: services.nameEn, standard: services.standard })
		.from(services)
		.where(and(eq(services.unitId, unitId), eq(services.active, true)))
		.orderBy(asc(services.name));
	return rows.map((row) => ({ ...row, kind: row.kind as ServiceKind }));
}
