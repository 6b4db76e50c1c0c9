import { sql, type SQL } from 'drizzle-orm';
import { CASE_PARTS, isCasePart, type RetentionPart } from '#lib/privacy/retention.ts';
import { heldReason, isOver } from '#lib/server/cases/retention-locks.ts';
import { now } from '#lib/server/clock.ts';
import { type Tx } from '#lib/server/db/index.ts';
import { destructionItems } from '#lib/server/db/schema/retention.ts';
import { notInTrial } from '#lib/server/people/units/trial.ts';
import type { Unit } from '#lib/server/reference/reference.ts';

const caseParts = sql.raw(CASE_PARTS.map((part) => `'${part}'`).join(', '));
const present = () => sql`${now().toISOString()}::timestamptz`;

const endOf = (c: string) => `coalesce(greatest(${c}.closed_at, ${c}.archived_at, ${c}.answered_at), ${c}.received_at)`;

/** SQL: why this case must be kept (`KeptReason`), apart from linked cases; or null. */
const ownReason = (c: string) => `coalesce(${heldReason(c)}, case
	when not ${isOver(c)} or exists (select from clocks where case_id = ${c}.id and state in ('running', 'paused'))
		then 'open_clock'
	when ${c}.escalation_state not in ('closed', 'rejected')
		and (${c}.escalation_state <> 'sent' or ${c}.transferred_to is null) then 'forward'
end)`;

/**
 * Why the case `c` stays, or null: its own reason, or a linked report that must stay or whose period has not passed.
 * `months`: the period that has passed for the case.
 */
const reasonToKeep = (months: SQL) => sql`coalesce(${sql.raw(ownReason('c'))}, case when exists (
	select from cases other
	where (other.id = c.main_case_id or other.main_case_id = coalesce(c.main_case_id, c.id)) and other.id <> c.id
	and (${sql.raw(ownReason('other'))} is not null
		or ${sql.raw(endOf('other'))} >= ${present()} - make_interval(months => ${months}))
) then 'linked' end)`;

/** SQL: cases with a file of a message that is no part of the case, for example a voice note. */
const casesWithIncomingFiles = sql.raw(`select unnest(array[m.case_id, v.case_id]) from incoming_files f
	join incoming_messages m on m.id = f.message_id left join conversations v on v.id = m.conversation_id`);

const contested = (rating: string) =>
	`exists (select from rating_contests where rating_id = ${rating} and state = 'pending')`;

/** SQL: joins the case `c` of the log entry `e`: the case in its subject or exported filter, or of its data request. */
const CASE_OF_ENTRY = `cases c on c.reference = coalesce(
	substring(concat_ws(' ', e.subject, e.after -> 'filter' ->> 'reference') from '(?:SPATULA|UJI)-\\d{4}-\\d{2}-\\d{6,}'),
	(select asked.reference from data_requests d join cases asked on asked.id = d.case_id where d.number = e.subject))`;

/** Rows of the retention parts that do not belong to a case, as (part, subject, unit_id, at, kept). */
const OTHER_SUBJECTS = `
	select 'guest_book' as part, id::text as subject, unit_id, day::timestamptz as at, null as kept
		from visits where purpose is not null or external_ref is not null
	union all select 'rating_comments', id::text, unit_id, day, case when ${contested('ratings.id')} then 'dispute' end
		from ratings where comment is not null
	union all select 'rating_comments', id::text, unit_id, day, null from skm_responses where suggestion is not null
	union all select 'log', e.id::text, e.unit_id, e.at, ${heldReason('c')}
		from audit_entries e left join ${CASE_OF_ENTRY} where e.action <> 'log.destroyed'
	union all select 'push', p.id::text, c.unit_id, coalesce(p.last_sent_at, p.created_at), ${heldReason('c')}
		from push_subscriptions p left join cases c on c.id = p.case_id
	union all select 'privacy', id::text, unit_id, decided_at, null from data_requests
		where case_id is null and decided_at is not null
	union all select 'privacy', s.id::text, b.unit_id, greatest(s.added_at, s.told_at), case when b.state = 'open' then 'open_clock' end
		from breach_subjects s join breaches b on b.id = s.breach_id where s.described is not null`;

/**
 * Collects what is proposed for destruction: everything in the unit and below whose period by a confirmed rule with a
 * code has passed, and that was not destroyed before. A later message can bring a sender or files to a case whose
 * sender or files were destroyed; these are collected again. The text of a case with a letter waits until the period of
 * its letter has passed too, because the letter prints it. Exceptions are stored with their reason.
 */
export async function collectItems(tx: Tx, destructionId: string, root: Pick<Unit, 'path'>): Promise<void> {
	const confirmed = sql`r.jra_code is not null and not r.suggested`;
	// The end of a trial deletes what was made in it, without a record of destruction.
	const inSubtree = sql`(u.path like ${`${root.path}%`} and ${notInTrial(sql`u.id`)})`;
	const notDestroyed = (subject: SQL) =>
		sql`not exists (select from tombstones t where t.part = r.part and t.subject_id = ${subject})`;
	const into = sql`insert into ${destructionItems}
		(destruction_id, part, subject_id, kind, unit_id, received_at, ended_at, months, jra_code, kept)`;
	await tx.execute(sql`${into}
		select ${destructionId}::uuid, r.part, c.id::text, r.kind, c.unit_id, c.received_at, ${sql.raw(endOf('c'))},
			r.months, r.jra_code, ${reasonToKeep(sql`r.months`)}
		from retention_rules r join cases c on c.kind = r.kind join units u on u.id = c.unit_id
		where ${confirmed} and r.part in (${caseParts}) and ${inSubtree}
		and ${sql.raw(endOf('c'))} < ${present()} - make_interval(months => r.months)
		and case r.part
			when 'identity' then c.reporter_sealed is not null
				or exists (select from conversations where case_id = c.id and sender_sealed <> '')
				or exists (select from mails where case_id = c.id and address is not null)
				or exists (select from data_requests where case_id = c.id and (content_sealed <> '' or check_note is not null))
			when 'files' then exists (select from attachments where case_id = c.id) or c.id in (${casesWithIncomingFiles})
			when 'letters' then exists (select from letters where case_id = c.id)
			when 'text' then not exists (select from letters where case_id = c.id and signers <> '[]')
				or exists (select from retention_rules l where l.part = 'letters' and l.kind = c.kind
					and l.jra_code is not null and not l.suggested
					and ${sql.raw(endOf('c'))} < ${present()} - make_interval(months => l.months))
			else true end
		and (r.part in ('identity', 'files') or ${notDestroyed(sql`c.id::text`)})`);
	await keepTextOfLetters(tx, destructionId);
	await tx.execute(sql`${into}
		select ${destructionId}::uuid, r.part, s.subject, r.kind, s.unit_id, s.at, s.at, r.months, r.jra_code, s.kept
		from retention_rules r join (${sql.raw(OTHER_SUBJECTS)}) s on s.part = r.part left join units u on u.id = s.unit_id
		where ${confirmed} and (s.unit_id is null or ${inSubtree})
		and s.at < ${present()} - make_interval(months => r.months) and ${notDestroyed(sql`s.subject`)}`);
}

/** Keeps the text of cases whose letters are kept. `which`: condition on the items of text. */
const keepTextOfLetters = (tx: Tx, destructionId: string, which = sql`true`) =>
	tx.execute(sql`update ${destructionItems} i set kept = l.kept from ${destructionItems} l
		where i.destruction_id = ${destructionId}::uuid and i.part = 'text' and i.kept is null and ${which}
		and l.destruction_id = i.destruction_id and l.part = 'letters' and l.subject_id = i.subject_id
		and l.kept is not null`);

/**
 * Looks again at items that are about to be destroyed, and keeps those that got a reason to stay since they were
 * collected. Locks their cases, so that these can't get a reason of their own before the commit. A linked case, a rating
 * or a breach still can.
 */
export async function keepNewExceptions(
	tx: Tx,
	destructionId: string,
	items: readonly { part: RetentionPart; subjectId: string }[]
): Promise<void> {
	const idsOf = (of: (part: RetentionPart) => boolean) =>
		`{${items.flatMap(({ part, subjectId }) => (of(part) ? [subjectId] : [])).join(',')}}`;
	const caseIds = idsOf(isCasePart);
	const ofCases = sql`(select e.id::text as subject, c.id as case_id from audit_entries e join ${sql.raw(CASE_OF_ENTRY)}
		where e.id = any(${idsOf((part) => part === 'log')}::bigint[])
		union all select id::text, case_id from push_subscriptions
		where id = any(${idsOf((part) => part === 'push')}::uuid[]))`;
	await tx.execute(sql`select from cases where id = any(${caseIds}::bigint[] || array(select case_id from ${ofCases} o))
		order by id for update`);
	const held = sql.raw(heldReason('c'));
	await tx.execute(sql`update ${destructionItems} i set kept = ${held} from ${ofCases} o join cases c on c.id = o.case_id
		where i.destruction_id = ${destructionId}::uuid and i.part in ('log', 'push') and i.kept is null
		and i.subject_id = o.subject and ${held} is not null`);
	const reason = reasonToKeep(sql`i.months`);
	await tx.execute(sql`update ${destructionItems} i set kept = ${reason} from cases c
		where i.destruction_id = ${destructionId}::uuid and i.part in (${caseParts}) and i.kept is null
		and i.destroyed_at is null
		and i.subject_id = any(${caseIds}::text[]) and c.id = any(${caseIds}::bigint[]) and c.id::text = i.subject_id
		and ${reason} is not null`);
	const texts = idsOf((part) => part === 'text');
	await keepTextOfLetters(tx, destructionId, sql`i.subject_id = any(${texts}::text[])`);
	await tx.execute(sql`update ${destructionItems} i set kept = 'dispute'
		where i.destruction_id = ${destructionId}::uuid and i.part = 'rating_comments' and i.kept is null
		and i.subject_id = any(${idsOf((part) => part === 'rating_comments')}::text[])
		and ${sql.raw(contested('i.subject_id::uuid'))}`);
	await tx.execute(sql`update ${destructionItems} i set kept = 'open_clock' from breach_subjects s, breaches b
		where i.destruction_id = ${destructionId}::uuid and i.part = 'privacy' and i.kept is null
		and i.subject_id = any(${idsOf((part) => part === 'privacy')}::text[])
		and s.id::text = i.subject_id and b.id = s.breach_id and b.state = 'open'`);
}
