import { aliasedTable, and, asc, desc, eq, sql } from 'drizzle-orm';
import { isMoment } from '../../text/moment.ts';
import { isUuid } from '../../text/uuid.ts';
import { db } from '../db/index.ts';
import { approvals, cases } from '../db/schema/cases.ts';
import { accounts } from '../db/schema/accounts.ts';
import { units } from '../db/schema/units.ts';
import type { Actor } from '../people/actor.ts';
import { decidersNow } from './approve.ts';
import { visibleTo } from './scope.ts';

const MOST = 60;

export type WaitingDraft = Awaited<ReturnType<typeof waitingDrafts>>[number];

/** The drafts that wait for a second person among the cases the actor sees, those waiting longest first. */
export async function waitingDrafts(actor: Actor) {
	const author = aliasedTable(accounts, 'author');
	const found = await db()
		.select({ draft: approvals, row: cases, unit: units, author: author.name })
		.from(approvals)
		.innerJoin(cases, eq(cases.id, approvals.caseId))
		.innerJoin(units, eq(units.id, cases.unitId))
		.leftJoin(author, eq(author.id, approvals.authorId))
		.where(and(eq(approvals.state, 'pending'), visibleTo(actor)))
		.orderBy(asc(approvals.at))
		.limit(MOST);
	const drafts = [];
	for (const { draft, row, unit, author } of found) {
		const { people, passesUpAt } = await decidersNow(db(), { row, unit }, draft);
		drafts.push({
			reference: row.reference,
			title: row.title,
			excerpt: row.body.slice(0, 200),
			kind: row.kind,
			status: row.status,
			dueAt: row.dueAt,
			unit: { name: unit.name, timeZone: unit.timeZone },
			draft: {
				kind: draft.kind,
				body: draft.body,
				action: draft.action,
				at: draft.at,
				archiveReason: draft.archiveReason,
				author
			},
			deciders: people.map((person) => person.name),
			passesUpAt,
			/** Nobody sends an answer while the reporter is being asked. */
			held: draft.kind === 'answer' && row.status !== 'in_progress',
			mine: people.some((person) => person.id === actor.accountId)
		});
	}
	return drafts;
}

/** The same drafts page by page, for a list that is taken away: without who may decide, which changes by the hour. */
export async function waitingPage(actor: Actor, cursor: string | undefined, size: number) {
	const [at = '', id = ''] = cursor?.split('~') ?? [];
	const beyond =
		isMoment(at) && isUuid(id)
			? sql`(${approvals.at}, ${approvals.id}) > (${at}::timestamptz, ${id}::uuid)`
			: undefined;
	const author = aliasedTable(accounts, 'author');
	const found = await db()
		.select({
			id: approvals.id,
			kind: approvals.kind,
			body: approvals.body,
			at: approvals.at,
			author: author.name,
			case: {
				reference: cases.reference,
				kind: cases.kind,
				title: cases.title,
				excerpt: sql<string>`left(${cases.body}, 200)`,
				status: cases.status,
				dueAt: cases.dueAt
			},
			unit: { name: units.name, timeZone: units.timeZone }
		})
		.from(approvals)
		.innerJoin(cases, eq(cases.id, approvals.caseId))
		.innerJoin(units, eq(units.id, cases.unitId))
		.leftJoin(author, eq(author.id, approvals.authorId))
		.where(and(eq(approvals.state, 'pending'), visibleTo(actor), beyond))
		.orderBy(asc(approvals.at), asc(approvals.id))
		.limit(size + 1);
	const items = found.slice(0, size);
	const last = items.at(-1);
	return { items, nextCursor: found.length > size && last ? `${last.at.toISOString()}~${last.id}` : null };
}

/** What went out with one signature, because nobody else was free: for review, the latest first. */
export async function singleSignatures(actor: Actor) {
	const author = aliasedTable(accounts, 'author');
	return db()
		.select({
			reference: cases.reference,
			title: cases.title,
			kind: approvals.kind,
			body: approvals.body,
			at: approvals.at,
			author: author.name,
			unit: { name: units.name, timeZone: units.timeZone }
		})
		.from(approvals)
		.innerJoin(cases, eq(cases.id, approvals.caseId))
		.innerJoin(units, eq(units.id, cases.unitId))
		.leftJoin(author, eq(author.id, approvals.authorId))
		.where(and(eq(approvals.singleSignature, true), eq(approvals.state, 'approved'), visibleTo(actor)))
		.orderBy(desc(approvals.at))
		.limit(MOST);
}
