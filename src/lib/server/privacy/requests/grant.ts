import { and, asc, eq, isNotNull, isNull, not } from 'drizzle-orm';
import type { z } from 'zod';
import type { decisionInput, RequestKind } from '#lib/privacy/requests.ts';
import { allows } from '#lib/cases/moves.ts';
import { m } from '#lib/paraglide/messages.js';
import { withdrawReporterConsents } from '#lib/server/cases/consents.ts';
import { changeReporterContact, recordGivenContact } from '#lib/server/cases/conversation/contact.ts';
import { closeCase } from '#lib/server/cases/conversation/reporter-reply.ts';
import { lockOtherParts, notDestroyed, type CaseRow, type CaseWithUnit } from '#lib/server/cases/find.ts';
import { archiveNow } from '#lib/server/cases/handling/archive.ts';
import { correctCase } from '#lib/server/cases/handling/correct.ts';
import { updateCase } from '#lib/server/cases/move.ts';
import { recordEvent } from '#lib/server/cases/timeline.ts';
import { hiddenFrom } from '#lib/server/cases/visibility.ts';
import { dropCaseSubscriptions } from '#lib/server/channels/push/subscriptions.ts';
import { now } from '#lib/server/clock.ts';
import type { Tx } from '#lib/server/db/index.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { escalations } from '#lib/server/db/schema/escalations.ts';
import { invalid } from '#lib/server/errors.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { recordConsents, withdrawnIn } from '#lib/server/people/consents.ts';
import type { RequestRow } from './receive.ts';
import { openContent } from './register.ts';

interface Granted {
	/** The changed case. */
	row?: CaseRow;
	/** Facts of the decision for the timeline and the audit log, without personal data. */
	outcome?: Record<string, unknown>;
}
interface Granting {
	actor: Actor;
	request: RequestRow;
	about: CaseWithUnit;
	input: z.output<typeof decisionInput> & { single_signature?: true };
}

/**
 * Does what a granted request asks for. Without a case there is nothing to change here, so the reason says what was
 * done.
 *
 * @throws Invalid `reason_missing` · `correction_nothing`
 */
export async function grantRequest(
	tx: Tx,
	actor: Actor,
	request: RequestRow,
	about: CaseWithUnit | undefined,
	input: Granting['input']
): Promise<Granted> {
	// The confirmation of a new contact by telephone is described in the reason too.
	if ((!about || request.kind === 'contact') && !input.reason) throw invalid('reason', 'reason_missing');
	return about ? GRANTS[request.kind](tx, { actor, request, about, input }) : {};
}

const GRANTS: Record<RequestKind, (tx: Tx, granting: Granting) => Granted | Promise<Granted>> = {
	// The reporter's own page offers the copy at any time.
	access: () => ({}),
	correction: async (tx, { actor, about, input }) => ({
		row: await correctCase(tx, actor, notDestroyed(about), input)
	}),
	restriction: (tx, granting) =>
		inEveryPart(tx, granting, async (row) => ({
			row: await updateCase(tx, row, { processingRestrictedAt: granting.request.decidedAt })
		})),
	consent: (tx, granting) => inEveryPart(tx, granting, (row) => withdrawConsents(tx, granting.request, row)),
	report: withdrawReport,
	contact: async (tx, { actor, request, about }) => ({ row: await useNewContact(tx, request, about, actor) })
};

/** Locks the other parts of a split report, also those that are hidden from the person who decides. */
export const everyOtherPart = (tx: Tx, row: CaseRow): Promise<CaseRow[]> =>
	lockOtherParts(tx, row, isNull(cases.destroyedAt));

/**
 * Changes the report and the other parts of its split, because their reporter is one person. The readers of one part
 * may not see the others, and the person who decides may see none of them. So the timeline of each part has only facts
 * of that part, and the other parts do not get the reason, which is written about the report of the request.
 * `elsewhere` keeps the reporter from getting an e-mail about each part.
 */
async function inEveryPart(
	tx: Tx,
	{ actor, request: { number, kind }, about }: Granting,
	change: (row: CaseRow) => Promise<Granted & { row: CaseRow }>
): Promise<Granted> {
	for (const part of await everyOtherPart(tx, about.row)) {
		const { row, outcome } = await change(part);
		const data = { number, kind, outcome: 'granted', elsewhere: true, ...outcome };
		await recordEvent(tx, row, { type: 'data_decided', author: actor, public: true, data });
	}
	return change(about.row);
}

/**
 * Ends the consents, and the news by chat, for future steps. Names the reports that SP4N-LAPOR! already has, which stay
 * there.
 */
async function withdrawConsents(tx: Tx, { recordedBy }: RequestRow, row: CaseRow) {
	const sent = await tx
		.select({ id: escalations.laporId })
		.from(escalations)
		.where(and(eq(escalations.caseId, row.id), isNotNull(escalations.laporId)))
		.orderBy(asc(escalations.nn));
	const words = m.request_hint_consent({}, { locale: 'id' });
	const asked = { words, language: 'id' as const, recordedBy };
	const kinds = ['reporter_mail', 'lapor_identity', 'publication'] as const;
	const withdrawn = await withdrawReporterConsents(tx, row, kinds, asked);
	const record = (kind: 'reporter_push' | 'reporter_chat') =>
		recordConsents(tx, [{ caseId: row.id, kind, given: false, ...asked }]);
	if (await dropCaseSubscriptions(tx, row.id)) await record('reporter_push');
	const byChat = row.channel === 'whatsapp' || row.channel === 'sms';
	if (byChat && !(await withdrawnIn(tx, 'reporter_chat', [row.id])).has(row.id)) await record('reporter_chat');
	return { row: await updateCase(tx, withdrawn), outcome: { sent: sent.map(({ id }) => id) } };
}

/**
 * Archives an open case as withdrawn by its reporter, and closes an answered one, so that its reporter is not asked for
 * a score. The data stays until its retention period ends (UU 27/2022 Pasal 15).
 */
async function withdrawReport(tx: Tx, { actor, request, about, input }: Granting): Promise<Granted> {
	const row = await updateCase(tx, about.row);
	if (row.status === 'answered') return { row: await closeCase(tx, { row, unit: about.unit }, 'system') };
	if (!allows('archive', row.status)) return { row };
	const singleSignature = input.single_signature === true;
	// Anybody can ask at the counter. Against such a withdrawal the reporter may object.
	const byReporter = request.via === 'tracking';
	const archiving = { archiveReason: 'withdrawn' as const, body: input.reason ?? '', singleSignature, byReporter };
	return { row: await archiveNow(tx, actor, { row, unit: about.unit }, archiving) };
}

/**
 * Stores the contact of a request. If the previous contact did not confirm it by the link, the previous e-mail address
 * is notified at once, as for every contact that staff record.
 * @param writtenBy who decided, if the previous contact did not confirm it
 */
export async function useNewContact(
	tx: Tx,
	{ contentSealed }: RequestRow,
	about: CaseWithUnit,
	writtenBy?: Actor
): Promise<CaseRow> {
	const caseWithUnit = notDestroyed(about);
	const { email, phone, lost } = await openContent(contentSealed);
	const contact = { email, phone, lost };
	// Also in parts of other offices: the reporter asked for it, and who decides a request may see no case at all.
	if (writtenBy)
		return recordGivenContact(tx, caseWithUnit, contact, { at: now(), writtenBy }, not(hiddenFrom(writtenBy)));
	return changeReporterContact(tx, caseWithUnit.row, contact, { at: now() });
}
