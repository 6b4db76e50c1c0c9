// eslint-disable-next-line no-control-regex -- they are what it looks for
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f]/g;

/** Cleans a text from outside: PostgreSQL stores neither NUL nor half a surrogate pair, and control characters hide things. */
export const plainText = (text: string): string => text.replace(CONTROL, ' ').toWellFormed();

/** No real answer is nested deeper, and neither the database nor recursive code could handle it. */
const DEPTH = 100;

/** Cleans every text and key of a value. @throws RangeError if it is nested too deep */
function plainValue(value: unknown, depth = 0): unknown {
	if (typeof value === 'string') return plainText(value);
	if (typeof value !== 'object' || value === null) return value;
	if (depth > DEPTH) throw new RangeError('nested too deep');
	if (Array.isArray(value)) return value.map((entry) => plainValue(entry, depth + 1));
	return Object.fromEntries(
		Object.entries(value).map(([key, entry]) => [plainText(key), plainValue(entry, depth + 1)])
	);
}

/** Parses an answer; undefined if it isn't a JSON object, array or text. Some gateways give a reason as a bare text. */
export function parseJson(text: string): unknown {
	try {
		// Some servers put a byte order mark before their JSON.
		const json = text.replace(/^\uFEFF/, '');
		const value = plainValue(JSON.parse(json));
		const words = typeof value === 'string' && value.trim() !== '';
		return words || (typeof value === 'object' && value !== null) ? value : undefined;
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

export const listAt = (value: unknown, ...keys: readonly string[]): readonly unknown[] => {
	const found = at(value, ...keys);
	return Array.isArray(found) ? found : [];
};

/** A non-empty text from a text or a number, trimmed; undefined otherwise. */
export function textAt(value: unknown, ...keys: readonly string[]): string | undefined {
	const found = at(value, ...keys);
	if (typeof found === 'number') return Number.isFinite(found) ? String(found) : undefined;
	if (typeof found !== 'string') return undefined;
	const text = plainText(found).trim();
	return text === '' ? undefined : text;
}
