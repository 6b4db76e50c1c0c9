import { invalid } from '#lib/server/errors.ts';
import { MAX_FIELDS, SMALL_BODY } from '#lib/server/uploads/limits.ts';
import { storableText } from '#lib/text/storable-text.ts';
import {
	BodyTooLarge,
	bodyWithin,
	checkName,
	isTooLarge,
	MAX_DEPTH,
	refuseTooLarge,
	UNSAFE_NAMES
} from './body-limits.ts';

/**
 * The JSON body of a call, to be checked by a schema.
 *
 * @throws Invalid `json_unreadable` · an HTTP 413 problem above the limits of `body-limits.ts`
 */
export async function jsonBody(request: Request): Promise<unknown> {
	try {
		// Other encodings than UTF-8 would be stored with replacement characters.
		const text = new TextDecoder('utf-8', { fatal: true }).decode(await bodyWithin(request, SMALL_BODY));
		checkShape(text);
		return JSON.parse(text, storable);
	} catch (cause) {
		if (isTooLarge(cause)) refuseTooLarge();
		throw invalid('', 'json_unreadable');
	}
}

/** Counts levels and values before the text is parsed. @throws BodyTooLarge */
function checkShape(text: string): void {
	let depth = 0;
	let values = 1;
	let quoted = false;
	for (let at = 0; at < text.length; at++) {
		const sign = text[at];
		if (quoted) {
			if (sign === '\\') at += 1;
			else if (sign === '"') quoted = false;
		} else if (sign === '"') quoted = true;
		else if (sign === '{' || sign === '[') depth += 1;
		else if (sign === '}' || sign === ']') depth -= 1;
		else if (sign === ',') values += 1;
		if (depth > MAX_DEPTH || values > MAX_FIELDS) throw new BodyTooLarge();
	}
}

/**
 * Makes texts storable, as those of a form. Drops unsafe names, and members that are null: many programs write null for
 * an absent value, and no operation uses null otherwise.
 */
function storable(this: unknown, key: string, value: unknown): unknown {
	checkName(key);
	if (UNSAFE_NAMES.has(key) || (value === null && key !== '' && !Array.isArray(this))) return undefined;
	return typeof value === 'string' ? storableText(value) : value;
}
