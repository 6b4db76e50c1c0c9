import { and, asc, between, count, eq, inArray, isNotNull, not, sql, type Column, type SQL } from 'drizzle-orm';
import type { z } from 'zod';
import { MINUTE_MS } from '#lib/calendar/durations.ts';
import { affectedInput } from '#lib/privacy/breach.ts';
import { formatReference, parseReference } from '#lib/text/reference-numbers.ts';
import { belongsToNoCaseNaming, notNaming, visibleTo } from '#lib/server/cases/visibility.ts';
import { checked } from '#lib/server/checked.ts';
import { now } from '#lib/server/clock.ts';
import { db, oneRow, rowsOf, transaction, type Database, type Tx } from '#lib/server/db/index.ts';
import { beyond, pageOf } from '#lib/server/db/page.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { breachSubjects } from '#lib/server/db/schema/breaches.ts';
import { attachments, cases, timeline } from '#lib/server/db/schema/cases.ts';
import { caseMoves } from '#lib/server/db/schema/recap.ts';
import { invalid } from '#lib/server/errors.ts';
import { withUnitsBelow, type Actor } from '#lib/server/people/actor.ts';
import { recordChange } from '#lib/server/people/audit.ts';
import { notInTrial } from '#lib/server/people/units/trial.ts';
import { referenceData, type Unit } from '#lib/server/reference/reference.ts';
import { breachFor, changeBreach, momentIn } from './book.ts';
import { noticeOf, recordNaming, subjectsWithContact, notifyAnonymous } from './notify-affected.ts';

type Input = z.output<typeof affectedInput>;
type CaseWay = Exclude<Input, { way: 'person' }>;
type Office = Pick<Unit, 'id' | 'timeZone'>;

async function accountNamed(on: Database | Tx, username: string) {
	const [account] = await on
		.select({ id: accounts.id, name: accounts.name })
		.from(accounts)
		.where(eq(accounts.username, username.toLowerCase()));
	return account;
}

/**
 * Condition for cases that an office of the list had between two moments, also if they were handed over since. A report
 * that was recorded after it was received belongs to the office that recorded it.
 */
function hadBy(unitIds: readonly string[], caseId: Column, from: Date | Column | null, to: Date | null): SQL {
	const units = sql`${sql.param(unitIds)}::uuid[]`;
	const moment = (value: Date | Column) => (value instanceof Date ? sql`${value.toISOString()}::timestamptz` : value);
	const arrived = to ? sql`(m.at <= ${moment(to)} or m.move = 'received')` : sql`true`;
	const left = from ? sql`n.at < ${moment(from)}` : sql`false`;
	return sql`exists (select from ${caseMoves} m where m.case_id = ${caseId} and m.unit_id = any(${units}) and ${arrived}
		and not exists (select from ${caseMoves} n where n.case_id = m.case_id and n.id > m.id
			and n.unit_id <> all(${units}) and ${left}))`;
}

/** Condition for the affected cases: always those that the breach's unit or one below had then, without practice. */
async function affectedCases(on: Database | Tx, input: CaseWay, unit: Office): Promise<SQL | undefined> {
	const unitIds = await withUnitsBelow([unit.id]);
	const real = notInTrial(cases.unitId);
	if (input.way === 'file') {
		const named = sql`${input.attached} in (${attachments.name}, ${attachments.sha256})`;
		const had = hadBy(unitIds, attachments.caseId, attachments.at, null);
		return and(real, inArray(cases.id, on.select({ id: attachments.caseId }).from(attachments).where(and(named, had))));
	}
	if (input.way === 'number') {
		const [first, last] = [parseReference(input.first), parseReference(input.last ?? input.first)];
		if (!first) throw invalid('first', 'breach_number');
		if (last?.unit !== first.unit || last.year !== first.year) throw invalid('last', 'breach_range');
		const inRange = between(cases.reference, formatReference(first), formatReference(last));
		return and(real, inRange, hadBy(unitIds, cases.id, null, null));
	}
	const from = momentIn(unit.timeZone, input.from);
	// Includes the whole last minute.
	const to = new Date(momentIn(unit.timeZone, input.to).getTime() + MINUTE_MS - 1);
	const had = and(real, hadBy(unitIds, cases.id, from, to));
	const by = input.by && (await accountNamed(on, input.by));
	if (input.by && !by) throw invalid('by', 'account_unknown');
	if (input.span === 'received') return and(had, between(cases.receivedAt, from, to));
	if (input.span === 'recorded')
		return and(had, between(cases.openedAt, from, to), by ? eq(cases.openedBy, by.id) : isNotNull(cases.openedBy));
	const changed = and(between(timeline.at, from, to), by ? eq(timeline.actorId, by.id) : undefined);
	return and(had, inArray(cases.id, on.select({ id: timeline.caseId }).from(timeline).where(changed)));
}

/** The person whom a text names: an account by its username, an officer of the unit by name, or a person in words. */
async function personNamed(on: Database | Tx, text: string, unit: Office) {
	const account = await accountNamed(on, text);
	if (account) return { kind: 'account', name: account.name, column: { accountId: account.id } } as const;
	const unitIds = await withUnitsBelow([unit.id]);
	const officer = (await referenceData()).officers.find(
		({ name, unitId }) => name === text && unitIds.includes(unitId)
	);
	if (officer) return { kind: 'officer', name: officer.name, column: { officerId: officer.id } } as const;
	return { kind: 'described', name: text, column: { described: text } } as const;
}

const EXAMPLES = 20;

/**
 * Counts the affected people that a search finds, and how many of them the book has already, without reports that name
 * the actor. Shows the numbers of cases only if the actor may see these cases, and never their content. The search is
 * logged, because its count says that such a report exists.
 * @throws NotFound · Invalid
 */
export async function previewAffected(actor: Actor, id: string, raw: unknown) {
	const { office, formattedNumber: subject } = await breachFor(actor, id);
	const input = checked(affectedInput, raw);
	const entry = { unitId: office.id, action: 'breach.searched' as const, subject, after: loggedSearch(input) };
	const logged = () => transaction((tx) => recordChange(tx, actor, entry));
	if (input.way === 'person') {
		const { kind, name } = await personNamed(db(), input.person, office);
		await logged();
		return { person: { kind, name }, count: 1, known: 0, references: [] };
	}
	const found = and(await affectedCases(db(), input, office), notNaming(actor));
	const inBook = and(eq(breachSubjects.breachId, id), eq(breachSubjects.caseId, cases.id));
	const counted = await db()
		.select({ count: count(), known: count(breachSubjects.id) })
		.from(cases)
		.leftJoin(breachSubjects, inBook)
		.where(found)
		.then(oneRow);
	const seen = await db()
		.select({ reference: cases.reference })
		.from(cases)
		.where(and(found, visibleTo(actor)))
		.orderBy(asc(cases.id))
		.limit(EXAMPLES);
	await logged();
	return { person: null, ...counted, references: seen.map(({ reference: number }) => number) };
}

/**
 * Adds the people that a search finds. Anonymous reporters count as told at once if the notice was published. A report
 * that names the actor has its own log entry, which the actor does not see.
 * @returns how many were added, without reports that name the actor, which are added too
 * @throws as `changeBreach` · Invalid
 */
export async function addAffected(actor: Actor, id: string, raw: unknown): Promise<number> {
	const input = checked(affectedInput, raw);
	return changeBreach(actor, id, async (tx, { unit, subject }) => {
		const added = await insertAffected(tx, actor, id, input, unit);
		if (added.shown + added.naming.length > 0 && (await noticeOf(tx, id))) await notifyAnonymous(tx, actor, id);
		await recordNaming(tx, actor, added.naming, { unitId: unit.id, action: 'breach.report_added', breach: subject });
		if (added.shown === 0) return 0;
		const after = { ...loggedSearch(input), count: added.shown };
		await recordChange(tx, actor, { unitId: unit.id, action: 'breach.affected_added', subject, after });
		return added.shown;
	});
}

/**
 * What the log keeps of a search: no names, and a number only in a form that is hidden from people who may not see the
 * case.
 */
function loggedSearch(input: Input) {
	if (input.way !== 'number') return { way: input.way };
	const [first, last] = [input.first, input.last ?? input.first].map((text) => {
		const parts = parseReference(text);
		return parts && formatReference(parts);
	});
	return { way: input.way, reference: first && first === last ? first : undefined };
}

async function insertAffected(tx: Tx, actor: Actor, breachId: string, input: Input, unit: Office) {
	if (input.way === 'person') {
		const { column } = await personNamed(tx, input.person, unit);
		const values = { breachId, addedAt: now(), ...column };
		const { length } = await tx.insert(breachSubjects).values(values).onConflictDoNothing().returning();
		return { shown: length, naming: [] };
	}
	const isShown = notNaming(actor) ?? sql`true`;
	const added = await rowsOf<{ shown: number; naming: string[] }>(
		tx,
		sql`with added as (insert into ${breachSubjects} (breach_id, case_id, added_at)
			select ${breachId}::uuid, ${cases.id}, ${now().toISOString()}::timestamptz from ${cases}
			where ${await affectedCases(tx, input, unit)} on conflict do nothing returning case_id)
			select (count(*) filter (where ${isShown}))::int as shown,
				coalesce(json_agg(${cases.reference} order by ${cases.id}) filter (where not ${isShown}), '[]') as naming
			from added join ${cases} on ${cases.id} = added.case_id`
	);
	return oneRow(added);
}

const PAGE = 50;

/**
 * A page of the affected people, with the numbers of cases that the actor may see, and the counts by contact. Reports
 * that name the actor are left out. Other hidden ones are listed without number, contact or how they were told, so that
 * they can be marked as told, and are not counted by contact.
 */
export async function listAffected(actor: Actor, id: string, cursor?: string) {
	const { formattedNumber, title, state, mayChange, unit, affected, untold, noticeAt } = await breachFor(actor, id);
	const every = and(eq(breachSubjects.breachId, id), belongsToNoCaseNaming(actor, breachSubjects.caseId));
	const rows = await subjectsWithContact(db(), actor)
		.where(and(every, beyond(cursor, [breachSubjects.addedAt, breachSubjects.id], 'oldest')))
		.orderBy(asc(breachSubjects.addedAt), asc(breachSubjects.id))
		.limit(PAGE + 1);
	const { items, nextCursor } = pageOf(rows, PAGE, ({ addedAt }) => addedAt);
	const people = subjectsWithContact(db(), actor).where(every).as('people');
	const counts = await db()
		.select({ contact: people.contact, count: count(), told: count(people.toldAt) })
		.from(people)
		.where(not(people.isHidden))
		.groupBy(people.contact);
	return {
		breach: {
			id,
			formattedNumber,
			title,
			state,
			mayChange: mayChange && state === 'open',
			unit,
			affected,
			untold,
			noticeAt
		},
		items: items.map(({ caseId, accountId: _account, isHidden, ...item }) => ({
			...item,
			...(isHidden && { contact: null, toldHow: null, seenAt: null }),
			isCase: caseId !== null
		})),
		nextCursor,
		counts,
		hidden: await db().$count(people, sql`${people.isHidden}`)
	};
}
