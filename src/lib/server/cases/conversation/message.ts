import type { z } from 'zod';
import { deskMessageInput, messageInput, questionInput } from '#lib/cases/schema.ts';
import { PAUSING_QUESTIONS } from '#lib/cases/status.ts';
import {
	attachFiles,
	discardRefused,
	keepFiles,
	type FilesFrom,
	type KeptFile,
	type SentFile
} from '#lib/server/attachments/keep.ts';
import { checked } from '#lib/server/checked.ts';
import { now } from '#lib/server/clock.ts';
import { transaction, type Tx } from '#lib/server/db/index.ts';
import { messages } from '#lib/server/db/schema/cases.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { meetClocks, pauseFrom, promisedRules, recomputeClocks, startClocks } from '../clocks/deadlines.ts';
import { lockCaseForActor, type CaseRow } from '../find.ts';
import { mentionedIn, withPicked } from './mention.ts';
import { moveCase, requireVersion, updateCase } from '../move.ts';
import { recordEvent } from '../timeline.ts';

/** Stores a message; its timeline entry contains its id. */
export async function storeMessage(
	tx: Tx,
	row: CaseRow,
	said: {
		author: 'reporter' | 'staff' | 'lapor';
		accountId?: string | null;
		public: boolean;
		body: string;
		submissionHash?: string;
	},
	files: readonly KeptFile[] = []
): Promise<string> {
	const [message] = await tx
		.insert(messages)
		.values({ caseId: row.id, at: now(), ...said })
		.returning({ id: messages.id });
	if (!message) throw new Error('the message was not stored');
	await attachFiles(tx, files, { caseId: row.id, messageId: message.id, public: said.public });
	return message.id;
}

/** Stores the files, runs the transaction, and deletes the files if it fails. */
export async function withKeptFiles<T>(
	files: readonly SentFile[],
	from: FilesFrom,
	work: (kept: KeptFile[]) => Promise<T>
): Promise<T> {
	const kept = await keepFiles(files, from);
	try {
		return await work(kept);
	} catch (cause) {
		await discardRefused(cause, kept);
		throw cause;
	}
}

/** Additional input of the desk's forms; the API has none. */
export interface AtDesk {
	files: readonly SentFile[];
}

/**
 * Writes a public message to the reporter (by a person, it meets the first-reply deadlines) or an internal note, which may
 * mention others who may see the case.
 *
 * @param desk set by the desk's form, which refuses a mention that reaches nobody
 */
export async function writeMessage(actor: Actor, reference: string, raw: unknown, desk?: AtDesk): Promise<CaseRow> {
	const input: z.output<typeof deskMessageInput> = desk ? checked(deskMessageInput, raw) : checked(messageInput, raw);
	const body = withPicked(input);
	return withKeptFiles(desk?.files ?? [], 'office', (kept) =>
		transaction(async (tx) => {
			const { row: before, unit } = await lockCaseForActor(tx, actor, reference);
			await requireVersion(tx, before, input.version);
			const row = await updateCase(tx, before, {});
			const said = { author: 'staff' as const, accountId: actor.accountId, public: input.public, body };
			const mentions = input.public ? [] : await mentionedIn(tx, actor, row, body, desk !== undefined);
			const message = await storeMessage(tx, row, said, kept);
			if (input.public) {
				await meetClocks(tx, { row, unit }, ['first_reply', 'response_by_law'], now());
				await recomputeClocks(tx, { row, unit });
			}
			const type = input.public ? 'message' : 'note';
			const data = { message, ...(mentions.length > 0 ? { mentions } : {}) };
			await recordEvent(tx, row, { type, author: actor, public: input.public, data });
			return row;
		})
	);
}

/**
 * Asks the reporter: the case waits for them, and their deadline starts. The first two questions pause the office's pausable
 * deadlines.
 */
export async function askReporter(
	actor: Actor,
	reference: string,
	raw: unknown,
	files: readonly SentFile[] = []
): Promise<CaseRow> {
	const input = checked(questionInput, raw);
	return withKeptFiles(files, 'office', (kept) =>
		transaction(async (tx) => {
			const { row: before, unit } = await lockCaseForActor(tx, actor, reference);
			await requireVersion(tx, before, input.version);
			const row = await moveCase(tx, before, 'ask', { questions: before.questions + 1 });
			const at = now();
			const said = { author: 'staff' as const, accountId: actor.accountId, public: true, body: input.body };
			const message = await storeMessage(tx, row, said, kept);
			await meetClocks(tx, { row, unit }, ['first_reply', 'response_by_law'], at);
			if (row.questions <= PAUSING_QUESTIONS) await pauseFrom(tx, row, 'needs_info', at);
			const rules = await promisedRules(tx, row);
			await startClocks(tx, { row, unit }, rules.needs_info, at);
			await recomputeClocks(tx, { row, unit });
			await recordEvent(tx, row, {
				type: 'info_requested',
				author: actor,
				public: true,
				data: { message, pauses: row.questions <= PAUSING_QUESTIONS }
			});
			return row;
		})
	);
}
