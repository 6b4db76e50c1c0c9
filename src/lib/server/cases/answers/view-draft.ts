import { aliasedTable, and, eq, inArray } from 'drizzle-orm';
import { db } from '#lib/server/db/index.ts';
import { approvals } from '#lib/server/db/schema/cases.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { decidersNow } from './approve.ts';
import { filesOfDraft } from './draft-files.ts';
import type { CaseWithUnit } from '../find.ts';
import { referenceFor } from '../references.ts';

export type DeskDraft = NonNullable<Awaited<ReturnType<typeof draftOf>>>;

/** The open draft (waiting or sent back) and who may decide it. */
export async function draftOf(actor: Actor, found: CaseWithUnit) {
	const author = aliasedTable(accounts, 'author');
	const decider = aliasedTable(accounts, 'decider');
	const [open] = await db()
		.select({ draft: approvals, author: author.name, decidedBy: decider.name })
		.from(approvals)
		.leftJoin(author, eq(author.id, approvals.authorId))
		.leftJoin(decider, eq(decider.id, approvals.decidedBy))
		.where(and(eq(approvals.caseId, found.row.id), inArray(approvals.state, ['pending', 'sent_back'])));
	if (!open) return null;
	const { draft } = open;
	const [{ people, passesUpAt }, files, duplicateOf] = await Promise.all([
		decidersNow(db(), found, draft),
		filesOfDraft(db(), draft.id),
		referenceFor(actor, draft.duplicateOf)
	]);
	return {
		id: draft.id,
		kind: draft.kind,
		state: draft.state,
		body: draft.body,
		action: draft.action,
		actionOn: draft.actionOn,
		files,
		at: draft.at,
		archiveReason: draft.archiveReason,
		reason: draft.reason,
		decidedAt: draft.decidedAt,
		mine: draft.authorId !== null && draft.authorId === actor.accountId,
		author: open.author,
		decidedBy: open.decidedBy,
		duplicateOf,
		deciders: people.map((person) => person.name),
		passesUpAt,
		mayDecide: people.some((person) => person.id === actor.accountId)
	};
}
