import { and, eq, inArray, like, sql } from 'drizzle-orm';
import type { z } from 'zod';
import { mentionsIn } from '#lib/cases/mentions.ts';
import { deskMessageInput, questionInput, staffMessageInput } from '#lib/cases/schema.ts';
import { PAUSING_QUESTIONS } from '#lib/calendar/clock-rules.ts';
import { FIRST_REPLY_CLOCKS } from '#lib/cases/promised-deadline.ts';
import { attachFiles, withKeptFiles, type KeptFile, type SentFile } from '#lib/server/attachments/stored-files.ts';
import { checked } from '#lib/server/checked.ts';
import { now } from '#lib/server/clock.ts';
import { contentHash } from '#lib/server/content-hash.ts';
import { db, storedRow, type Database, type Tx } from '#lib/server/db/index.ts';
import { attachments, messages, timeline } from '#lib/server/db/schema/cases.ts';
import { Conflict, invalid } from '#lib/server/errors.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { submissionHash } from '#lib/server/submission-hashes.ts';
import { withdrawReturnedArchiving } from '../answers/draft.ts';
import { loadClocks, meetClocks, pauseFrom, startClocks } from '../clocks/case-clocks.ts';
import { promisedRules } from '../clocks/deadlines.ts';
import { moveWithClocks } from '../clocks/move-with-clocks.ts';
import type { CaseRow } from '../find.ts';
import { changeCase, requireVersion, updateCase } from '../move.ts';
import { onePerPerson, workersFor } from '../case-staff.ts';
import { recordEvent } from '../timeline.ts';

interface StoredMessage {
	id: string;
	/** Whether a draft of the case waits for a second person. Read here, so that a reply needs no statement for it. */
	draftWaits: boolean;
}

/** Stores a message of a locked case, with its files. The caller writes the timeline entry. */
export async function storeMessage(
	tx: Tx,
	row: CaseRow,
	values: Pick<typeof messages.$inferInsert, 'author' | 'accountId' | 'public' | 'body' | 'submissionHash'>,
	files: readonly KeptFile[] = []
): Promise<StoredMessage> {
	const draftWaits = sql<boolean>`exists (select 1 from approvals where case_id = ${row.id} and state = 'pending')`;
	const message = await tx
		.insert(messages)
		.values({ caseId: row.id, at: now(), ...values })
		.returning({ id: messages.id, draftWaits })
		.then(storedRow);
	await attachFiles(tx, files, { caseId: row.id, messageId: message.id, public: values.public });
	return message;
}

/** The hashes of a form's submission id and content, as stored. */
export const formHash = (id: string, content: Record<string, unknown>): string =>
	`${submissionHash(id)}/${contentHash(content)}`;

/** A form of a conversation came back with other content. */
const reusedSubmission = () => new Conflict('submission-reused', { reason: 'said_before' });

/** Whether the form was stored before. @throws Conflict if it was stored with other content */
export async function alreadyStored(on: Database | Tx, caseId: number, hash: string): Promise<boolean> {
	const [id = ''] = hash.split('/');
	const [stored] = await on
		.select({ hash: messages.submissionHash })
		.from(messages)
		.where(and(eq(messages.caseId, caseId), like(messages.submissionHash, `${id}/%`)));
	if (stored && stored.hash !== hash) throw reusedSubmission();
	return stored !== undefined;
}

/**
 * Whether a form was recorded before. Its hash is the field `submission` of its timeline entry.
 * @throws Conflict if it was recorded with other content
 */
export async function alreadyRecorded(tx: Tx, caseId: number, hash: string): Promise<boolean> {
	const [id = ''] = hash.split('/');
	const [entry] = await tx
		.select({ data: timeline.data })
		.from(timeline)
		.where(and(eq(timeline.caseId, caseId), sql`split_part(${timeline.data} ->> 'submission', '/', 1) = ${id}`));
	if (entry && entry.data.submission !== hash) throw reusedSubmission();
	return entry !== undefined;
}

/** The number of files of the message that a form stored. */
function countFilesOf(tx: Tx, caseId: number, hash: string): Promise<number> {
	const ofForm = and(eq(messages.caseId, caseId), eq(messages.submissionHash, hash));
	const message = tx.select({ id: messages.id }).from(messages).where(ofForm);
	return tx.$count(attachments, inArray(attachments.messageId, message));
}

/** Additional input of the desk's forms. The API has none. */
export interface DeskInput {
	files: readonly SentFile[];
}

const byStaff = (actor: Actor) => ({ author: 'staff' as const, accountId: actor.accountId });

/**
 * Writes a public message to the reporter or an internal note. A public message meets the first-reply deadlines. A note
 * may mention others who may see the case. A call that is repeated with its submission id is stored once.
 *
 * @param desk set by the desk's form, which refuses unknown mentions
 * @throws Conflict `submission-reused` if the id came back with other content
 */
export async function writeMessage(actor: Actor, reference: string, raw: unknown, desk?: DeskInput): Promise<CaseRow> {
	const input: z.output<typeof deskMessageInput> = checked(desk ? deskMessageInput : staffMessageInput, raw);
	const body = withPicked(input);
	return withKeptFiles(desk?.files ?? [], 'office', (kept) =>
		changeCase(actor, reference, undefined, async (tx, { row: before, unit }) => {
			const id = input.submission_id && `staff/${before.id}/${input.submission_id}`;
			const said = { body, public: input.public };
			const hash = id && formHash(id, said);
			if (hash && (await alreadyStored(tx, before.id, hash))) {
				// A file that was added when the form was sent again would be lost.
				if (kept.length > (await countFilesOf(tx, before.id, hash))) throw reusedSubmission();
				return before;
			}
			await requireVersion(tx, before, input.version);
			const mentions = input.public ? [] : await mentionedIn(tx, actor, before, body, desk !== undefined);
			const clocks = input.public ? await loadClocks(tx, { row: before, unit }) : undefined;
			if (clocks) meetClocks(clocks, FIRST_REPLY_CLOCKS, now());
			const row = await updateCase(tx, before, {}, clocks);
			const { id: message } = await storeMessage(tx, row, { ...byStaff(actor), ...said, submissionHash: hash }, kept);
			const type = input.public ? 'message' : 'note';
			const data = { message, mentions: mentions.length > 0 ? mentions : undefined };
			await recordEvent(tx, row, { type, author: actor, public: input.public, data });
			return row;
		})
	);
}

/**
 * Asks the reporter a question. The case waits for the reply, and the reporter's deadline starts. The first two
 * questions pause the office's pausable deadlines.
 */
export async function askReporter(actor: Actor, reference: string, raw: unknown, files: readonly SentFile[] = []) {
	const { body, version } = checked(questionInput, raw);
	return withKeptFiles(files, 'office', (kept) =>
		changeCase(actor, reference, version, async (tx, { row: before, unit }) => {
			const at = now();
			const questions = before.questions + 1;
			const pauses = questions <= PAUSING_QUESTIONS;
			const { needs_info } = await promisedRules(before);
			const { row } = await moveWithClocks(tx, { row: before, unit }, 'ask', { questions }, (clocks) => {
				meetClocks(clocks, FIRST_REPLY_CLOCKS, at);
				if (pauses) pauseFrom(clocks, 'needs_info', at);
				startClocks(clocks, needs_info, at);
			});
			await withdrawReturnedArchiving(tx, row.id);
			const { id: message } = await storeMessage(tx, row, { ...byStaff(actor), public: true, body }, kept);
			const data = { message, pauses };
			await recordEvent(tx, row, { type: 'info_requested', author: actor, public: true, data });
			return row;
		})
	);
}

/**
 * Adds the people picked from the list to a note, as if they had been typed.
 *
 * @throws Invalid `mention_public` if somebody was picked for a public message
 */
function withPicked(input: z.output<typeof deskMessageInput>): string {
	const typed = mentionsIn(input.body);
	const picked = (input.mention ?? []).filter((username) => !typed.includes(username));
	if (picked.length === 0) return input.body;
	if (input.public) throw invalid('mention', 'mention_public');
	return `${input.body}\n\n${picked.map((username) => `@${username}`).join(' ')}`;
}

/**
 * Finds the accounts a note mentions, without its writer. Only people who may see the case can be mentioned.
 *
 * @param strict refuses unknown names; otherwise they stay plain text
 * @throws Invalid `mention_unseen`, for unknown names and for people who may not see the case
 */
async function mentionedIn(tx: Tx, actor: Actor, row: CaseRow, body: string, strict: boolean): Promise<string[]> {
	const names = mentionsIn(body);
	if (names.length === 0) return [];
	const people = await workersFor(tx, row);
	const unseen = names.filter((name) => !people.some(({ username }) => username === name));
	if (strict && unseen.length > 0) {
		const params = { names: unseen.map((name) => `@${name}`).join(', ') };
		throw invalid('body', 'mention_unseen', params);
	}
	const reached = people.filter(({ id, username }) => names.includes(username) && id !== actor.accountId);
	return [...new Set(reached.map(({ id }) => id))];
}

/** People a note on this case can mention, nearest unit first. */
export async function peopleToMention(actor: Actor, row: CaseRow): Promise<{ username: string; name: string }[]> {
	const others = onePerPerson(await workersFor(db(), row)).filter(({ id }) => id !== actor.accountId);
	return others.map(({ username, name }) => ({ username, name }));
}
