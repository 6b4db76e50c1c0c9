import { now } from '../clock.ts';

const MOST = 500;

/**
 * Looks things up at most once in so many milliseconds each, for pages that everybody reads: nobody notices that they lag a
 * moment behind, and a busy counter saves queries.
 */
export function keptFor<T>(ms: number, look: (name: string) => Promise<T>): (name: string) => Promise<T> {
	const seen = new Map<string, { until: number; found: Promise<T> }>();
	return (name) => {
		const at = now().getTime();
		const kept = seen.get(name);
		if (kept && kept.until > at) return kept.found;
		if (seen.size >= MOST) seen.clear();
		const found = look(name);
		seen.set(name, { until: at + ms, found });
		// What failed is looked up anew by the next who asks.
		found.catch(() => seen.delete(name));
		return found;
	};
}
