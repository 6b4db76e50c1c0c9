import { asc, inArray } from 'drizzle-orm';
import { firstCharacters } from '#lib/text/cut-text.ts';
import type { FILE_PROBLEMS } from '#lib/server/attachments/check.ts';
import type { KeptFile } from '#lib/server/attachments/stored-files.ts';
import { NO_TEXT } from '#lib/server/cases/conversation/reporter-words.ts';
import type { Tx } from '#lib/server/db/index.ts';
import { incomingFiles } from '#lib/server/db/schema/channels.ts';
import { messagesOf } from './conversation.ts';

/** Kinds of messages that are a pressed button or a sign: they say nothing to the office. */
export const PRESSED: readonly string[] = ['interactive', 'reaction'];

type Refused = readonly { name: string; reason: string }[];

type RefusalReason = `file_${(typeof FILE_PROBLEMS)[number] | 'expired' | 'too_many'}`;

/** Why a file was not kept. In the language of the office, because timeline entries and copies contain it. */
const REFUSED_BECAUSE: Record<RefusalReason, string> = {
	file_empty: 'kosong',
	file_expired: 'kedaluwarsa',
	file_name_mismatch: 'isinya tidak sesuai dengan namanya',
	file_pdf_broken: 'rusak',
	file_pdf_encrypted: 'terkunci kata sandi',
	file_pdf_too_complex: 'terlalu rumit',
	file_pdf_too_many_pages: 'terlalu banyak halaman',
	file_too_large: 'terlalu besar',
	file_too_many: 'terlalu banyak berkas',
	file_too_many_pixels: 'gambarnya terlalu besar',
	file_undecodable: 'rusak',
	file_unsupported: 'jenis ini tidak diterima'
};
const refusedBecause = (reason: string) => (REFUSED_BECAUSE as Partial<Record<string, string>>)[reason];

/** Common kinds of files. Any other ending of a name could be a part of the sender's name. */
const KNOWN_ENDING =
	/\.(docx?|xlsx?|pptx?|od[st]|rtf|txt|csv|pdf|zip|rar|7z|mp[34]|m4a|wav|3gp|mov|avi|heic|gif|webp)\b(?!.*\.)/i;

export const isVoice = ({ mediaType }: { mediaType: string }): boolean => mediaType.startsWith('audio/');

const bare = (subject: string) => subject.replace(/^((re|fwd?|bls|trs)\s*:\s*)+/i, '').toLowerCase();

/** A message with its subject before the text, if that of its conversation is another one. */
export function withSubject<C extends { subject?: string | null; body: string }>(
	content: C,
	conversation: { subject: string | null }
): C {
	const { subject, body } = content;
	if (!subject || bare(subject) === bare(conversation.subject ?? '')) return content;
	return { ...content, body: `Perihal: ${subject}\n\n${body}` };
}

/** The text of a message in a case, which is never empty. Stored in the language of the office. */
export function textOf(body: string, files: readonly { mediaType: string; transcript?: string | null }[]): string {
	const spoken = files.filter(isVoice).map(({ transcript }) => `(pesan suara) ${transcript ?? ''}`.trim());
	return capped([body, ...spoken].filter(Boolean).join('\n')) || NO_TEXT;
}

/** The texts of messages as one text, each with the words of its voice notes. */
export function textsOf(
	messages: readonly { id: number; body: string }[],
	files: readonly { messageId: number; mediaType: string; transcript: string | null }[]
): string {
	const ofMessage = Map.groupBy(files, ({ messageId }) => messageId);
	return capped(messages.map(({ id, body }) => textOf(body, ofMessage.get(id) ?? [])).join('\n\n'));
}

const LONGEST = 20_000;
const CUT = ' …\n\n(Lanjutannya ada di pesan masuk.)';

/** A text of a conversation as a case can hold it. Stored in the language of the office. */
export const capped = (text: string): string =>
	text.length > LONGEST ? firstCharacters(text, LONGEST - CUT.length) + CUT : text;

/**
 * The names of refused files with the reason: `film.mp4 (terlalu besar)`. Without the sender's names for them, which could
 * reveal who wrote: `Berkas 1 (mp4, terlalu besar)`.
 */
export const namesOfRefused = (refused: Refused, withNames: boolean): string[] =>
	refused.map(({ name, reason }, at) => {
		const ending = withNames ? undefined : KNOWN_ENDING.exec(name)?.[1]?.toLowerCase();
		const facts = [ending, refusedBecause(reason)].filter(Boolean).join(', ');
		return `${withNames ? name : `Berkas ${at + 1}`}${facts && ` (${facts})`}`;
	});

/** Refused files for a timeline entry, which staff read without opening the identity. */
export const refusedIn = (refused: Refused) => (refused.length > 0 ? { refused: namesOfRefused(refused, false) } : {});

/**
 * Takes what a conversation says: the texts of its messages in order as one text, and its files, to be attached to a case
 * in the same transaction. Voice notes stay with the conversation, because only supervisors may play them.
 * @param after the last message that is left out, with those before it
 */
export async function takeContent(tx: Tx, conversationId: number, after = 0) {
	const messages = (await messagesOf(tx, conversationId)).filter(({ id }) => id > after);
	const ids = messages.map(({ id }) => id);
	const spoken = messages.filter(({ kind }) => !PRESSED.includes(kind));
	const { messageId, name } = incomingFiles;
	const found = await tx.select().from(incomingFiles).where(inArray(messageId, ids)).orderBy(asc(messageId), asc(name));
	const moved = found.filter((file) => !isVoice(file));
	const movedIds = moved.map(({ id }) => id);
	await tx.delete(incomingFiles).where(inArray(incomingFiles.id, movedIds));
	// The case numbers the files anew. Their bytes stay in the store under the same id.
	const files = moved.map(({ messageId: _message, transcript: _none, originalSha256, ...file }): KeptFile => ({
		...file,
		name: null,
		originalSha256: originalSha256 ?? undefined
	}));
	return { body: textsOf(spoken, found), files, ...refusedIn(messages.flatMap(({ refusedFiles }) => refusedFiles)) };
}
