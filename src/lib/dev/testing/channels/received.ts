import { pushPayload, type PushPayload } from '#lib/server/channels/push/push-words.ts';
import { smsTexts } from '#lib/server/channels/sms/connect.ts';
import { referenceData } from '#lib/server/reference/reference.ts';
import { locales } from '#lib/paraglide/runtime.js';
import { parseReceipt } from '#lib/text/receipt-format.ts';

/*
 * Searches of everything that the test services of a file received. Each returns the messages that say more than they
 * may.
 */

/** Push messages that are not, character by character, the fixed one of their kind. */
export const pushesOutsideFixedTexts = (texts: readonly string[]): string[] =>
	texts.filter((text) => {
		const { kind } = JSON.parse(text) as PushPayload;
		return !/^[a-z_]+$/.test(kind) || !locales.some((locale) => text === JSON.stringify(pushPayload(kind, locale)));
	});

/** SMS that are not one of the fixed texts of an office. */
export async function smsOutsideFixedTexts(texts: readonly string[]): Promise<string[]> {
	const fixed = (await referenceData()).units.flatMap((unit) => smsTexts(unit).map(({ text }) => text));
	return texts.filter((text) => !fixed.includes(text));
}

/** Not within the secret part of a link, which may look like one by chance. */
const RECEIPT_SHAPED = /(?<![\w-])[0-9a-z]{4}(?:-?[0-9a-z]{4}){3}-?[0-9a-z](?![\w-])/gi;
const hasReceipt = (text: string) => text.match(RECEIPT_SHAPED)?.some((one) => 'ok' in parseReceipt(one)) ?? false;

/** A message to a phone on WhatsApp, as the service received it. */
interface SentMessage {
	to?: string;
	template?: Record<string, unknown>;
}

/**
 * Messages on WhatsApp with a receipt or one of `words`, and templates with more than their name and language. The
 * receiver's number is no part of the message.
 */
export const tellingMessages = (messages: readonly unknown[], words: readonly string[] = []): unknown[] =>
	(messages as SentMessage[]).filter(({ to: _, ...message }) => {
		// The letter of an escaped line break would touch a receipt at the start of the next line.
		const text = JSON.stringify(message)
			.replace(/\\[nrt]/g, ' ')
			.toLowerCase();
		const parts = Object.keys(message.template ?? {});
		return (
			hasReceipt(text) ||
			words.some((word) => text.includes(word.toLowerCase())) ||
			parts.some((part) => part !== 'name' && part !== 'language')
		);
	});
