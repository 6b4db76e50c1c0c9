import { storableText } from '#lib/text/storable-text.ts';

/** Levels of nesting. No real response has more, and neither the database nor recursive code could handle it. */
const DEPTH = 100;

type Clean = (text: string) => string;

/** Cleans all texts and keys in a value. @throws RangeError if the value is nested too deep */
function plainValue(value: unknown, clean: Clean, depth = 0): unknown {
	if (typeof value === 'string') return clean(storableText(value));
	if (typeof value !== 'object' || value === null) return value;
	if (depth > DEPTH) throw new RangeError('nested too deep');
	if (Array.isArray(value)) return value.map((entry) => plainValue(entry, clean, depth + 1));
	return Object.fromEntries(
		Object.entries(value).map(([key, entry]) => [storableText(key), plainValue(entry, clean, depth + 1)])
	);
}

/** Keeps a long number as text, because two neighbouring ids could become the same number. */
const exactNumber = (_key: string, value: unknown, context?: { source: string }): unknown =>
	typeof value === 'number' && !Number.isSafeInteger(value) && /^\d+$/.test(context?.source ?? '')
		? context?.source
		: value;

/**
 * Parses a response; undefined if it isn't a JSON object, array or text. Some gateways send a reason as a bare JSON text.
 *
 * @param clean changes each text in it, but neither keys nor numbers
 */
export function parseJson(text: string, clean: Clean = (part) => part): unknown {
	try {
		// Some servers send a byte order mark before the JSON.
		const json = text.replace(/^\uFEFF/, '');
		const value = plainValue(JSON.parse(json, exactNumber), clean);
		const hasText = typeof value === 'string' && value.trim() !== '';
		return hasText || (typeof value === 'object' && value !== null) ? value : undefined;
	} catch {
		return undefined;
	}
}

export function at(value: unknown, ...keys: readonly string[]): unknown {
	let current = value;
	for (const key of keys) {
		if (typeof current !== 'object' || current === null) return undefined;
		current = Object.hasOwn(current, key) ? (current as Record<string, unknown>)[key] : undefined;
	}
	return current;
}

/**
 * The entries of a list; undefined if the value is none. PHP writes an empty list also as null, false, '' or {}, and one
 * from which entries were removed as an object with numbers as keys.
 */
export function listOf(value: unknown): readonly unknown[] | undefined {
	if (Array.isArray(value)) return value;
	if (value === undefined || value === null || value === false || value === '') return [];
	return typeof value === 'object' && Object.keys(value).every((key) => /^\d+$/.test(key))
		? Object.values(value)
		: undefined;
}

export const listAt = (value: unknown, ...keys: readonly string[]): readonly unknown[] =>
	listOf(at(value, ...keys)) ?? [];

/** A non-empty text from a text or a number, trimmed; undefined otherwise. */
export function textAt(value: unknown, ...keys: readonly string[]): string | undefined {
	const raw = at(value, ...keys);
	if (typeof raw === 'number') return Number.isFinite(raw) ? String(raw) : undefined;
	if (typeof raw !== 'string') return undefined;
	const text = storableText(raw).trim();
	return text === '' ? undefined : text;
}
