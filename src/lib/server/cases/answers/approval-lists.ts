import { aliasedTable, and, eq, inArray, notInArray, sql, type SQL } from 'drizzle-orm';
import { ENDED_FORWARDS } from '#lib/cases/forwarding.ts';
import { allows, OPEN_STATUSES } from '#lib/cases/moves.ts';
import { fileOrder } from '#lib/server/attachments/stored-files.ts';
import { db } from '#lib/server/db/index.ts';
import { beyond, pageOf, type Page } from '#lib/server/db/page.ts';
import { approvals, attachments, cases, messages, timeline } from '#lib/server/db/schema/cases.ts';
import { escalations } from '#lib/server/db/schema/escalations.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { units } from '#lib/server/db/schema/units.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import type { DraftState } from '#lib/words/cases.ts';
import { actingName } from '#lib/words/office.ts';
import type { CaseWithUnit } from '../find.ts';
import { MOST_PICKED } from '../handling/bulk.ts';
import { visibleCases } from '../visible-references.ts';
import { isProcessingRestricted, visibleTo } from '../visibility.ts';
import { decidersNow, decidersOfEach } from './decide-draft.ts';
import { filesOfDraft, openDraftOf } from './draft.ts';
import { writersOfDraft } from './second-persons.ts';

/** Drafts per page. Each card shows the report and its draft. */
const PAGE = 20;
/** Maximum number of drafts that are counted, for places that show only their number or the first one. */
export const COUNTED_DRAFTS = 99;
/** Number of drafts whose deciders are looked up together. */
const SLICE = 100;

// Literals instead of parameters: otherwise a cached plan does not use the partial indexes.
const pending = sql`${approvals.state} = 'pending'`;
const single = sql`${approvals.singleSignature}`;

const inOrder = [approvals.at, approvals.id] as const;
const pageOfDrafts = <Item extends { id: string; at: Date }>(rows: readonly Item[], size: number) =>
	pageOf(rows, size, ({ at }) => at);

const author = aliasedTable(accounts, 'author');

/** The reporter's newest message after the report itself. */
const newestMessage = sql<{
	body: string;
	at: string;
} | null>`(select json_build_object('body', ${messages.body}, 'at', ${messages.at})
	from ${messages} where ${messages.caseId} = ${cases.id} and ${messages.author} = 'reporter'
	order by ${messages.at} desc limit 1)`;

/** Statuses in which a linked report gets the answer of its main case. */
const ANSWERABLE = OPEN_STATUSES.filter((status) => allows('answer', status));

const openTransfers = sql`(select count(*) from ${escalations} where ${and(
	eq(escalations.caseId, approvals.caseId),
	eq(escalations.purpose, 'transfer'),
	notInArray(escalations.state, ENDED_FORWARDS)
)})`;

/**
 * Whether an approval has effects that the card in the list does not show: it sends the answer to linked reports, answers
 * a report that is being transferred to another agency, or archives the report as a duplicate of another one. A linked
 * report that the actor may not see does not count: the approval does not answer it, and the list must not tell the actor
 * that a report names them. Counts instead of `exists`, for which PostgreSQL would read all cases once.
 */
const needsPage = (actor: Actor) =>
	sql<boolean>`(${approvals.archiveReason} is not distinct from 'duplicate' or ${approvals.kind} = 'answer' and ${openTransfers} +
	(select count(*) from ${cases} where ${and(
		eq(cases.mainCaseId, approvals.caseId),
		inArray(cases.status, ANSWERABLE),
		visibleTo(actor)
	)}) > 0)`;

/** The files that the approval publishes. */
const files = sql<{ id: string; name: string }[]>`(select coalesce(
	json_agg(json_build_object('id', ${attachments.id}, 'name', ${attachments.name}) order by ${fileOrder}), '[]')
	from ${attachments} where ${attachments.approvalId} = ${approvals.id})`;

/** A page of waiting drafts of cases that the actor may see, longest waiting first. Does not look up who may decide. */
export async function waitingPage(actor: Actor, cursor: string | undefined, size: number, only?: SQL) {
	const { id, kind, body, action, actionOn, archiveReason, duplicateOf, wave, authorId, at } = approvals;
	const draft = { id, kind, body, action, actionOn, archiveReason, duplicateOf, wave, files, at };
	const { handlingUnitId, reference, title, status, dueAt } = cases;
	const excerpt = sql<string>`left(${cases.body}, 200)`;
	const filesOfCase = sql<number>`(select count(*)::int from ${attachments} where ${attachments.caseId} = ${cases.id})`;
	const rows = await db()
		.select({
			...draft,
			written: { authorId, writers: writersOfDraft },
			author: author.name,
			case: {
				needsPage: needsPage(actor),
				id: cases.id,
				handlingUnitId,
				reference,
				kind: cases.kind,
				title,
				excerpt,
				status,
				dueAt,
				files: filesOfCase,
				processingRestricted: isProcessingRestricted,
				version: cases.version,
				body: cases.body,
				requestedSolution: cases.requestedSolution,
				disputes: cases.disputes,
				newestMessage
			},
			unit: { name: units.name, timeZone: units.timeZone, hours: units.hours }
		})
		.from(approvals)
		.innerJoin(cases, eq(cases.id, approvals.caseId))
		.innerJoin(units, eq(units.id, cases.unitId))
		.leftJoin(author, eq(author.id, approvals.authorId))
		.where(and(pending, visibleTo(actor), only, beyond(cursor, inOrder, 'oldest')))
		.orderBy(sql`${approvals.at} asc`, sql`${approvals.id} asc`)
		.limit(size + 1);
	return pageOfDrafts(rows, size);
}

type WaitingRow = Awaited<ReturnType<typeof waitingPage>>['items'][number];

export type WaitingDraft = Awaited<ReturnType<typeof withDeciders>>[number];

async function withDeciders(actor: Actor, rows: readonly WaitingRow[]) {
	const waiting = rows.map(({ id, at, written, case: row, unit }) => ({ row, unit, draft: { id, at, ...written } }));
	const [deciders, originals] = await Promise.all([
		decidersOfEach(db(), waiting),
		visibleCases(
			actor,
			rows.map(({ duplicateOf }) => duplicateOf)
		)
	]);
	return rows.map(({ id, wave, at, duplicateOf, written: _written, case: about, unit, ...draft }, index) => {
		const { kind } = draft;
		const { newestMessage: said } = about;
		const { people, widensAt } = deciders[index] ?? { people: [], widensAt: at };
		return {
			id,
			at,
			wave,
			reference: about.reference,
			title: about.title,
			body: about.body,
			requestedSolution: about.requestedSolution,
			newestMessage: said && { body: said.body, at: new Date(said.at) },
			disputes: about.disputes,
			/** All files of the case, which the card does not show. */
			files: about.files,
			needsPage: about.needsPage,
			version: about.version,
			dueAt: about.dueAt,
			kind: about.kind,
			unit: { name: unit.name, timeZone: unit.timeZone },
			draft: { ...draft, at, duplicateOf: originals.get(duplicateOf ?? 0) ?? null },
			deciders: people.map((person) => person.name),
			widensAt,
			/** No answer is sent while a question to the reporter is open. */
			held: kind === 'answer' && about.status !== 'in_progress',
			mine: people.some((person) => person.id === actor.accountId)
		};
	});
}

/** A page of waiting drafts of cases that the actor may see, with their deciders, longest waiting first. */
export async function waitingDrafts(actor: Actor, cursor?: string, size = PAGE): Promise<Page<WaitingDraft>> {
	const { items, nextCursor } = await waitingPage(actor, cursor, size);
	return { items: await withDeciders(actor, items), nextCursor };
}

/** Condition that excludes drafts of other units, the actor's own drafts, and answers that are held. */
const possiblyMine = (actor: Actor): SQL | undefined =>
	and(
		inArray(cases.handlingUnitId, [...actor.units.supervisor]),
		sql`${approvals.authorId} is distinct from ${actor.accountId}::uuid`,
		sql`(${approvals.kind} <> 'answer' or ${cases.status} = 'in_progress')`
	);

/**
 * A page of drafts that the actor may decide now. Who may decide changes with time and absences, so no column stores
 * it. The waiting drafts of the actor's offices are checked until the page is full. This is quick, because after one
 * working day every supervisor of the units above may decide.
 */
export async function draftsToDecide(actor: Actor, cursor?: string, size = PAGE): Promise<Page<WaitingDraft>> {
	const mine: WaitingDraft[] = [];
	if (actor.units.supervisor.length === 0) return pageOfDrafts(mine, size);
	let from: string | null | undefined = cursor;
	do {
		const { items, nextCursor }: Page<WaitingRow> = await waitingPage(actor, from, SLICE, possiblyMine(actor));
		mine.push(...(await withDeciders(actor, items)).filter((draft) => draft.mine));
		from = nextCursor;
	} while (from !== null && mine.length <= size);
	return pageOfDrafts(mine, size);
}

/**
 * The waves of archivings to which drafts of the list belong, each with all drafts that the actor may decide now. A
 * single draft is no wave.
 */
export async function wavesOf(actor: Actor, listed: readonly WaitingDraft[]): Promise<WaitingDraft[][]> {
	const ids = [...new Set(listed.flatMap(({ wave }) => wave ?? []))];
	if (ids.length === 0) return [];
	const ofWaves = and(possiblyMine(actor), inArray(approvals.wave, ids));
	const { items } = await waitingPage(actor, undefined, ids.length * MOST_PICKED, ofWaves);
	const mine = (await withDeciders(actor, items)).filter((draft) => draft.mine);
	return [...Map.groupBy(mine, ({ wave }) => wave).values()].filter(({ length }) => length > 1);
}

/** Kind and order of the acting role that allowed an answer or archiving to its writer. */
const signedAs = sql<Record<string, unknown> | null>`(select ${timeline.data} from ${timeline}
	where ${timeline.caseId} = ${approvals.caseId} and ${timeline.data} ->> 'approval' = ${approvals.id}::text
		and ${timeline.actorId} = ${approvals.authorId} and ${timeline.data} ? 'acting'
	order by ${timeline.seq} desc limit 1)`;

/** A page of answers and archivings with a single signature, for review, latest first. */
export async function singleSignatures(actor: Actor, cursor?: string) {
	const rows = await db()
		.select({
			id: approvals.id,
			reference: cases.reference,
			title: cases.title,
			kind: approvals.kind,
			body: approvals.body,
			at: approvals.at,
			author: author.name,
			signedAs,
			unit: { name: units.name, timeZone: units.timeZone }
		})
		.from(approvals)
		.innerJoin(cases, eq(cases.id, approvals.caseId))
		.innerJoin(units, eq(units.id, cases.unitId))
		.leftJoin(author, eq(author.id, approvals.authorId))
		.where(and(single, eq(approvals.state, 'approved'), visibleTo(actor), beyond(cursor, inOrder)))
		.orderBy(sql`${approvals.at} desc`, sql`${approvals.id} desc`)
		.limit(PAGE + 1);
	const named = rows.map(({ signedAs, ...row }) => ({
		...row,
		author: row.author && actingName(row.author, signedAs ?? {})
	}));
	return pageOfDrafts(named, PAGE);
}

const decider = aliasedTable(accounts, 'decider');

export type DeskDraft = NonNullable<Awaited<ReturnType<typeof draftOf>>>;

/** The open draft of a case (waiting or sent back) and who may decide it. */
export async function draftOf(actor: Actor, caseWithUnit: CaseWithUnit) {
	const [open] = await db()
		.select({ draft: approvals, author: author.name, decidedBy: decider.name })
		.from(approvals)
		.leftJoin(author, eq(author.id, approvals.authorId))
		.leftJoin(decider, eq(decider.id, approvals.decidedBy))
		.where(openDraftOf(caseWithUnit.row.id));
	if (!open) return null;
	const { id, kind, body, action, actionOn, at, archiveReason, reason, decidedAt, authorId } = open.draft;
	const [{ people, widensAt }, files, originals] = await Promise.all([
		decidersNow(db(), caseWithUnit, open.draft),
		filesOfDraft(db(), id),
		visibleCases(actor, [open.draft.duplicateOf])
	]);
	const duplicateOf = originals.get(open.draft.duplicateOf ?? 0) ?? null;
	const state = open.draft.state as DraftState;
	const draft = { id, kind, state, body, action, actionOn, files, at, archiveReason, reason, decidedAt, duplicateOf };
	return {
		...draft,
		mine: authorId !== null && authorId === actor.accountId,
		author: open.author,
		decidedBy: open.decidedBy,
		deciders: people.map((person) => person.name),
		widensAt,
		mayDecide: people.some((person) => person.id === actor.accountId)
	};
}
