import { and, eq, sql } from 'drizzle-orm';
import { versionInput } from '#lib/cases/schema.ts';
import { checked } from '#lib/server/checked.ts';
import { approvals } from '#lib/server/db/schema/cases.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { changeCase, invalidMove, updateCase } from '../move.ts';
import { recordEvent } from '../timeline.ts';
import { withdrawDraft } from './draft.ts';

/**
 * Withdraws the actor's own answer or proposal to archive while it waits for the second person. The files of the draft
 * are deleted, and the case keeps its status.
 *
 * @returns the type of the timeline entry
 * @throws Conflict `invalid-move` if no draft by the actor waits
 */
export async function withdrawOwnDraft(actor: Actor, reference: string, raw: unknown) {
	const { version } = checked(versionInput, raw);
	return changeCase(actor, reference, version, async (tx, { row: before }) => {
		const byActor = actor.accountId ? eq(approvals.authorId, actor.accountId) : sql`false`;
		const draft = await withdrawDraft(tx, before.id, and(eq(approvals.state, 'pending'), byActor));
		if (!draft) throw invalidMove(before);
		const row = await updateCase(tx, before);
		const type = draft.kind === 'answer' ? 'answer_withdrawn' : 'archive_withdrawn';
		await recordEvent(tx, row, { type, author: actor, public: false, data: { approval: draft.id } });
		return type;
	});
}
