import { sql } from 'drizzle-orm';
import { db } from '#lib/server/db/index.ts';
import { forwardedCase, type makeOffice } from '../lapor.ts';
import { withoutTriggers } from '../without-triggers.ts';

type Office = Awaited<ReturnType<typeof makeOffice>>;

/**
 * Copies a case in the database, for tests with as many cases as after years. The copies have no forward. Each is found
 * by the words of the first.
 */
export async function copyCases(caseId: number, copies: number): Promise<void> {
	await withoutTriggers((tx) =>
		tx.execute(sql`
		with made as (
			insert into cases overriding system value
			select copy.* from cases c, generate_series(1, ${copies}) n, jsonb_populate_record(null::cases, to_jsonb(c)
				|| jsonb_build_object('id', nextval(pg_get_serial_sequence('cases', 'id')),
					'reference', left(c.reference, -6) || (100000 + n + (select count(*) from cases)),
					'submission_hash', gen_random_uuid(), 'receipt_hash', gen_random_uuid(),
					'escalation_state', null, 'has_forward', false)) copy
			where c.id = ${caseId}
			returning id)
		insert into case_search select made.id, document from made, case_search where case_id = ${caseId}`)
	);
}

/**
 * Creates a forward and copies of it, each with its own case. `changes` are columns of `escalations` for the copies. All
 * copies have the same LAPOR number, if any.
 */
export async function manyForwards(office: Office, copies: number, changes: Record<string, unknown>): Promise<string> {
	const { row, escalation } = await forwardedCase(office);
	const state = typeof changes.state === 'string' ? changes.state : 'waiting';
	await withoutTriggers((tx) =>
		tx.execute(sql`
		with model as (select * from cases where id = ${row.id}),
		made as (
			insert into cases overriding system value
			select copy.* from model c, generate_series(1, ${copies}) n, jsonb_populate_record(null::cases, to_jsonb(c)
				|| jsonb_build_object('id', nextval(pg_get_serial_sequence('cases', 'id')),
					'reference', left(c.reference, -6) || (500000 + n + c.id), 'submission_hash', gen_random_uuid(),
					'receipt_hash', gen_random_uuid(), 'escalation_state', ${state}::text)) copy
			returning id, reference)
		insert into escalations
		select copy.* from made, escalations e, jsonb_populate_record(null::escalations, to_jsonb(e)
			|| jsonb_build_object('id', gen_random_uuid(), 'case_id', made.id, 'reference', made.reference || '.01')
			|| ${JSON.stringify(changes)}::jsonb) copy
		where e.id = ${escalation.id}`)
	);
	await db().execute(sql`analyze cases`);
	await db().execute(sql`analyze escalations`);
	return escalation.id;
}
