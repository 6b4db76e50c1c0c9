import { and, asc, count, eq, gte, inArray, lt } from 'drizzle-orm';
import type { RecapFigures } from '#lib/recap/figures.ts';
import type { Database, Tx } from '#lib/server/db/index.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { escalations } from '#lib/server/db/schema/escalations.ts';
import { inboundReports } from '#lib/server/db/schema/lapor.ts';
import { notAtLapor } from '#lib/server/escalation/unrecorded.ts';
import { momentsOf, type RecapSpan } from './moment.ts';

/** What went to LAPOR in a period and what came from there, with the numbers and states as they stand now. */
export async function laporFigures(on: Database | Tx, span: RecapSpan): Promise<RecapFigures['lapor']> {
	const { from, until } = momentsOf(span);
	const ofUnits = inArray(cases.unitId, [...span.unitIds]);
	const forwards = await on
		.select({
			caseId: cases.id,
			reference: cases.reference,
			purpose: escalations.purpose,
			state: escalations.state,
			laporId: escalations.laporId,
			laporStatus: escalations.laporStatus
		})
		.from(escalations)
		.innerJoin(cases, eq(cases.id, escalations.caseId))
		.where(and(gte(escalations.sentAt, from), lt(escalations.sentAt, until), ofUnits))
		.orderBy(asc(escalations.sentAt), asc(escalations.reference));
	const inbound = await on
		.select({ caseId: cases.id, reference: cases.reference, laporId: inboundReports.laporId })
		.from(inboundReports)
		.innerJoin(cases, eq(cases.id, inboundReports.caseId))
		.where(
			and(
				inArray(inboundReports.unitId, [...span.unitIds]),
				gte(inboundReports.enteredAt, from),
				lt(inboundReports.enteredAt, until)
			)
		)
		.orderBy(asc(inboundReports.enteredAt), asc(inboundReports.laporId));
	const [unrecorded] = await on.select({ n: count() }).from(cases).where(and(notAtLapor, ofUnits));
	return {
		recorded: forwards.filter(({ purpose }) => purpose === 'record').length,
		transferred: forwards.filter(({ purpose }) => purpose === 'transfer').length,
		taken: inbound.length,
		unrecorded: unrecorded?.n ?? 0,
		forwards,
		inbound
	};
}
