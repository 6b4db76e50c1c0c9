import { and, eq, ne, sql, type SQL } from 'drizzle-orm';
import { z } from 'zod';
import type { RecordInput } from '#lib/cases/record-input.ts';
import { requiredText, submissionId } from '#lib/cases/schema.ts';
import { CONTACT_WAYS } from '#lib/cases/vocabulary.ts';
import { checked } from '#lib/server/checked.ts';
import type { Tx } from '#lib/server/db/index.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { conversations } from '#lib/server/db/schema/channels.ts';
import { invalid } from '#lib/server/errors.ts';
import { enqueue } from '#lib/server/jobs/queue.ts';
import { encryptText } from '#lib/server/keys.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { recordChange } from '#lib/server/people/audit.ts';
import { recordGiven } from '../consents.ts';
import { lockOtherParts, type CaseRow, type CaseWithUnit } from '../find.ts';
import { changeCase, updateCase } from '../move.ts';
import { randomReceipt } from '../receipt.ts';
import { NO_RECEIPT_LINK, replaceReceipt, requireNoHiddenPart } from '../receipt-link.ts';
import { changeMailAddress, dropMailAddress, warningPreferenceOf } from '../mail-preference.ts';
import { isContactOf, decryptReporter, reporterColumns } from '../reporter.ts';
import { recordEvent, type Spoken } from '../timeline.ts';
import { alreadyRecorded, formHash, storeMessage } from './message.ts';
import { contactOf, decryptSender } from './sender.ts';

/** A new contact of the reporter. What is absent stays as it is, unless the former contact is not the reporter's. */
type NewContact = Pick<RecordInput, 'phone' | 'email'> & { lost?: boolean };

const contactInput = z.object({
	by: z.enum(CONTACT_WAYS, { error: 'contact_by_invalid' }),
	note: z.string().trim().max(500, 'note_long').optional(),
	submission_id: submissionId.optional()
});

/**
 * Records "Sudah dihubungi lewat …": who contacted the reporter outside the site, and how. A form that is sent twice is
 * recorded once.
 * @throws Conflict `submission-reused` if the same form came back with other content
 */
export async function recordContact(actor: Actor, reference: string, raw: unknown): Promise<CaseRow> {
	const { submission_id, ...content } = checked(contactInput, raw);
	const { by, note } = content;
	return changeCase(actor, reference, undefined, async (tx, { row: before }) => {
		const submission = submission_id && formHash(`contact/${before.id}/${submission_id}`, content);
		if (submission && (await alreadyRecorded(tx, before.id, submission))) return before;
		const row = await updateCase(tx, before);
		if (note) {
			const stored = { author: 'staff' as const, accountId: actor.accountId, public: false, body: note };
			const { id: message } = await storeMessage(tx, row, stored);
			await recordEvent(tx, row, { type: 'note', author: actor, public: false, data: { message } });
		}
		await recordEvent(tx, row, { type: 'contacted', author: actor, public: true, data: { by, submission } });
		return row;
	});
}

/**
 * Stores a new phone number or e-mail address of a reporter, encrypted, in the parts of a split report that fulfil
 * `which`. A part that the writer may not see keeps its contact, because e-mails to the new address could show the
 * writer that the part exists and what the office answers. It loses a contact that is not the reporter's, because a
 * removal shows nothing. Chats of a former number are locked, and open again if it is corrected back. If the reporter
 * confirms a new contact through the current one, there is no writer. The timeline of each part names the changed field,
 * never its value.
 *
 * @throws Invalid `record_no_contact` if the report is anonymous
 */
export async function changeReporterContact(
	tx: Tx,
	before: CaseRow,
	contact: NewContact,
	spoken: Spoken,
	which?: SQL
): Promise<CaseRow> {
	const row = await changeContactOf(tx, before, contact, spoken);
	if (!row) throw invalid('kind', 'record_no_contact');
	const parts = await lockOtherParts(tx, before, contact.lost ? undefined : which);
	const shown = which && contact.lost ? await lockOtherParts(tx, before, which) : parts;
	for (const part of parts) {
		const isShown = shown.some(({ id }) => id === part.id);
		await changeContactOf(tx, part, isShown ? contact : { lost: true }, spoken);
	}
	return row;
}

/**
 * Stores a contact that a caller or visitor gave to staff. The reporter has not confirmed it from the former contact, so
 * the former e-mail address gets an e-mail at once, unless its owner stopped e-mails. The change is also in the audit log.
 */
export async function recordGivenContact(
	tx: Tx,
	{ row: before, unit }: CaseWithUnit,
	contact: NewContact,
	spoken: Spoken & { writtenBy: Actor },
	which: SQL
): Promise<CaseRow> {
	const former = (await decryptReporter(before.reporterSealed))?.email;
	const preference = await warningPreferenceOf(tx, before.id);
	const row = await changeReporterContact(tx, before, contact, spoken, which);
	const entry = { unitId: unit.id, action: 'identity.contact_recorded' as const, subject: row.reference };
	await recordChange(tx, spoken.writtenBy, entry);
	if (former && preference) {
		const to = await encryptText(former);
		await enqueue(tx, 'contact-recorded', { caseId: row.id, version: row.version, to, language: preference.language });
	}
	return row;
}

async function changeContactOf(
	tx: Tx,
	before: CaseRow,
	{ phone, email, lost }: NewContact,
	{ writtenBy, data }: Spoken
): Promise<CaseRow | undefined> {
	const known = await decryptReporter(before.reporterSealed);
	if (!known) return undefined;
	const kept = lost ? { phone: null, email: null } : known;
	const reporter = { ...known, phone: phone ?? kept.phone, email: email ?? kept.email };
	const { reporterHash, ...columns } = await reporterColumns({ identity: before.identity, reporter });
	// Unless the contact was another person's, the hash stays, so that earlier reports still belong to the same person.
	const samePerson = lost ? null : before.reporterHash;
	const changes = { ...columns, ...NO_RECEIPT_LINK, reporterHash: samePerson ?? reporterHash };
	// In the commit of the new number: before a job ran, the person at the former number could read an answer in that chat
	// or ask for the code there.
	const locks = phone || lost ? { formerChats: await formerChatsOf(tx, { ...before, ...columns }) } : {};
	const row = await updateCase(tx, before, { ...changes, ...locks });
	if (lost && !email) await dropMailAddress(tx, row.id);
	if (email && (await changeMailAddress(tx, row.id, email, lost))) {
		const recordedBy = writtenBy?.accountId ?? null;
		const asked = { askedBy: writtenBy ? 'staff' : 'form', language: 'id', recordedBy } as const;
		await recordGiven(tx, row.id, ['reporter_mail'], asked);
	}
	const isLost = (field: 'phone' | 'email') => lost && known[field];
	const changed = [...(phone || isLost('phone') ? ['phone'] : []), ...(email || isLost('email') ? ['email'] : [])];
	const entry = { type: 'contact_changed' as const, public: true, data: { ...data, changed } };
	await recordEvent(tx, row, { ...entry, author: writtenBy ?? 'reporter' });
	return row;
}

/** The reporter's chats in a case whose number is not a contact of the reporter. */
async function formerChatsOf(tx: Tx, row: CaseRow): Promise<number[]> {
	const { caseId, ofReporter, channel } = conversations;
	const chats = and(eq(caseId, row.id), ofReporter, ne(channel, 'email'));
	const former: number[] = [];
	for (const chat of await tx.select().from(conversations).where(chats)) {
		const sender = await decryptSender(chat);
		const phone = sender && contactOf(sender).phone;
		if (phone && !(await isContactOf(row, phone))) former.push(chat.id);
	}
	return former;
}

/** Closes the copies of former chats in a part of a split report, whose row is locked, unless it still has their number. */
export async function lockFormerChats(tx: Tx, part: CaseRow): Promise<void> {
	const formerChats = await formerChatsOf(tx, part);
	await tx.update(cases).set({ formerChats }).where(eq(cases.id, part.id));
}

/** Opens the chat of a former number, whose person has shown the receipt. */
export async function openFormerChat(tx: Tx, caseId: number, chatId: number): Promise<void> {
	const formerChats = sql`array_remove(${cases.formerChats}, ${chatId}::bigint)`;
	const isFormer = and(eq(cases.id, caseId), sql`${chatId}::bigint = any(${cases.formerChats})`);
	await tx.update(cases).set({ formerChats }).where(isFormer);
}

const renewalInput = z.object({
	/** How the person showed that the report is theirs. */
	reason: requiredText(10, 500, 'reason')
});

/**
 * Gives a named reporter who lost the receipt a new one, at the counter or through the known contact. The old one
 * becomes invalid, as do those of other parts of a split report.
 *
 * @returns the new receipt, which is shown once and never stored
 * @throws Invalid `renewal_only_named` · `receipt_part_hidden`
 */
export async function renewReceipt(actor: Actor, reference: string, raw: unknown): Promise<string> {
	const { reason } = checked(renewalInput, raw);
	const receipt = randomReceipt();
	return changeCase(actor, reference, undefined, async (tx, { row: before, unit }) => {
		if (before.identity !== 'named') throw invalid('', 'renewal_only_named');
		await requireNoHiddenPart(tx, actor, before);
		const row = await replaceReceipt(tx, before, receipt, actor);
		await recordChange(tx, actor, { unitId: unit.id, action: 'receipt.renewed', subject: row.reference, reason });
		return receipt;
	});
}
