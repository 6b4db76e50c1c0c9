import type { z } from 'zod';
import { deskMessageInput, messageInput, questionInput } from '../../cases/schema.ts';
import { PAUSING_QUESTIONS } from '../../cases/status.ts';
import {
	attachFiles,
	discardRefused,
	keepFiles,
	type FilesFrom,
	type KeptFile,
	type SentFile
} from '../attachments/keep.ts';
import { checked } from '../checked.ts';
import { now } from '../clock.ts';
import { transaction, type Tx } from '../db/index.ts';
import { messages } from '../db/schema/cases.ts';
import type { Actor } from '../people/actor.ts';
import { meetClocks, pauseFrom, promisedRules, recomputeClocks, startClocks } from './deadlines.ts';
import { lockCaseForActor, type CaseRow } from './find.ts';
import { mentionedIn, withPicked } from './mention.ts';
import { moveCase, requireVersion, updateCase } from './move.ts';
import { recordEvent } from './timeline.ts';

/** Stores what was said; the timeline entry that speaks of it carries its id. */
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

/** Keeps files first, runs the transaction, and drops the files again where it fails. */
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

/** What a form of the desk brings beside its fields; other systems bring none of it. */
export interface AtDesk {
	files: readonly SentFile[];
}

/**
 * A public message to the reporter (a person's word meets the first-reply clocks) or an internal note, which may speak
 * to others who see the case.
 *
 * @param desk set where the desk's form sent it: a mention that reaches nobody is then refused
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
				await meetClocks(tx, row, ['first_reply', 'response_by_law'], now());
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
 * Asks the reporter: the case waits for them, their clock starts, and for the first two questions the office's pausable
 * clocks stand still.
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
			await meetClocks(tx, row, ['first_reply', 'response_by_law'], at);
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
