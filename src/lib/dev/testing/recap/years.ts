import { sql } from 'drizzle-orm';
import { db } from '#lib/server/db/index.ts';
import { makeCase } from '../factories.ts';
import { copyCases } from '../forwarding/many-forwards.ts';
import { bringTo, readCase, type Office } from '../office.ts';
import { withoutTriggers } from '../without-triggers.ts';

const COPIES = 20_000;

/** SQL that copies the original case's rows of a table to every copy of the case, dated two days after its receipt. */
const copyRows = (table: string, own: string, moment: string) =>
	sql.raw(`
	insert into ${table} overriding system value
	select copy.* from cases c, ${table} t, jsonb_populate_record(null::${table}, to_jsonb(t)
		|| jsonb_build_object('case_id', c.id, '${moment}', c.opened_at + interval '2 days') || ${own}) copy
	where t.case_id = (select min(id) from cases) and c.id > t.case_id`);
const nextId = (table: string) => `jsonb_build_object('id', nextval(pg_get_serial_sequence('${table}', 'id')))`;

/** Creates 20,000 reports of eight years at an office, nearly all answered, with the rows that figures count. */
export async function fillYears(office: Office): Promise<void> {
	const { reference } = await makeCase(office.unit);
	await bringTo(office, reference, 'answered');
	const { id } = await readCase(reference);
	await copyCases(id, COPIES);
	await withoutTriggers(async (tx) => {
		await tx.execute(sql`
			update cases set escalation_state = 'closed', opened_at = '2026-11-01'::timestamptz - (id % 3000) * interval '1 day',
				received_at = '2026-11-01'::timestamptz - (id % 3000) * interval '1 day',
				status = case when id % 50 = 0 then 'in_progress' else status end,
				due_at = case when id % 50 = 0 then '2026-11-05'::timestamptz end`);
		await tx.execute(copyRows('timeline', `'{}'::jsonb`, 'at'));
		await tx.execute(copyRows('clocks', `jsonb_build_object('id', gen_random_uuid())`, 'met_at'));
		await tx.execute(copyRows('case_moves', nextId('case_moves'), 'at'));
		await tx.execute(sql`
			insert into clock_outcomes
				(case_id, clock_id, unit_id, name, day_unit, started_on, ended_on, paused_days, at, due_at, late)
			select k.case_id, k.id, c.unit_id, k.name, k.day_unit, c.opened_at::date, k.met_at::date, 0, k.met_at, k.due_at, false
			from clocks k join cases c on c.id = k.case_id where k.state = 'met'`);
		await tx.execute(sql`
			insert into escalations (case_id, nn, reference, mode, purpose, state, title, content, purpose_reason,
				created_at, sent_at, updated_at)
			select id, 1, reference || '.01', 'manual', 'record', 'closed', 'x', 'x', 'x', opened_at, opened_at, opened_at
			from cases`);
	});
	await db().execute(sql`vacuum (analyze)`);
}
