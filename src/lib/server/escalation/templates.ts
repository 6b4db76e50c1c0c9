import { asc, eq } from 'drizzle-orm';
import { db } from '#lib/server/db/index.ts';
import { laporMasters } from '#lib/server/db/schema/lapor.ts';

/** The texts LAPOR offers for follow-ups, as they were read last; empty until they have been. */
export async function followupTemplates(): Promise<{ code: string; name: string }[]> {
	return db()
		.select({ code: laporMasters.id, name: laporMasters.name })
		.from(laporMasters)
		.where(eq(laporMasters.kind, 'template'))
		.orderBy(asc(laporMasters.id));
}
