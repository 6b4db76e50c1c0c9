import { and, asc, eq, isNull, sql, type SQL } from 'drizzle-orm';
import { openDraftState } from '#lib/server/cases/answers/draft.ts';
import type { CaseWithUnit } from '#lib/server/cases/find.ts';
import { visibleTo } from '#lib/server/cases/visibility.ts';
import { db } from '#lib/server/db/index.ts';
import { beyond, cursorOf, pageOf } from '#lib/server/db/page.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { inboundReports } from '#lib/server/db/schema/lapor.ts';
import { units } from '#lib/server/db/schema/units.ts';
import { isInTrial, notInTrial } from '#lib/server/people/units/trial.ts';
import type { Actor } from '#lib/server/people/actor.ts';

/**
 * Complaints that aren't at LAPOR: verified or later, not archived, not of the category integrity, not of the channel
 * `lapor`, and without a forward except a rejected one. The partial index `cases_unrecorded` has the same condition.
 * The values must be literals: with a parameter the index would not be used.
 */
const neverForwarded = sql`${cases.kind} = 'complaint' and ${cases.channel} <> 'lapor'
	and ${cases.status} not in ('received', 'archived') and ${cases.category} is distinct from 'integrity'
	and (${cases.escalationState} is null or ${cases.escalationState} = 'rejected')`;

/** A case with an inbound report has a number at LAPOR. */
const notPassedOn = sql`not exists (select 1 from ${inboundReports} where ${inboundReports.caseId} = ${cases.id})`;

export const notAtLapor = and(neverForwarded, notPassedOn, notInTrial(cases.unitId));

/** Those that can be recorded now: nothing goes to LAPOR under a restriction of processing, or after destruction. */
const toRecord = and(notAtLapor, isNull(cases.processingRestrictedAt), isNull(cases.destroyedAt));

/** `duty`: cases of offices that record every complaint. `choice`: cases of the other offices. */
export type UnrecordedView = 'duty' | 'choice';

export interface UnrecordedFilter {
	view: UnrecordedView;
	unit?: string;
}

const PAGE = 30;

const conditions = (actor: Actor, { view, unit }: UnrecordedFilter): SQL | undefined =>
	and(toRecord, visibleTo(actor), eq(units.recordAllAtLapor, view === 'duty'), unit ? eq(units.code, unit) : undefined);

/** The query of a page. */
const unrecordedQuery = (actor: Actor, filter: UnrecordedFilter, cursor: string | undefined, limit: number) =>
	db()
		.select({
			id: cases.id,
			reference: cases.reference,
			title: cases.title,
			excerpt: sql<string>`left(${cases.body}, 200)`,
			category: cases.category,
			status: cases.status,
			draft: openDraftState,
			receivedAt: cases.receivedAt,
			/** `rejected`: the report must be corrected before it is sent again. */
			escalationState: cases.escalationState,
			unit: { code: units.code, name: units.name, timeZone: units.timeZone }
		})
		.from(cases)
		.innerJoin(units, eq(units.id, cases.unitId))
		.where(and(conditions(actor, filter), beyond(cursor, [cases.receivedAt, cases.id], 'oldest')))
		.orderBy(asc(cases.receivedAt), asc(cases.id))
		.limit(limit);

/** A page of the complaints to record at LAPOR, the oldest first; `cursor` is the `nextCursor` of the page before. */
export async function listUnrecorded(actor: Actor, filter: UnrecordedFilter, cursor?: string, size = PAGE) {
	const rows = await unrecordedQuery(actor, filter, cursor, size + 1);
	return pageOf(rows, size, ({ receivedAt }) => receivedAt);
}

/** The number of these complaints by office, ordered by code, without offices that have none. */
export async function unrecordedByUnit(actor: Actor) {
	const rows = await db()
		.select({
			code: units.code,
			name: units.name,
			timeZone: units.timeZone,
			duty: units.recordAllAtLapor,
			count: sql<number>`count(*)::int`,
			oldest: sql<string>`min(${cases.receivedAt})`
		})
		.from(cases)
		.innerJoin(units, eq(units.id, cases.unitId))
		.where(and(toRecord, visibleTo(actor)))
		.groupBy(units.id)
		.orderBy(asc(units.code));
	return rows.map((row) => ({ ...row, oldest: new Date(row.oldest) }));
}

/** Sums the counts of several offices and finds the oldest date. */
export function sumCounts(lists: readonly { count: number; oldest: Date }[]) {
	const ages = lists.map(({ oldest }) => oldest.getTime());
	return {
		count: lists.reduce((sum, { count }) => sum + count, 0),
		oldest: ages.length > 0 ? new Date(Math.min(...ages)) : null
	};
}

/** Unrecorded complaints of the actor's offices that record every complaint. */
export async function unrecordedDuty(actor: Actor) {
	return sumCounts((await unrecordedByUnit(actor)).filter(({ duty }) => duty));
}

/**
 * Which list a case that was found for the actor is in, if any: `toRecord` for a row that was read.
 *
 * @param cameFromLapor whether the case has an inbound report
 */
export function unrecordedViewOf({ row, unit }: CaseWithUnit, cameFromLapor: boolean): UnrecordedView | undefined {
	const { kind, channel, status, category, escalationState } = row;
	const forwarded = escalationState !== null && escalationState !== 'rejected';
	if (kind !== 'complaint' || channel === 'lapor' || category === 'integrity' || isInTrial(unit)) return undefined;
	if (status === 'received' || status === 'archived' || forwarded || cameFromLapor) return undefined;
	if (row.processingRestrictedAt || row.destroyedAt) return undefined;
	return unit.recordAllAtLapor ? 'duty' : 'choice';
}

/**
 * Returns the case after `reference` in the list, even if `reference` has left the list; undefined at the end. The list
 * is followed in one direction, so a skipped case does not come again.
 */
export async function nextUnrecorded(actor: Actor, filter: UnrecordedFilter, reference: string) {
	const [current] = await db()
		.select({ id: cases.id, receivedAt: cases.receivedAt })
		.from(cases)
		.where(and(eq(cases.reference, reference), visibleTo(actor)));
	const [next] = await unrecordedQuery(actor, filter, current && cursorOf(current.receivedAt, current), 1);
	return next?.reference;
}
