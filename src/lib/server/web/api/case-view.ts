import { asc, desc, eq } from 'drizzle-orm';
import { caseForActor, type CaseRow } from '#lib/server/cases/find.ts';
import type { InboxFilter } from '#lib/server/cases/inbox/filter.ts';
import { inbox } from '#lib/server/cases/inbox/inbox.ts';
import { referencesIn } from '#lib/server/cases/linking/link.ts';
import { mayReadCases } from '#lib/server/cases/visibility.ts';
import { withoutHiddenParts } from '#lib/server/cases/visible-references.ts';
import { timelineOf } from '#lib/server/cases/timeline.ts';
import { db } from '#lib/server/db/index.ts';
import { fileColumns, fileOrder } from '#lib/server/attachments/stored-files.ts';
import { approvals, attachments, messages } from '#lib/server/db/schema/cases.ts';
import { clocks } from '#lib/server/db/schema/clocks.ts';
import { escalations } from '#lib/server/db/schema/escalations.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { NotFound } from '#lib/server/errors.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { referenceData } from '#lib/server/reference/reference.ts';

async function openAnswer(caseId: number) {
	const [draft] = await db()
		.select({ state: approvals.state, author: accounts.name, at: approvals.at, kind: approvals.kind })
		.from(approvals)
		.leftJoin(accounts, eq(accounts.id, approvals.authorId))
		.where(eq(approvals.caseId, caseId))
		.orderBy(desc(approvals.at))
		.limit(1);
	// A decided or withdrawn draft is not an open answer.
	if (draft?.kind !== 'answer' || (draft.state !== 'pending' && draft.state !== 'sent_back')) return null;
	return { state: draft.state, author: draft.author ?? 'system', at: draft.at };
}

/**
 * The texts of a report. Other systems get neither them nor its files while processing is restricted at the reporter's
 * request, and their searches do not find its words (`searchOf`).
 */
const NO_TEXT = { title: null, body: null, requestedSolution: null };

/** A page of cases with what `GET cases` returns. */
export async function caseList(actor: Actor, filter: InboxFilter, cursor: string | undefined) {
	const { items, nextCursor } = await inbox(actor, filter, cursor);
	return { items: items.map((item) => (item.processingRestricted ? { ...item, ...NO_TEXT } : item)), nextCursor };
}

/** A case with what `GET cases/{reference}` returns. @throws NotFound if the actor may not see the case */
export async function caseView(actor: Actor, name: string) {
	const { row, unit } = await caseForActor(actor, name);
	const officer = (await referenceData()).officerById.get(row.officerId ?? '');
	const [running, files, forwards, answer, [assignee]] = await Promise.all([
		db().select().from(clocks).where(eq(clocks.caseId, row.id)).orderBy(asc(clocks.startAt), asc(clocks.name)),
		db().select(fileColumns).from(attachments).where(eq(attachments.caseId, row.id)).orderBy(fileOrder),
		db().select().from(escalations).where(eq(escalations.caseId, row.id)).orderBy(asc(escalations.nn)),
		openAnswer(row.id),
		row.assigneeId
			? db().select({ id: accounts.id, name: accounts.name }).from(accounts).where(eq(accounts.id, row.assigneeId))
			: []
	]);
	return {
		...row,
		...(row.processingRestrictedAt && NO_TEXT),
		unit,
		officer: officer ?? null,
		assignee: assignee ?? null,
		clocks: running,
		answer,
		attachments: (row.processingRestrictedAt ? [] : files).map((file) => ({
			...file,
			url: `/api/v1/attachments/${file.id}`
		})),
		escalations: forwards
	};
}

/**
 * The case after a change. If the actor may no longer see the case (category integrity, a named colleague), the change was
 * still made. Then only reference, status and version are returned.
 */
export async function caseViewAfter(actor: Actor, row: CaseRow) {
	return (await caseIfSeen(actor, row)) ?? { reference: row.reference, status: row.status, version: row.version };
}

/**
 * The case after files were attached. If the actor may not see the case, or its token has no scope that shows cases, only the
 * reference is returned, as the sign that the files arrived.
 */
export async function caseViewAttached(actor: Actor, row: CaseRow) {
	return (mayReadCases(actor) && (await caseIfSeen(actor, row))) || { reference: row.reference };
}

async function caseIfSeen(actor: Actor, { reference }: CaseRow) {
	try {
		return await caseView(actor, reference);
	} catch (cause) {
		if (cause instanceof NotFound) return undefined;
		throw cause;
	}
}

/**
 * The timeline of a case in the API's shape. `data.body` is the text of a message. `data.case` is the reference of another
 * case that the entry is about, if the actor may see that one too. While processing is restricted, the texts of
 * messages, of corrections and of comments on a score are null.
 */
export async function caseTimeline(actor: Actor, reference: string) {
	const { row } = await caseForActor(actor, reference);
	const [entries, caseMessages] = await Promise.all([
		timelineOf(row.id).then((all) => withoutHiddenParts(actor, all)),
		db().select({ id: messages.id, body: messages.body }).from(messages).where(eq(messages.caseId, row.id))
	]);
	const isRestricted = row.processingRestrictedAt !== null;
	const bodies = new Map(caseMessages.map((message) => [message.id, message.body]));
	const others = await referencesIn(actor, entries);
	return entries.map(({ seq, at, type, actorKind, actorName, public: isPublic, data: storedData }) => {
		const { case: id, submission: _, ...data } = storedData;
		const other = typeof id === 'number' ? others.get(id) : undefined;
		const body = typeof data.message === 'string' ? bodies.get(data.message) : undefined;
		return {
			seq,
			at,
			type,
			actor: actorName ?? actorKind,
			public: isPublic,
			data: {
				...data,
				...(other ? { case: other } : {}),
				...(body === undefined ? {} : { body: isRestricted ? null : body }),
				...(isRestricted && 'changes' in data ? { changes: null } : {}),
				...(isRestricted && 'comment' in data ? { comment: null } : {})
			}
		};
	});
}
