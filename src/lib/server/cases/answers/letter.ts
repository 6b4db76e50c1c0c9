import { isId } from '#lib/server/db/is-id.ts';
import { and, eq, inArray, sql, type SQL } from 'drizzle-orm';
import { isAnswerFinal } from '#lib/cases/moves.ts';
import { localDate, yearOf } from '#lib/calendar/days.ts';
import { letterNumber } from '#lib/text/reference-numbers.ts';
import { db, oneRow, storedRow, type Tx } from '#lib/server/db/index.ts';
import { numberTaken } from '#lib/server/db/next-number.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { letters, type Signer } from '#lib/server/db/schema/answers.ts';
import { attachments, cases, messages, timeline } from '#lib/server/db/schema/cases.ts';
import { clocks } from '#lib/server/db/schema/clocks.ts';
import { officers, units } from '#lib/server/db/schema/units.ts';
import { actingRoles, roles } from '#lib/server/db/schema/people.ts';
import { isPresentRecord, type Actor } from '#lib/server/people/actor.ts';
import { referenceData } from '#lib/server/reference/reference.ts';
import type { CaseRow } from '../find.ts';
import { decryptIfNamed } from '../reporter.ts';
import { ofReporter, visibleTo, type TrackedCase } from '../visibility.ts';

/**
 * Stores the letter of a published answer, with the next number of the office and year and the signers' names and
 * positions of that day. The counter's row stays locked until the caller commits, and a rollback returns the number, so
 * the register has no gaps (docs/decisions/0014).
 *
 * @param signed the accounts of the writer and of the second person
 * @returns the number as printed on the letter
 */
export async function storeLetter(
	tx: Tx,
	row: CaseRow,
	{ message, at, ...signed }: { message: string; at: Date } & Signed
): Promise<string> {
	const unit = (await referenceData()).unitById.get(row.handlingUnitId);
	if (!unit) throw new Error('the office of the letter is missing in the reference data');
	const year = yearOf(localDate(at, unit.timeZone));
	const counter = numberTaken(tx, 'letter', unit.id, year);
	const stored = await tx
		.with(counter)
		.insert(letters)
		.values({
			messageId: message,
			caseId: row.id,
			unitId: unit.id,
			year,
			number: sql`(select last from counter)`,
			at,
			signers: signersOf(row, signed, unit.path, at)
		})
		.returning({ number: letters.number })
		.then(storedRow);
	return letterNumber({ number: stored.number, unit: unit.code, year });
}

interface Signed {
	writer: string | null;
	decidedBy?: string | null;
}

/**
 * A subquery of the signers' names, the writer first. Signers who are also officers have their position. Those who act
 * for the office's head, and could not sign with a permanent role, have kind and order of the acting role.
 */
function signersOf(row: CaseRow, { writer, decidedBy }: Signed, path: string, at: Date): SQL<Signer[]> {
	const ids = [writer, decidedBy].filter((id) => typeof id === 'string');
	const onlySupervisors = row.restricted || isAnswerFinal(row);
	const ofOffice = sql`${roles.accountId} = ${accounts.id} and ${path} like '%/' || ${roles.unitId} || '/%'`;
	const permanent = sql`exists (select 1 from ${roles} where ${ofOffice} and ${roles.actingId} is null
		and (${roles.role} = 'supervisor'
			or ${roles.role} = 'handler' and ${accounts.id} = ${onlySupervisors ? null : writer}::uuid))`;
	const acting = sql`(select json_build_object('kind', ${actingRoles.kind}, 'order', ${actingRoles.order})
		from ${roles} inner join ${actingRoles} on ${actingRoles.id} = ${roles.actingId}
		where ${ofOffice} and ${roles.role} = 'supervisor' and ${actingRoles.endsAt} > ${at.toISOString()}
			and not ${permanent}
		order by ${actingRoles.startsAt} limit 1)`;
	const signer = sql`jsonb_strip_nulls(jsonb_build_object('acting', ${acting})) ||
		jsonb_build_object('name', ${accounts.name}, 'position', ${officers.position})`;
	const order = sql`array_position(${`{${ids.join(',')}}`}::uuid[], ${accounts.id})`;
	return sql`(select coalesce(json_agg(${signer} order by ${order}), '[]')::jsonb
		from ${accounts} left join ${officers} on ${isPresentRecord}
		where ${inArray(accounts.id, [...ids])})`;
}

/** "Surat jawaban": the content of the letter of an answer. It contains no receipt. */
export type Letter = Awaited<ReturnType<typeof letterOf>>;

const files = sql<number>`(select count(*)::int from ${attachments} where ${attachments.messageId} = ${letters.messageId})`;

/** The end of the reporter's turn that began with the answer. */
const disputableUntil = sql<Date | null>`(select ${clocks.dueAt} from ${clocks} where ${and(
	eq(clocks.caseId, letters.caseId),
	eq(clocks.name, 'reporter_turn'),
	eq(clocks.startAt, letters.at)
)} limit 1)`.mapWith(clocks.dueAt);

/** A letter that was destroyed has no signers any more. */
const hasSigners = sql`${letters.signers} <> '[]'`;

async function letterOf(messageId: string, right: SQL | undefined) {
	const itsEntry = and(
		eq(timeline.caseId, cases.id),
		eq(timeline.type, 'answered'),
		sql`${timeline.data} ->> 'message' = ${letters.messageId}::text`
	);
	const stored = await db()
		.select({
			letter: letters,
			row: cases,
			unit: units,
			body: messages.body,
			data: timeline.data,
			files,
			disputableUntil
		})
		.from(letters)
		.innerJoin(cases, eq(cases.id, letters.caseId))
		.innerJoin(units, eq(units.id, letters.unitId))
		.innerJoin(messages, eq(messages.id, letters.messageId))
		.innerJoin(timeline, itsEntry)
		.where(and(isId(letters.messageId, messageId), hasSigners, right))
		.then(oneRow);
	const { letter, row, unit, body, data } = stored;
	const { reference, kind, title, receivedAt } = row;
	const { name, address, phone, email, timeZone, path } = unit;
	// A withheld name is in no letter.
	const reporter = await decryptIfNamed(row);
	const text = (value: unknown) => (typeof value === 'string' ? value : null);
	return {
		number: letterNumber({ number: letter.number, unit: unit.code, year: letter.year }),
		at: letter.at,
		office: { name, address, phone, email, timeZone, path },
		to: reporter?.name ?? null,
		reference,
		kind,
		title,
		receivedAt,
		body,
		action: text(data.action),
		actionOn: text(data.action_on),
		files: stored.files,
		signers: letter.signers,
		/** A second person was needed and none was available. */
		singleSignature: data.single_signature === true,
		final: data.final === true,
		/** Until when the reporter can dispute the answer; null for a final one and after a transfer. */
		disputableUntil: data.final || data.transferred_to ? null : stored.disputableUntil
	};
}

/** The letter of an answer, for staff who may see the case. @throws NotFound */
export const letterForActor = (actor: Actor, reference: string, messageId: string) =>
	letterOf(messageId, and(eq(cases.reference, reference), visibleTo(actor)));

/** The letter of an answer, for the reporter of the case. @throws NotFound */
export const letterForReporter = (tracked: TrackedCase, messageId: string) => letterOf(messageId, ofReporter(tracked));
