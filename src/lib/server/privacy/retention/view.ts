import { and, count, desc, eq, getTableColumns, gt, inArray, isNotNull, not, or, sql } from 'drizzle-orm';
import { CASE_PARTS, type RetentionPart } from '#lib/privacy/retention.ts';
import { hiddenFrom } from '#lib/server/cases/visibility.ts';
import { db, oneRow } from '#lib/server/db/index.ts';
import { isId } from '#lib/server/db/is-id.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { destructionItems, destructions } from '#lib/server/db/schema/retention.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { accountNames } from '#lib/server/people/audit-log.ts';
import { referenceData } from '#lib/server/reference/reference.ts';
import { numberOf } from './steps.ts';
import { administeredRoot } from './proposal.ts';

const { destructionId, part, subjectId, kind, unitId, kept, keptReason, destroyedAt } = destructionItems;
const LISTED = 60;
const EXCEPTIONS = 100;
const ROWS = 500;

/** The root unit's destructions, the newest first. @throws NotAllowed unless the actor administers a root unit */
export async function destructionList(actor: Actor) {
	const root = await administeredRoot(actor);
	const rows = await db()
		.select()
		.from(destructions)
		.where(eq(destructions.unitId, root.id))
		.orderBy(desc(destructions.proposedAt))
		.limit(LISTED);
	const list = await Promise.all(
		rows.map(async (row) => ({ id: row.id, state: row.state, at: row.proposedAt, number: await numberOf(row) }))
	);
	return { list, zone: root.timeZone, mayPropose: rows.every(({ state }) => isOver(state)) };
}

const isOver = (state: string) => state === 'carried_out' || state === 'cancelled';

/**
 * A destruction with its counts per part, kind and office, and its exceptions.
 * @throws NotAllowed, NotFound unless the actor administers its root unit
 */
export async function destructionView(actor: Actor, id: string) {
	const root = await administeredRoot(actor);
	const ofRoot = and(isId(destructions.id, id), eq(destructions.unitId, root.id));
	const row = await db().select().from(destructions).where(ofRoot).then(oneRow);
	const { unitById } = await referenceData();
	const sums = await db()
		.select({ part, kind, unitId, proposed: count(), kept: count(kept), destroyed: count(destroyedAt) })
		.from(destructionItems)
		.where(eq(destructionId, row.id))
		.groupBy(part, kind, unitId)
		.orderBy(part, kind);
	const names = await accountNames([row.firstBy, row.secondBy]);
	const total = (of: 'proposed' | 'kept' | 'destroyed') => sums.reduce((sum, group) => sum + group[of], 0);
	return {
		row,
		number: await numberOf(row),
		root,
		zone: root.timeZone,
		groups: sums.map((group) => ({ ...group, unit: unitById.get(group.unitId ?? '')?.name ?? root.name })),
		totals: { proposed: total('proposed'), kept: total('kept'), destroyed: total('destroyed') },
		exceptions: await exceptionsOf(actor, row.id),
		/** Maximum number of listed exceptions. */
		listed: EXCEPTIONS,
		first: names.get(row.firstBy) ?? null,
		second: names.get(row.secondBy) ?? null,
		/** The actor confirmed first, so another administrator has to confirm second. */
		confirmedByActor: row.firstBy === actor.accountId
	};
}
export type DestructionView = Awaited<ReturnType<typeof destructionView>>;

/**
 * Joins the case of an item by its number, so that the primary key is used. Null for other parts, and for cases whose
 * number is hidden from the administrator.
 */
const caseOfItem = (actor: Actor) =>
	and(
		eq(cases.id, sql`case when ${inArray(part, [...CASE_PARTS])} then ${subjectId}::bigint end`),
		not(hiddenFrom(actor))
	);

/** Why a person left a case out. The words can tell what the case is about, so they are hidden with its number. */
const shownReason = sql<string | null>`case when ${cases.reference} is not null then ${keptReason} end`;

/** The first exceptions, one row per case and reason. Those without a shown number are one row per reason. */
function exceptionsOf(actor: Actor, id: string) {
	return db()
		.select({
			reference: cases.reference,
			kept,
			keptReason: shownReason,
			parts: sql<RetentionPart[]>`json_agg(distinct ${part} order by ${part})`
		})
		.from(destructionItems)
		.leftJoin(cases, caseOfItem(actor))
		.where(and(eq(destructionId, id), isNotNull(kept)))
		.groupBy(cases.reference, kept, shownReason)
		.orderBy(cases.reference, kept)
		.limit(EXCEPTIONS);
}

/**
 * A page of all items, for the appraisal committee's list. Contains no words of any case. Cases whose number is hidden
 * from the administrator come last and without office and times. Otherwise their place in the list, or their times,
 * would show which cases they are. The caller has checked access with `destructionView`.
 */
export async function destructionItemsPage(actor: Actor, id: string, cursor: string | undefined) {
	const [turn = 'shown', afterPart = '', afterId = ''] = cursor?.split('~') ?? [];
	const isHidden = sql`(${inArray(part, [...CASE_PARTS])} and ${cases.reference} is null)`;
	const rows = await db()
		.select({ item: { ...getTableColumns(destructionItems), keptReason: shownReason }, reference: cases.reference })
		.from(destructionItems)
		.leftJoin(cases, caseOfItem(actor))
		.where(
			and(
				eq(destructionId, id),
				turn === 'shown' ? not(isHidden) : isHidden,
				or(gt(part, afterPart as RetentionPart), and(eq(part, afterPart as RetentionPart), gt(subjectId, afterId)))
			)
		)
		.orderBy(part, subjectId)
		.limit(ROWS);
	const last = rows.at(-1)?.item;
	const items = rows.map(({ reference, item: { subjectId: _id, unitId, receivedAt, endedAt, ...item } }) => {
		const facts = turn === 'shown' ? { unitId, receivedAt, endedAt } : null;
		return { reference, item, facts };
	});
	const further = turn === 'shown' ? 'hidden' : null;
	return { items, nextCursor: rows.length === ROWS && last ? `${turn}~${last.part}~${last.subjectId}` : further };
}
export type ListedItem = Awaited<ReturnType<typeof destructionItemsPage>>['items'][number];
