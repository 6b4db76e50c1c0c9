import { z } from 'zod';
import { caseInput } from '#lib/cases/schema.ts';
import { recordGiven } from '#lib/server/cases/consents.ts';
import { m } from '#lib/paraglide/messages.js';
import { baseLocale, isLocale } from '#lib/paraglide/runtime.js';
import { contactOf, decryptSender } from '#lib/server/cases/conversation/sender.ts';
import type { CaseRow } from '#lib/server/cases/find.ts';
import { insertCase } from '#lib/server/cases/insert-case.ts';
import { handlingOf } from '#lib/server/cases/handling-unit.ts';
import { findNamedOfficers } from '#lib/server/cases/officers/find-names.ts';
import { randomReceipt, receiptHash } from '#lib/server/cases/receipt.ts';
import { storeMailPreference } from '#lib/server/cases/mail-preference.ts';
import { contactHash, reporterColumns } from '#lib/server/cases/reporter.ts';
import { checked } from '#lib/server/checked.ts';
import { now } from '#lib/server/clock.ts';
import { transaction, type Tx } from '#lib/server/db/index.ts';
import { NotFound } from '#lib/server/errors.ts';
import { inLocale } from '#lib/server/in-locale.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { recordConsents } from '#lib/server/people/consents.ts';
import { requireOpen } from '#lib/server/people/units/find-unit.ts';
import { referenceData, type Unit } from '#lib/server/reference/reference.ts';
import { submissionOf } from '#lib/server/submission-hashes.ts';
import { cutText } from '#lib/text/cut-text.ts';
import { queueMessage } from '../outgoing/queue.ts';
import { sent } from '../whatsapp/replies.ts';
import { capped, takeContent } from './content.ts';
import {
	conversationsFor,
	lockWaiting,
	proposedIn,
	storeDecision,
	unitOf,
	type ConversationRow
} from './conversation.ts';

/** How a conversation becomes a case. Without a value: a complaint by the sender, with the text of all messages. */
const openingInput = z.object({
	kind: caseInput.shape.kind.default('complaint'),
	title: caseInput.shape.title,
	category: caseInput.shape.category,
	service: caseInput.shape.service,
	/** An anonymous report is not possible: the office knows who wrote. */
	identity: z.enum(['named', 'withheld'], { error: 'identity_missing' }).default('named'),
	/** Instead of the sender. */
	reporter: caseInput.shape.reporter,
	/** Instead of the text of the messages. */
	body: z.string().trim().min(1, 'body_missing').transform(capped).optional()
});
type OpeningInput = z.input<typeof openingInput>;

/**
 * Opens a case from a waiting conversation: its time of arrival is that of the first message, its channel that of the
 * conversation, and the files of all messages move to it. A reporter who wrote by WhatsApp is sent the
 * acknowledgement there.
 *
 * @throws NotFound · Conflict `invalid-move` if somebody decided meanwhile · OfficeClosed · Invalid
 */
export async function openFromConversation(id: number, input: unknown, actor: Actor): Promise<CaseRow> {
	return transaction(async (tx) => {
		const conversation = await lockWaiting(tx, id, conversationsFor(actor));
		const unit = await unitOf(conversation);
		await requireOpen(unit, actor);
		const { row, ofReporter } = await openCaseOf(tx, conversation, unit, input as OpeningInput, actor);
		if (conversation.channel === 'whatsapp' && ofReporter) {
			const language = conversation.draft?.language;
			const words = await inLocale(isLocale(language) ? language : baseLocale, () => sent(id, row, unit.timeZone));
			await queueMessage(tx, { ...conversation, caseId: row.id }, { ...words, late: 'template' }, 'sent');
		}
		return row;
	});
}

/**
 * `openFromConversation` in the caller's transaction, for a locked conversation of an office that is open. The case is
 * received at `firstAt`.
 * @param actor the member of staff who decides; null if the person who wrote does, or the address that it came to
 * @param after the last message that is no part of the report
 * @returns the case, and whether the person who wrote is its reporter
 */
export async function openCaseOf(
	tx: Tx,
	{ id, channel, subject, firstAt, ...conversation }: ConversationRow,
	unit: Unit,
	raw: OpeningInput,
	actor: Actor | null,
	after = 0
) {
	const input = checked(openingInput, raw);
	const { body: written, files, ...refused } = await takeContent(tx, id, after);
	const { kind, category, service, identity, body = written } = input;
	const from = await decryptSender(conversation);
	if (!from) throw new NotFound(`sender of conversation ${id}`);
	const sender = contactOf(from);
	const person = { identity, reporter: input.reporter ?? sender };
	const text = [subject, body].join('\n');
	const head = (await referenceData()).officerById.get(unit.headOfficerId ?? '');
	// The office above alone has read these messages. It handles the report until it decides that the head is not meant.
	const isAboutHead = actor === null && conversation.aboutHead && head !== undefined;
	const row = await insertCase(tx, {
		unit,
		named: [
			...(await findNamedOfficers(unit, { text })),
			// The officers named in the messages, even if the person who opens the case writes another text.
			...proposedIn(conversation)
		],
		...(isAboutHead && { handling: await handlingOf(tx, unit, category ?? null, [head.id]) }),
		files: files.map((file) => ({ ...file, public: true })),
		author: actor ?? 'reporter',
		data: { without_code: true, conversation: id, ...refused },
		values: {
			kind,
			category,
			service,
			identity,
			body,
			channel,
			title: cutText(input.title ?? subject ?? '', 100) || null,
			// This receipt is not shown to anyone. A one-time link replaces it.
			receiptHash: receiptHash(randomReceipt()),
			...submissionOf(`conversation/${id}`, { conversation: id, body }),
			...(await reporterColumns(person)),
			receivedAt: firstAt,
			openedAt: now(),
			openedBy: actor?.accountId
		},
		storeMore: async ({ id: caseId }) => {
			await storeMailPreference(tx, caseId, person, 'id');
			const { email } = person.reporter;
			if (!email) return;
			const language = 'id';
			// The sender agreed to e-mails by writing from this address. Staff must have asked for any other one.
			if (email.toLowerCase() === sender.email?.toLowerCase()) {
				const consent = { kind: 'reporter_mail', given: true, language, recordedBy: null } as const;
				return recordConsents(tx, [{ caseId, ...consent, words: m.privacy_words_written({}, { locale: language }) }]);
			}
			const recordedBy = actor?.accountId ?? null;
			await recordGiven(tx, caseId, ['reporter_mail'], { askedBy: 'staff', language, recordedBy });
		}
	});
	const ofReporter = shareContact(sender, person.reporter);
	await storeDecision(tx, id, actor, {
		state: 'case',
		caseId: row.id,
		ofReporter,
		...(identity === 'withheld' && { senderWords: null })
	});
	return { row, ofReporter };
}

/** Whether two people may be one. They are two if both gave a contact and none is the same. */
function shareContact(...people: readonly { email?: string | null; phone?: string | null }[]): boolean {
	const [one, other] = people.map(({ email, phone }) => [email, phone].flatMap((to) => (to ? contactHash(to) : [])));
	return !one?.length || !other?.length || one.some((hash) => other.includes(hash));
}
