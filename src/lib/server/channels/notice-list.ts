import { isId } from '#lib/server/db/is-id.ts';
import { markRead } from './notices.ts';
import {
	and,
	desc,
	eq,
	inArray,
	isNotNull,
	isNull,
	lt,
	lte,
	notExists,
	notInArray,
	or,
	sql,
	type SQL
} from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import { DAY_MS } from '#lib/calendar/durations.ts';
import { visibleTo } from '#lib/server/cases/visibility.ts';
import { ago } from '#lib/server/clock.ts';
import { openDraftState } from '#lib/server/cases/answers/draft.ts';
import { db, oneRow } from '#lib/server/db/index.ts';
import { beyond, pageOf } from '#lib/server/db/page.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { notices } from '#lib/server/db/schema/notices.ts';
import { units } from '#lib/server/db/schema/units.ts';
import { actorOf, type Actor } from '#lib/server/people/actor.ts';
import type { NoticeKind } from '#lib/words/notices.ts';

const PAGE = 20;
/** Highest count of unread notices. It is shown as "99+". */
const COUNTED = 100;

/** Condition for a person's notices, without those of cases they may no longer see. */
function ownNotices(actor: Actor): SQL {
	if (!actor.accountId) return sql`false`;
	return and(eq(notices.accountId, actor.accountId), or(isNull(notices.caseId), visibleTo(actor))) ?? sql`false`;
}

/**
 * Whether an account still sees a notice at the desk. E-mails and push messages wait for their server or the end of quiet
 * hours, and the case may name the person meanwhile. `onceKey`: of the notice.
 */
export async function isNoticeShown(accountId: string, onceKey: string): Promise<boolean> {
	const actor = await actorOf(accountId);
	if (!actor) return false;
	const shown = db()
		.select({ id: notices.id })
		.from(notices)
		.leftJoin(cases, eq(cases.id, notices.caseId))
		.where(and(eq(notices.onceKey, onceKey), ownNotices(actor)));
	return (await db().$count(shown.as('shown'))) > 0;
}

/** A literal, so that a prepared statement uses the partial index. */
const unread = sql`${notices.readAt} is null`;

const columns = {
	id: notices.id,
	kind: sql<NoticeKind>`${notices.kind}`,
	at: notices.at,
	readAt: notices.readAt,
	data: notices.data,
	caseId: notices.caseId
};

export type ListedNotice = Awaited<ReturnType<typeof earlierNotices>>[number];

/**
 * A page of the person's notices, one item per case, and one per notice that is not about a case. An item is the newest
 * notice of its case with the `earlier` ones, and the newest item comes first. `cursor` is the `nextCursor` of the page
 * before.
 */
export async function listNotices(actor: Actor, cursor?: string) {
	const later = alias(notices, 'later');
	const newestOfCase = notExists(
		db()
			.select({ one: sql`1` })
			.from(later)
			.where(
				and(
					eq(later.accountId, notices.accountId),
					eq(later.caseId, notices.caseId),
					sql`(${later.at}, ${later.id}) > (${notices.at}, ${notices.id})`
				)
			)
	);
	const rows = await db()
		.select({
			...columns,
			case: {
				reference: cases.reference,
				kind: cases.kind,
				status: cases.status,
				draft: openDraftState,
				title: cases.title,
				excerpt: sql<string>`left(${cases.body}, 200)`
			},
			unit: { name: units.name, timeZone: units.timeZone }
		})
		.from(notices)
		.leftJoin(cases, eq(cases.id, notices.caseId))
		.leftJoin(units, eq(units.id, cases.unitId))
		.where(and(ownNotices(actor), newestOfCase, beyond(cursor, [notices.at, notices.id])))
		.orderBy(sql`${notices.at} desc`, sql`${notices.id} desc`)
		.limit(PAGE + 1);
	const page = pageOf(rows, PAGE, ({ at }) => at);
	const earlier = await earlierNotices(actor, page.items);
	return {
		...page,
		items: page.items.map((item) => ({ ...item, earlier: earlier.filter(({ caseId }) => caseId === item.caseId) }))
	};
}

/** The person's other notices of the cases of these notices, newest first. */
async function earlierNotices(actor: Actor, newest: readonly { id: string; caseId: number | null }[]) {
	const caseIds = newest.flatMap(({ caseId }) => caseId ?? []);
	if (caseIds.length === 0 || !actor.accountId) return [];
	const ids = newest.map(({ id }) => id);
	return db()
		.select(columns)
		.from(notices)
		.where(and(eq(notices.accountId, actor.accountId), inArray(notices.caseId, caseIds), notInArray(notices.id, ids)))
		.orderBy(desc(notices.at), desc(notices.id));
}

/** Unread notices, up to `COUNTED`, for a statement that counts them. */
export const unreadNotices = (actor: Actor) =>
	db()
		.select({ id: notices.id })
		.from(notices)
		.leftJoin(cases, eq(cases.id, notices.caseId))
		.where(and(ownNotices(actor), unread))
		.limit(COUNTED)
		.as('some');

/**
 * Marks a notice as read and returns the page that it is about.
 * @returns the path of that page
 * @throws NotFound if the notice is not the actor's, or is about a case that the actor may no longer see
 */
export async function readNotice(actor: Actor, id: string): Promise<string> {
	const row = await db()
		.select({ page: notices.page })
		.from(notices)
		.leftJoin(cases, eq(cases.id, notices.caseId))
		.where(and(isId(notices.id, id), ownNotices(actor)))
		.then(oneRow);
	await markRead(db(), eq(notices.id, id));
	return row.page;
}

/**
 * Marks the person's notices up to `until` as read. `until` is when the page was shown. With `id`, only that notice and
 * the others about its case.
 */
export async function readNotices(actor: Actor, until: Date, id?: string): Promise<void> {
	if (!actor.accountId) return;
	const item = alias(notices, 'item');
	const caseOfItem = (one: string) => db().select({ id: item.caseId }).from(item).where(isId(item.id, one));
	const which = id === undefined ? undefined : or(isId(notices.id, id), inArray(notices.caseId, caseOfItem(id)));
	await markRead(db(), and(eq(notices.accountId, actor.accountId), lte(notices.at, until), which));
}

const KEPT_READ_DAYS = 90;
const KEPT_DAYS = 365;

/** Runs each night: deletes read notices after 90 days and unread ones after a year. */
export async function deleteOldNotices(): Promise<void> {
	const before = (days: number) => ago(days * DAY_MS);
	await db()
		.delete(notices)
		.where(
			or(lt(notices.at, before(KEPT_DAYS)), and(lt(notices.at, before(KEPT_READ_DAYS)), isNotNull(notices.readAt)))
		);
}
