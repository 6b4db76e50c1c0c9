import { and, eq, gt } from 'drizzle-orm';
import { HOUR_MS } from '#lib/calendar/durations.ts';
import { DESK_CHANNELS, type TimelineType } from '#lib/cases/vocabulary.ts';
import { now } from '#lib/server/clock.ts';
import { db, transaction, type Tx } from '#lib/server/db/index.ts';
import { cases, timeline } from '#lib/server/db/schema/cases.ts';
import { Invalid, NotFound } from '#lib/server/errors.ts';
import { randomSecret, sha256Hex } from '#lib/server/keys.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { recordChange } from '#lib/server/people/audit.ts';
import { casesWithUnit, notDestroyed, type CaseRow } from './find.ts';
import { changeCase, updateCase } from './move.ts';
import { randomReceipt, receiptHash } from './receipt-hash.ts';
import { recordEvent, type Author } from './timeline.ts';

/*
 * One-time links by which reporters read their receipt, for example after a report by phone. The receipt itself is stored
 * nowhere, so the link creates a new one when it is used. Until then an earlier receipt stays valid.
 */

/** Hours for which a link works: enough to reach a reporter on the next day. */
const LINK_HOURS = 48;

/** Secret of `/terima/<token>`, of which only the hash is stored, and when it expires. */
export interface ReceiptLink {
	token: string;
	expiresAt: Date;
}

/** Whether nobody ever got the receipt: staff recorded the report without the reporter, and no link was used. */
export const neverHandedOver = (entries: readonly { type: TimelineType; data: Record<string, unknown> }[]): boolean =>
	entries.some(({ data }) => data.without_code === true) && !entries.some(({ type }) => type === 'receipt_renewed');

/**
 * Whether staff may make a link. Never for a withheld name, which the page behind the receipt shows to anyone who opens
 * it, and never for a nameless report whose writer may already have a receipt or dropped it into a box.
 */
export function mayLinkReceipt(row: CaseRow, entries: Parameters<typeof neverHandedOver>[0]): boolean {
	const { channel, identity } = row;
	const recorded = channel !== 'lapor' && DESK_CHANNELS.some((one) => one === channel);
	if (!recorded || identity === 'withheld') return false;
	return identity === 'named' || (channel !== 'box' && neverHandedOver(entries));
}

/** Makes the link of a locked case; an earlier one stops working. The caller decides who may see it. */
async function issueReceiptLink(tx: Tx, before: CaseRow, author: Author): Promise<ReceiptLink> {
	const token = randomSecret();
	const expiresAt = new Date(now().getTime() + LINK_HOURS * HOUR_MS);
	const row = await updateCase(tx, before, { receiptLinkHash: sha256Hex(token), receiptLinkExpiresAt: expiresAt });
	await recordEvent(tx, row, { type: 'receipt_linked', author, public: true });
	return { token, expiresAt };
}

/**
 * Makes a link that a handler sends by WhatsApp or prints. The reporter sees in the timeline that it was made.
 * @throws NotFound if the actor may not see the case · Invalid `receipt_link_refused`
 */
export const makeReceiptLink = (actor: Actor, reference: string): Promise<ReceiptLink> =>
	changeCase(actor, reference, undefined, async (tx, { row, unit }) => {
		const { type, data } = timeline;
		const entries = await tx.select({ type, data }).from(timeline).where(eq(timeline.caseId, row.id));
		if (!mayLinkReceipt(row, entries)) throw new Invalid([{ path: '', code: 'receipt_link_refused' }]);
		await recordChange(tx, actor, { unitId: unit.id, action: 'receipt.linked', subject: row.reference });
		return issueReceiptLink(tx, row, actor);
	});

const isUsable = (token: string) =>
	and(eq(cases.receiptLinkHash, sha256Hex(token)), gt(cases.receiptLinkExpiresAt, now()));

/**
 * The office of a link. Opening the page uses nothing up, because programs that check links open each one.
 * @throws NotFound if the link is unknown, used, replaced or expired
 */
export async function officeOfReceiptLink(token: string): Promise<{ name: string }> {
	const [found] = await casesWithUnit(db()).where(isUsable(token));
	if (!found) throw new NotFound('receipt link');
	return { name: found.unit.name };
}

/**
 * Uses the link up and replaces the receipt. Of several concurrent requests exactly one succeeds.
 * @returns the new receipt, which is stored nowhere
 * @throws NotFound if the link is unknown, used, replaced or expired
 */
export const useReceiptLink = (token: string): Promise<string> =>
	transaction(async (tx) => {
		const [found] = await casesWithUnit(tx).where(isUsable(token)).for('update', { of: cases });
		if (!found) throw new NotFound('receipt link');
		const receipt = randomReceipt();
		const used = { receiptHash: receiptHash(receipt), receiptLinkHash: null, receiptLinkExpiresAt: null };
		const row = await updateCase(tx, notDestroyed(found).row, used);
		await recordEvent(tx, row, { type: 'receipt_renewed', author: 'reporter', public: true });
		return receipt;
	});
