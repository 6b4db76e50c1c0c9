import { and, eq, gt, not } from 'drizzle-orm';
import { HOUR_MS, MINUTE_MS } from '#lib/calendar/durations.ts';
import type { TimelineType } from '#lib/cases/vocabulary.ts';
import { fromNow, now } from '#lib/server/clock.ts';
import { db, oneRow, transaction, type Tx } from '#lib/server/db/index.ts';
import { cases, timeline } from '#lib/server/db/schema/cases.ts';
import { NotAllowed, invalid } from '#lib/server/errors.ts';
import { keyedHash, randomSecret, sha256Hex } from '#lib/server/keys.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { recordChange } from '#lib/server/people/audit.ts';
import { isInTrial } from '#lib/server/people/units/trial.ts';
import { casesWithUnit, lockCase, lockOtherParts, notDestroyed, type CaseRow } from './find.ts';
import { changeCase, updateCase } from './move.ts';
import { randomReceipt, receiptHash, receiptOf } from './receipt.ts';
import { recordEvent, recordEvents, type Author } from './timeline.ts';
import { visibleTo } from './visibility.ts';

/*
 * One-time links by which reporters read their receipt, for example after a report by phone or if they lost it. The
 * receipt itself is stored nowhere, so the link derives a new one from its secret when it is used. Until then an earlier
 * receipt stays valid.
 */

/** Hours for which a link works: enough to reach a reporter on the next day. */
const LINK_HOURS = 48;
/** Minutes for which a used link gives the same receipt again, to a reporter whose connection broke. */
const RETRY_MINUTES = 10;

/** Removes the link: when the receipt is replaced, or if the link may have gone to a wrong number. */
export const NO_RECEIPT_LINK = { receiptLinkHash: null, receiptLinkExpiresAt: null };

/** Secret of `/terima/<token>`, of which only the hash is stored, and when it expires. */
export interface ReceiptLink {
	token: string;
	expiresAt: Date;
}

/** Whether nobody ever got the receipt: staff recorded the report without the reporter, and no link was used. */
export const neverHandedOver = (entries: readonly { type: TimelineType; data: Record<string, unknown> }[]): boolean =>
	entries.some(({ data }) => data.without_code === true) && !entries.some(({ type }) => type === 'receipt_renewed');

/** The types and data of a case's entries, as `neverHandedOver` needs them. */
export const entryData = (tx: Tx, caseId: number) =>
	tx.select({ type: timeline.type, data: timeline.data }).from(timeline).where(eq(timeline.caseId, caseId));

/**
 * Whether staff may make a link: for a named reporter, also without a contact, and for an anonymous report whose writer
 * never got a receipt and did not drop it into a box. Never for a withheld name, which the page behind the receipt
 * shows to anyone who opens it. Reports that LAPOR passed to the office have their reporter there.
 */
export function mayLinkReceipt(row: CaseRow, entries: Parameters<typeof neverHandedOver>[0]): boolean {
	const { channel, identity } = row;
	if (channel === 'lapor' || identity === 'withheld') return false;
	return identity === 'named' || (channel !== 'box' && neverHandedOver(entries));
}

/**
 * Makes the link of a locked case; an earlier one stops working. The caller decides who may see it. The version stays,
 * because a link changes nothing that anybody at the desk decides about.
 */
async function issueReceiptLink(tx: Tx, row: CaseRow, author: Author, token = randomSecret()): Promise<ReceiptLink> {
	const expiresAt = fromNow(LINK_HOURS * HOUR_MS);
	const link = { receiptLinkHash: sha256Hex(token), receiptLinkExpiresAt: expiresAt };
	await tx.update(cases).set(link).where(eq(cases.id, row.id));
	await recordEvent(tx, row, { type: 'receipt_linked', author, public: true });
	return { token, expiresAt };
}

/**
 * Refuses a new receipt or link if the actor may not see another part of the split report, for example one that was
 * handed over to another office, because the receipt opens all parts. @throws Invalid `receipt_part_hidden`
 */
export async function requireNoHiddenPart(tx: Tx, actor: Actor, row: CaseRow): Promise<void> {
	if ((await lockOtherParts(tx, row, not(visibleTo(actor)))).length > 0) throw invalid('', 'receipt_part_hidden');
}

/**
 * Makes a link that a handler sends or prints. The reporter sees in the timeline that it was made.
 * @returns also whether it opens a restricted report, whose link is not sent by WhatsApp
 * @throws NotFound if the actor may not see the case · Invalid `receipt_link_refused` · `receipt_part_hidden`
 */
export const makeReceiptLink = (actor: Actor, reference: string): Promise<ReceiptLink & { restricted: boolean }> =>
	changeCase(actor, reference, undefined, async (tx, { row, unit }) => {
		if (!mayLinkReceipt(row, await entryData(tx, row.id))) throw invalid('', 'receipt_link_refused');
		await requireNoHiddenPart(tx, actor, row);
		await recordChange(tx, actor, { unitId: unit.id, action: 'receipt.linked', subject: row.reference });
		return { ...(await issueReceiptLink(tx, row, actor)), restricted: await opensRestricted(tx, row) };
	});

/** Whether the receipt of a case opens a restricted report: the case itself or another part of a split report. */
export const opensRestricted = async (tx: Tx, row: CaseRow): Promise<boolean> =>
	row.restricted || (await lockOtherParts(tx, row, eq(cases.restricted, true))).length > 0;

/**
 * The link in the confirmation of a report that came by e-mail, or that a reporter asks for in a chat. Its secret is derived
 * from the id of the e-mail or message, so that each attempt to send it makes the same link, and no row contains it.
 * @param by with `chat`, a restricted report gets no link: the person who runs the connection could open it
 * @returns undefined if the reporter of this case gets no link
 */
export const linkForMessage = (
	caseId: number,
	messageId: string,
	by: 'chat' | 'email'
): Promise<ReceiptLink | undefined> =>
	transaction(async (tx) => {
		const { row } = await lockCase(tx, caseId);
		if (row.destroyedAt || !mayLinkReceipt(row, await entryData(tx, caseId))) return undefined;
		if (by === 'chat' && (await opensRestricted(tx, row))) return undefined;
		const token = keyedHash('receipt-message', messageId).toString('base64url');
		const { receiptLinkHash, receiptLinkExpiresAt: expiresAt } = row;
		if (receiptLinkHash === sha256Hex(token) && expiresAt) return { token, expiresAt };
		return issueReceiptLink(tx, row, 'system', token);
	});

/**
 * Replaces the receipt of a locked case. The receipts and links of the other parts of a split report end too, because each
 * opens all parts.
 */
export async function replaceReceipt(
	tx: Tx,
	before: CaseRow,
	receipt: string,
	author: Author,
	link: Partial<Pick<CaseRow, keyof typeof NO_RECEIPT_LINK>> = NO_RECEIPT_LINK
): Promise<CaseRow> {
	const row = await updateCase(tx, before, { ...link, receiptHash: receiptHash(receipt) });
	const changed = [row];
	for (const part of await lockOtherParts(tx, before))
		changed.push(await updateCase(tx, part, { ...NO_RECEIPT_LINK, receiptHash: receiptHash(randomReceipt()) }));
	// `elsewhere` keeps the reporter from being notified once for each part.
	const eventOf = (one: CaseRow) => ({
		type: 'receipt_renewed' as const,
		author,
		public: true,
		data: one === row ? undefined : { elsewhere: true }
	});
	await recordEvents(
		tx,
		changed.map((one) => ({ row: one, event: eventOf(one) }))
	);
	return row;
}

const isUsable = (token: string) =>
	and(eq(cases.receiptLinkHash, sha256Hex(token)), gt(cases.receiptLinkExpiresAt, now()));

/**
 * The office of a link. Opening the page uses nothing up, because programs that check links open each one.
 * @throws NotFound if the link is unknown, used, replaced or expired
 */
export async function officeOfReceiptLink(token: string): Promise<{ name: string }> {
	const found = await casesWithUnit(db()).where(isUsable(token)).then(oneRow);
	return { name: found.unit.name };
}

/**
 * Uses the link up and replaces the receipt. For some minutes it gives the same receipt again.
 * @param by who is signed in: staff would act as the reporter, which is only right in practice
 * @returns the new receipt, which is stored nowhere
 * @throws NotFound if the link is unknown, used, replaced or expired · NotAllowed `receipt_link_staff`
 */
export const useReceiptLink = (token: string, by: Actor | null = null): Promise<string> =>
	transaction(async (tx) => {
		const found = await casesWithUnit(tx).where(isUsable(token)).for('update', { of: cases }).then(oneRow);
		const { row: before, unit } = notDestroyed(found);
		if (by && !isInTrial(unit)) throw new NotAllowed('receipt_link_staff');
		const receipt = receiptOf(token);
		if (before.receiptHash === receiptHash(receipt)) return receipt;
		const retryUntil = fromNow(RETRY_MINUTES * MINUTE_MS);
		await replaceReceipt(tx, before, receipt, 'reporter', { receiptLinkExpiresAt: retryUntil });
		return receipt;
	});
