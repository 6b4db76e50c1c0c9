import { and, eq } from 'drizzle-orm';
import { lockFormerChats } from '#lib/server/cases/conversation/contact.ts';
import { lockCase } from '#lib/server/cases/find.ts';
import type { StoredEntry } from '#lib/server/cases/timeline.ts';
import { transaction, type Tx } from '#lib/server/db/index.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { conversations } from '#lib/server/db/schema/channels.ts';

/**
 * Gives a part that is split off copies of the reporter's conversations, so that it is answered in the same chat. Safe to
 * repeat.
 */
export async function copyChatsToPart({ type, caseId, data }: StoredEntry): Promise<void> {
	if (type === 'opened' && data.split_from) await transaction((tx) => copyChats(tx, caseId));
}

const ofReporter = (caseId: number) => and(eq(conversations.caseId, caseId), conversations.ofReporter);

async function copyChats(tx: Tx, caseId: number): Promise<void> {
	const { row: part } = await lockCase(tx, caseId);
	const { splitFromId } = part;
	if (splitFromId === null || (await tx.$count(conversations, ofReporter(caseId))) > 0) return;
	const rows = await tx
		.select({ conversation: conversations, formerChats: cases.formerChats })
		.from(conversations)
		.innerJoin(cases, eq(cases.id, conversations.caseId))
		.where(ofReporter(splitFromId));
	if (rows.length === 0) return;
	// Lists and figures contain only conversations with a decision, so a copy has none. Its messages stay with the first report.
	const undecided = { caseId, decidedBy: null, decidedAt: null };
	await tx.insert(conversations).values(
		rows.map(({ conversation: { id: _, draft, ...row } }) => ({
			...row,
			...undecided,
			draft: draft && { language: draft.language, locked: draft.locked }
		}))
	);
	if (rows.some(({ formerChats }) => formerChats.length > 0)) await lockFormerChats(tx, part);
}
