import { keyedHex } from './keys.ts';

function sorted(value: unknown): unknown {
	if (Array.isArray(value)) return value.map(sorted);
	if (typeof value !== 'object' || value === null) return value;
	return Object.fromEntries(
		Object.entries(value)
			.filter(([, inner]) => inner !== undefined)
			.sort(([a], [b]) => (a < b ? -1 : 1))
			.map(([key, inner]) => [key, sorted(inner)])
	);
}

/**
 * Keyed hash of everything a form said, in one canonical form: what is left out and the order of the fields make no
 * difference. It tells a form that was sent again from another one under the same id.
 */
export function contentHash(said: Record<string, unknown>, detail?: string): string {
	return keyedHex('content-hash', JSON.stringify(sorted(said)), detail);
}
