import { and, eq, isNull } from 'drizzle-orm';
import { z } from 'zod';
import { fileStore } from '#lib/server/attachments/store.ts';
import { storeMessage } from '#lib/server/cases/conversation/message.ts';
import type { ServedFile } from '#lib/server/cases/files.ts';
import { lockCase, notDestroyed } from '#lib/server/cases/find.ts';
import { proposeOfficers } from '#lib/server/cases/officers/find-names.ts';
import { updateCase } from '#lib/server/cases/move.ts';
import { recordEvent } from '#lib/server/cases/timeline.ts';
import { ofReporter, type TrackedCase } from '#lib/server/cases/visibility.ts';
import { checked } from '#lib/server/checked.ts';
import { db, oneRow, transaction, type Database, type Tx } from '#lib/server/db/index.ts';
import { isId } from '#lib/server/db/is-id.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { conversations, incomingFiles, incomingMessages } from '#lib/server/db/schema/channels.ts';
import { Conflict, NotAllowed, NotFound } from '#lib/server/errors.ts';
import { holds, type Actor } from '#lib/server/people/actor.ts';
import { isVoice } from './content.ts';
import { conversationsFor, lockConversation, nameIn } from './conversation.ts';

/**
 * Whether a person may play a file. A voice note identifies its speaker, and the search for officers' names reads only
 * its transcript. So only supervisors may play one without a transcript.
 */
export const mayPlay = (
	supervises: boolean,
	file: Pick<typeof incomingFiles.$inferSelect, 'mediaType' | 'transcript'>
): boolean => !isVoice(file) || file.transcript !== null || supervises;

/** Whether the actor supervises the office of a conversation, or the one that handles its case now. */
export const supervisesOne = (actor: Actor, { unitId }: { unitId: string }, handlingUnitId: string | null): boolean =>
	holds(actor, unitId, 'supervisor') || (handlingUnitId !== null && holds(actor, handlingUnitId, 'supervisor'));

async function fileFor(on: Database | Tx, actor: Actor, id: string) {
	const found = await on
		.select({ file: incomingFiles, conversation: conversations, handlingUnitId: cases.handlingUnitId })
		.from(incomingFiles)
		.innerJoin(incomingMessages, eq(incomingMessages.id, incomingFiles.messageId))
		.innerJoin(conversations, eq(conversations.id, incomingMessages.conversationId))
		.leftJoin(cases, eq(cases.id, conversations.caseId))
		.where(and(isId(incomingFiles.id, id), conversationsFor(actor)))
		.then(oneRow);
	const { file, conversation, handlingUnitId } = found;
	if (!mayPlay(supervisesOne(actor, conversation, handlingUnitId), file)) throw new NotAllowed('supervisor');
	return found;
}

/** A file of a conversation that the actor may see. @throws NotFound · NotAllowed as `mayPlay` says */
export async function incomingFile(actor: Actor, id: string): Promise<ServedFile> {
	return served((await fileFor(db(), actor, id)).file);
}

async function served({ id, name, mediaType }: typeof incomingFiles.$inferSelect): Promise<ServedFile> {
	const bytes = await fileStore().read(id);
	if (!bytes) throw new NotFound(`file ${id}`);
	return { name, mediaType, bytes };
}

/** A voice note of the reporter, for its reporter. @throws NotFound */
export async function voiceNoteForReporter(tracked: TrackedCase, id: string): Promise<ServedFile> {
	const [found] = await db()
		.select({ file: incomingFiles })
		.from(incomingFiles)
		.innerJoin(incomingMessages, eq(incomingMessages.id, incomingFiles.messageId))
		.innerJoin(conversations, and(eq(conversations.id, incomingMessages.conversationId), conversations.ofReporter))
		.innerJoin(cases, eq(cases.id, conversations.caseId))
		.where(and(isId(incomingFiles.id, id), ofReporter(tracked)));
	if (!found || !isVoice(found.file)) throw new NotFound(`file ${id}`);
	return served(found.file);
}

const transcriptInput = z.object({
	transcript: z.string({ error: 'transcript_missing' }).trim().min(1, 'transcript_missing').max(4000, 'message_long')
});

/**
 * Stores the words of a voice note, once. In a conversation that belongs to a case they also become a note of the case.
 * @throws NotFound · NotAllowed · Conflict `stale` if somebody wrote it down first, `invalid-move` if the case is destroyed
 */
export async function writeTranscript(actor: Actor, id: string, raw: unknown): Promise<void> {
	const { transcript } = checked(transcriptInput, raw);
	await transaction(async (tx) => {
		// Lock first, because a colleague may be turning the conversation into a report that would lack this text.
		const { conversation: unlocked } = await fileFor(tx, actor, id);
		await lockConversation(tx, unlocked.id, undefined);
		const { file, conversation } = await fileFor(tx, actor, id);
		const [written] = await tx
			.update(incomingFiles)
			.set({ transcript })
			.where(and(eq(incomingFiles.id, file.id), isNull(incomingFiles.transcript)))
			.returning({ id: incomingFiles.id });
		if (!isVoice(file) || !written) throw new Conflict('stale');
		if (conversation.caseId === null) return nameIn(tx, conversation, transcript);
		const found = notDestroyed(await lockCase(tx, conversation.caseId));
		const row = await updateCase(tx, found.row);
		const body = `(pesan suara) ${transcript}`;
		const note = { author: 'staff', accountId: actor.accountId, public: false, body } as const;
		const { id: message } = await storeMessage(tx, row, note);
		await recordEvent(tx, row, { type: 'note', author: actor, public: false, data: { message } });
		await proposeOfficers(tx, row, found.unit, transcript);
	});
}
