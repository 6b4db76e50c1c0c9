import { and, asc, eq, inArray, isNotNull, isNull, sql, type SQL } from 'drizzle-orm';
import { nextWorkdayEnd } from '#lib/calendar/deadline-calculator.ts';
import { isAbout, officersIn } from '#lib/cases/find-officer-names.ts';
import { loadCalendar } from '#lib/server/calendar/load.ts';
import { now } from '#lib/server/clock.ts';
import { db, type Tx } from '#lib/server/db/index.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { conversations, incomingMessages } from '#lib/server/db/schema/channels.ts';
import { referenceData, type Unit } from '#lib/server/reference/reference.ts';
import { seenIn, textWithNames, threadCase, threadConversation } from './set-aside.ts';

const BATCH = 500;

/** A conversation, or a message that could not be processed, without an alarm. */
interface Waiting {
	id: number;
	unitId: string;
	firstAt: Date;
	named: string[];
	aboutHead: boolean;
}

/** Ids by the office that reads them and by the officers whom they name, who are not notified. */
type OverdueByOffice = { unit: Unit; named: string[]; ids: number[] }[];

/** Conversations that waited one working day without a decision and an alarm, the oldest first. */
export async function overdueConversations(): Promise<OverdueByOffice> {
	const { id, unitId, firstAt, state, alarmedAt, named, aboutHead } = conversations;
	const rows = await db()
		.select({ id, unitId, firstAt, named, aboutHead })
		.from(conversations)
		// Literals, so that the partial index is used.
		.where(sql`${state} = 'waiting' and ${alarmedAt} is null`)
		.orderBy(asc(firstAt))
		.limit(BATCH);
	return overdueByOffice(rows);
}

/**
 * Failed messages that staff have neither settled nor tried again within one working day and that have had no alarm.
 * Leaves out those in the thread of a case, because the supervisors of the office may not see it.
 */
export async function overdueFailed(): Promise<OverdueByOffice> {
	const rows = await failedWithoutAlarm(isNull(cases.id));
	const { officers, officerById, unitById } = await referenceData();
	const waiting = rows.map(async ({ source: from, ofThread, ...row }) => {
		const text = textWithNames(await seenIn(from));
		const head = officerById.get(unitById.get(row.unitId)?.headOfficerId ?? '');
		const named = new Set([...(ofThread?.named ?? []), ...officersIn(text, officers).map((one) => one.id)]);
		const aboutHead = ofThread?.aboutHead === true || (head !== undefined && isAbout(text, head));
		return { ...row, named: [...named], aboutHead };
	});
	return overdueByOffice(await Promise.all(waiting));
}

/** Failed messages in the threads of cases that have had no alarm, by case. */
export async function failedReplies(): Promise<{ caseId: number; ids: number[] }[]> {
	const rows = await failedWithoutAlarm(isNotNull(cases.id));
	const byCase = Map.groupBy(rows, ({ caseId }) => caseId ?? 0);
	return [...byCase].map(([caseId, replies]) => ({ caseId, ids: replies.map(({ id }) => id) }));
}

/** The oldest failed messages without an alarm, with the case or conversation in whose thread (`source.to`) they are. */
function failedWithoutAlarm(which: SQL) {
	const { id, unitId, receivedAt, state, source } = incomingMessages;
	return (
		db()
			.select({
				id,
				unitId,
				firstAt: sql`coalesce((${source} ->> 'againAt')::timestamptz, ${receivedAt})`.mapWith(receivedAt),
				source,
				caseId: cases.id,
				ofThread: { named: conversations.named, aboutHead: conversations.aboutHead }
			})
			.from(incomingMessages)
			.leftJoin(conversations, threadConversation)
			.leftJoin(cases, threadCase)
			// A literal, so that the partial index is used.
			.where(and(sql`${state} = 'failed'`, which, withoutAlarm))
			.orderBy(asc(receivedAt))
			.limit(BATCH)
	);
}

const withoutAlarm = sql`${incomingMessages.source} ->> 'alarmed' is null`;

async function overdueByOffice(rows: readonly Waiting[]): Promise<OverdueByOffice> {
	if (rows.length === 0) return [];
	const [calendar, { unitById }] = await Promise.all([loadCalendar(), referenceData()]);
	const readerOf = (row: Waiting) => (row.aboutHead ? unitById.get(row.unitId)?.parentId : null) ?? row.unitId;
	const groups = Map.groupBy(rows, (row) => [readerOf(row), ...row.named.toSorted()].join(' '));
	return [...groups].flatMap(([key, waiting]) => {
		const [office = '', ...officers] = key.split(' ');
		const unit = unitById.get(office);
		const late = unit ? waiting.filter((row) => nextWorkdayEnd(row.firstAt, unit, calendar) <= now()) : [];
		return unit && late.length > 0 ? [{ unit, named: officers, ids: late.map((row) => row.id) }] : [];
	});
}

/** Stores that the supervisors were notified. @returns how many of the conversations still wait and had no alarm */
export async function markAlarmed(tx: Tx, ids: readonly number[]): Promise<number> {
	const marked = await tx
		.update(conversations)
		.set({ alarmedAt: now() })
		.where(
			and(inArray(conversations.id, [...ids]), eq(conversations.state, 'waiting'), isNull(conversations.alarmedAt))
		)
		.returning({ id: conversations.id });
	return marked.length;
}

/**
 * `markAlarmed` for messages that could not be processed, also in the threads of cases. The mark is added to `source`,
 * which also says where to fetch the message again.
 */
export async function markFailedAlarmed(tx: Tx, ids: readonly number[]): Promise<number> {
	const { id, state, source } = incomingMessages;
	const marked = await tx
		.update(incomingMessages)
		.set({ source: sql`coalesce(${source}, '{}') || '{"alarmed": true}'::jsonb` })
		.where(and(inArray(id, [...ids]), eq(state, 'failed'), withoutAlarm))
		.returning({ id });
	return marked.length;
}
