import { Conflict } from './errors.ts';
import { keyedHex } from './keys.ts';

function sorted(value: unknown): unknown {
	if (Array.isArray(value)) return value.map(sorted);
	if (value instanceof Date) return value.toISOString();
	if (typeof value !== 'object' || value === null) return value;
	return Object.fromEntries(
		Object.entries(value)
			.filter(([, inner]) => inner !== undefined)
			.sort(([a], [b]) => (a < b ? -1 : 1))
			.map(([key, inner]) => [key, sorted(inner)])
	);
}

/**
 * Keyed hash of the content of a form. Fields that are absent and the order of fields do not change it. It shows
 * whether a second form with the same submission id is the same form sent again.
 */
export function contentHash(said: Record<string, unknown>, detail?: string): string {
	return keyedHex('content-hash', JSON.stringify(sorted(said)), detail);
}

/**
 * Refuses a form whose submission id is stored with other content. Ignores fields of `stored` that `content` lacks.
 * @throws Conflict `submission-reused` if the content differs
 */
export function requireSameContent(stored: object | undefined, content: Record<string, unknown>): void {
	const same = Object.fromEntries(Object.entries(stored ?? {}).filter(([name]) => name in content));
	if (contentHash(same) !== contentHash(content)) throw new Conflict('submission-reused', { reason: 'stored_before' });
}
