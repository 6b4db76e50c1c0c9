import { and, eq, ne } from 'drizzle-orm';
import { lockCase } from '#lib/server/cases/find.ts';
import { isContactOf } from '#lib/server/cases/reporter.ts';
import type { StoredEntry } from '#lib/server/cases/timeline.ts';
import { transaction, type Tx } from '#lib/server/db/index.ts';
import { conversations } from '#lib/server/db/schema/channels.ts';
import { contactOf, openSender } from './conversation.ts';

/**
 * Changes the reporter's conversations with their case: a part that is split off gets copies of them, so that it is answered
 * in the same chat. If the reporter has another number now, those of the former one are locked. Safe to repeat.
 */
export async function followCase({ type, caseId, data }: StoredEntry): Promise<void> {
	if (type === 'opened' && data.split_from) await transaction((tx) => copyToPart(tx, caseId));
	const changed = type === 'contact_changed' && Array.isArray(data.changed) ? data.changed : [];
	if (changed.includes('phone')) await transaction((tx) => lockFormerNumbers(tx, caseId));
}

const ofReporter = (caseId: number) => and(eq(conversations.caseId, caseId), conversations.ofReporter);

async function copyToPart(tx: Tx, caseId: number): Promise<void> {
	const { splitFromId } = (await lockCase(tx, caseId)).row;
	if (splitFromId === null || (await tx.$count(conversations, ofReporter(caseId))) > 0) return;
	const rows = await tx.select().from(conversations).where(ofReporter(splitFromId));
	if (rows.length === 0) return;
	// Lists and figures contain only conversations with a decision, so a copy has none. Its messages stay with the first report.
	const undecided = { caseId, decidedBy: null, decidedAt: null };
	await tx.insert(conversations).values(
		rows.map(({ id: _, draft, ...row }) => ({
			...{ ...row, ...undecided },
			draft: draft && { language: draft.language, locked: draft.locked }
		}))
	);
}

async function lockFormerNumbers(tx: Tx, caseId: number): Promise<void> {
	const { row } = await lockCase(tx, caseId);
	const chats = and(ofReporter(caseId), ne(conversations.channel, 'email'));
	for (const chat of await tx.select().from(conversations).where(chats)) {
		const sender = await openSender(chat);
		const phone = sender && contactOf(sender).phone;
		if (!phone || (await isContactOf(row, phone))) continue;
		const draft = { ...chat.draft, locked: true };
		await tx.update(conversations).set({ draft }).where(eq(conversations.id, chat.id));
	}
}
