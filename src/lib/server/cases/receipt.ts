import { randomBytes } from 'node:crypto';
import { parseReceipt, receiptFromBytes } from '#lib/text/receipt-format.ts';
import { keyedHash, keyedHex } from '#lib/server/keys.ts';

/**
 * Derives the receipt from a submission id or the token of a link, so that a retry gets the same receipt without
 * storing it.
 */
export function receiptOf(secret: string): string {
	return receiptFromBytes(keyedHash('receipt', secret).subarray(0, 10));
}

/**
 * Derives the receipt of a report that staff record, so that a form that is sent twice gets the same one. Staff know
 * the submission id. The receipt therefore has its own key and depends on the account: neither a colleague nor the
 * citizens' form can get it.
 *
 * @param handedOver the reporter was present. A form that is sent again with the other choice gets no receipt
 */
export function deskReceiptOf(submissionId: string, accountId: string | null, handedOver: boolean): string {
	const parts = [accountId, handedOver, submissionId];
	return receiptFromBytes(keyedHash('desk-receipt', parts.join('/')).subarray(0, 10));
}

/** A random receipt. Unlike the others, it can't be computed from a form. */
export const randomReceipt = (): string => receiptFromBytes(randomBytes(10));

/** The stored hash of a receipt. */
export const receiptHash = (receipt: string): string => keyedHex('receipt-hash', receipt);

/** A receipt as it is written: groups of four characters, with or without separators, also over two lines. */
const RECEIPTS = /\b[0-9a-z]{4}(?:[\s\p{Pd}\p{Cf}.]{0,3}[0-9a-z]{4}){3}[\s\p{Pd}\p{Cf}.]{0,3}[0-9a-z]\b/giu;

/**
 * The secret part of a link that shows a receipt, stops e-mails, confirms a contact or sets a password. People quote
 * e-mails with such links. Some mail programs replace them by addresses of their own, in which slashes are encoded.
 */
const LINK_TOKENS = /((?:\/|%2f)(?:terima|surel|sandi|lacak(?:\/|%2f)kontak)(?:\/|%2f))[\w-]{20,}/gi;

/** Replaces the receipts and secret links in a text that will be stored. @returns also the hash of the first receipt */
export function withoutReceipts(text: string): { text: string; hash?: string } {
	let hash: string | undefined;
	const cleaned = text.replace(LINK_TOKENS, '$1•••').replace(RECEIPTS, (typed) => {
		const parsed = parseReceipt(typed);
		if (!('ok' in parsed)) return typed;
		hash ??= receiptHash(parsed.ok);
		return '•••';
	});
	return { text: cleaned, hash };
}
