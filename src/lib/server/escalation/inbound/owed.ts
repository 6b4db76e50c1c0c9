import { sql } from 'drizzle-orm';
import { cases } from '#lib/server/db/schema/cases.ts';
import { escalations } from '#lib/server/db/schema/escalations.ts';
import { inboundReports } from '#lib/server/db/schema/lapor.ts';

/**
 * The case is settled, and LAPOR's readers don't know it yet: a person has to write there what the office said. Where a
 * forward of ours carries the report's number, its follow-ups say it. An answer after a dispute is owed again.
 */
export const answerOwed = sql<boolean>`(${cases.status} in ('answered', 'closed', 'archived')
	and ${cases.transferredTo} is null
	and (${inboundReports.answerEnteredAt} is null
		or ${inboundReports.answerEnteredAt} < coalesce(${cases.answeredAt}, ${cases.archivedAt}))
	and not exists (select 1 from ${escalations} where ${escalations.caseId} = ${cases.id}
		and ${escalations.laporId} = ${inboundReports.laporId}))`;
