import type { IncomingMessage } from 'node:http';
import { HOOK_BODY, MAX_TEXT_BYTES, MOST_READ_BYTES, SMALL_BODY } from './limits.ts';

/** Bytes of a form without files: the largest text of a form with each byte written as `%XX`. */
const MAX_TEXT_FORM_BYTES = 3 * MAX_TEXT_BYTES;

type Head = Pick<IncomingMessage, 'method' | 'url' | 'headers'>;

export const isBodyless = ({ method }: Head): boolean => method === 'GET' || method === 'HEAD';

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
