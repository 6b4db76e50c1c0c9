import { eq } from 'drizzle-orm';
import { db } from '#lib/server/db/index.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { inboundReports } from '#lib/server/db/schema/lapor.ts';
import { Invalid } from '#lib/server/errors.ts';
import type { Received } from '#lib/server/escalation/from-lapor/receive.ts';
import type { makeOffice } from '../lapor.ts';
import { failure } from '../outcomes.ts';

type Office = Awaited<ReturnType<typeof makeOffice>>;
let count = 3_000_000;
export const nextNumber = () => String(++count);
export const TEXT = 'Pelayanan di loket konsultasi lambat sejak awal bulan ini.';

export const inboundInput = (office: { unit: { code: string } }, changes: Record<string, unknown> = {}) => ({
	unit: office.unit.code,
	lapor_id: nextNumber(),
	received_on: new Date().toISOString().slice(0, 10),
	content: TEXT,
	...changes
});

/** The result with its case. @throws Error if the report belongs to a case that the actor may not see */
export function placedReport(received: Received) {
	if (received.kind === 'elsewhere') throw new Error('the report belongs to a hidden case');
	return received;
}

export const issuesOf = async (work: Promise<unknown>) => {
	const cause = await failure(work);
	return cause instanceof Invalid ? cause.issues.map(({ path, code }) => `${path}: ${code}`) : cause;
};

export const casesOf = async (office: Office) =>
	(await db().select().from(cases).where(eq(cases.unitId, office.unit.id))).length;
export const storedOf = async (laporId: string) =>
	db().select().from(inboundReports).where(eq(inboundReports.laporId, laporId));
