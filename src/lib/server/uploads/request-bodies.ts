import type { IncomingMessage } from 'node:http';
import { HOOK_BODY, MAX_FORM_BYTES, MAX_TEXT_BYTES, MOST_READ_BYTES, SMALL_BODY } from './limits.ts';

/** Bytes of a form without files: the largest text of a form with each byte written as `%XX`. */
const MAX_TEXT_FORM_BYTES = 3 * MAX_TEXT_BYTES;
const MEGABYTE = 1024 * 1024;

type Head = Pick<IncomingMessage, 'method' | 'url' | 'headers'>;

const isBodyless = ({ method }: Head): boolean => method === 'GET' || method === 'HEAD';

const hasType = (request: Head, type: RegExp) =>
	type.test(request.headers['content-type'] ?? '') && !isBodyless(request);
const isUpload = (request: Head) => hasType(request, /^multipart\/form-data/i);
const isTextForm = (request: Head) => hasType(request, /^application\/x-www-form-urlencoded/i);

/**
 * A call by WhatsApp or an SMS gateway. Its route reads the raw body, even if that is a form. SvelteKit matches the path of
 * the parsed address, in which `/api/hooks/../../lacak` is `/lacak`, so this does too.
 */
const isHook = ({ url }: Head) => URL.parse(`http://x${url}`)?.pathname.startsWith('/api/hooks/') === true;

const isLarge = ({ headers }: Head) => !(Number(headers['content-length'] ?? Infinity) <= SMALL_BODY);

/** Whether the body is a form for the pages that is large or of unknown length. */
export const isLargeForm = (request: Head): boolean =>
	(isUpload(request) || isTextForm(request)) && !isHook(request) && isLarge(request);

/** Whether the body is a call by WhatsApp or an SMS gateway that is large or of unknown length. */
export const isLargeHook = (request: Head): boolean => !isBodyless(request) && isHook(request) && isLarge(request);

/** The largest accepted body, and whether its bytes are counted while they are read, so that its length may be unknown. */
export function bodyRule(request: Head): { limit: number; isCounted: boolean } {
	if (isHook(request)) return { limit: HOOK_BODY, isCounted: true };
	if (isUpload(request)) return { limit: MOST_READ_BYTES, isCounted: true };
	if (isTextForm(request)) return { limit: MAX_TEXT_FORM_BYTES, isCounted: false };
	return { limit: SMALL_BODY, isCounted: hasType(request, /^application\/json/i) };
}

/** The status of a refusal, and its words in both languages. */
export interface BodyRefusal {
	status: number;
	id: string;
	en: string;
}

/** Why a body is refused before it is read; undefined if it is not. */
export function refusalOf(request: Head): BodyRefusal | undefined {
	if (isBodyless(request)) return undefined;
	const { limit, isCounted } = bodyRule(request);
	const { 'content-length': length, 'transfer-encoding': transfer, 'content-encoding': coding } = request.headers;
	// Other values are ignored, because some programs name a charset there.
	if (coding && /\b(?:gzip|deflate|compress|br|zstd)\b/i.test(coding))
		return {
			status: 415,
			id: 'Kiriman ini dikompresi. Kirim tanpa kompresi (Content-Encoding).',
			en: 'The body is compressed. Send it without compression (Content-Encoding).'
		};
	if (length === undefined && transfer && !isCounted)
		return {
			status: 411,
			id: 'Kiriman ini tidak menyebutkan panjangnya. Kirim dengan Content-Length.',
			en: 'The body does not say its length. Send it with a Content-Length.'
		};
	if (Number(length ?? 0) <= limit) return undefined;
	// Above the limit of a form with its files, only the text is read, so that the page can show it again.
	const bytes = Math.min(limit, MAX_FORM_BYTES);
	const most = bytes < MEGABYTE ? `${Math.floor(bytes / 1024)} kB` : `${Math.floor(bytes / MEGABYTE)} MB`;
	return {
		status: 413,
		id: `Kiriman ini terlalu besar (paling besar ${most}). Kurangi teks atau berkasnya, lalu kirim lagi.`,
		en: `This is too large to send (at most ${most}). Shorten the text or remove files, then send it again.`
	};
}
