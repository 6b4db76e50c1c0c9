import { sql, type Column } from 'drizzle-orm';

/*
 * SQL about cases that must stay as they are. `c` is the name of the case in the query.
 */

/** A case is over when it is closed or archived, or when another agency took it over. */
export const isOver = (c: string) => `(${c}.status in ('closed', 'archived') or ${c}.transferred_to is not null)`;

/**
 * Why everything about a case stays, also its entries of the log, subscriptions, e-mails and chat messages: a hold, a
 * dispute or an open request about personal data (`KeptReason`). Otherwise null.
 */
export const heldReason = (c: string) => `case
	when exists (select from legal_holds where case_id = ${c}.id) then 'hold'
	when ${c}.objection_at is not null or (${c}.disputes > 0 and not ${isOver(c)}) then 'dispute'
	when exists (select from data_requests where case_id = ${c}.id and state in ('confirming', 'open'))
		then 'data_request'
end`;

/** Whether the case of a row has such a reason. */
export const isOfHeldCase = (caseId: Column) =>
	sql`exists (select from cases held where held.id = ${caseId} and ${sql.raw(heldReason('held'))} is not null)`;
